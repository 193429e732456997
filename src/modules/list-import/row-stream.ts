import { setImmediate as turn } from 'node:timers/promises';
import { CsvReader, type CsvRow } from './csv-reader.js';
import { type ListImport } from './list-import.entity.js';
import { type ListImportRepository } from './list-import.repository.js';

/** A thousand of the shortest rows, which are what takes time: parsed in well under 50 ms. */
const FEED_BYTES = 2 * 1024;

export interface NumberedRow extends CsvRow {
  /** As a spreadsheet counts: the header is row 1. */
  readonly rowNo: number;
}

/** The rows of a kept file from a place on, read as they are wanted, with turns of the event loop in between. */
export class RowStream {
  private readonly reader: CsvReader;
  private readonly ready: NumberedRow[] = [];
  private piece: { begin: number; content: Buffer } | null = null;
  private offset: number;
  private nextRow: number;
  private ended = false;

  constructor(
    private readonly imports: ListImportRepository,
    private readonly made: ListImport,
  ) {
    const { delimiter, nextOffset, nextRow } = made;
    this.offset = nextOffset;
    this.nextRow = nextRow;
    this.reader = new CsvReader({ delimiter, offset: nextOffset, rowsBefore: nextRow - 1 });
  }

  /** The next rows, at most so many, and about so many bytes of the file. Those that are not passed come again. */
  async peek(rows: number, bytes: number): Promise<readonly NumberedRow[]> {
    const begin = this.ready[0]?.end ?? this.offset;
    while (!this.ended && this.ready.length < rows && this.offset - begin < bytes) {
      await this.read();
      await turn();
    }
    return this.ready.slice(0, rows);
  }

  /** These rows, the first ones, are done with. */
  pass(count: number): void {
    this.ready.splice(0, count);
  }

  private async read(): Promise<void> {
    const bytes = await this.next();
    const rows = bytes ? await this.reader.feed(bytes) : await this.reader.end();
    this.ended = bytes === null;
    this.ready.push(...rows.map((row) => ({ ...row, rowNo: this.nextRow++ })));
  }

  private async next(): Promise<Buffer | null> {
    const { uploadId, bytes } = this.made;
    if (this.offset >= bytes) {
      return null;
    }
    if (!this.piece || this.offset >= this.piece.begin + this.piece.content.length) {
      this.piece = await this.imports.pieceAt(uploadId, this.offset);
    }
    const from = this.offset - (this.piece?.begin ?? 0);
    const some = this.piece?.content.subarray(from, from + FEED_BYTES);
    if (!some || some.length === 0) {
      throw new Error(`The file ${uploadId} ends at byte ${this.offset} of ${bytes}.`);
    }
    this.offset += some.length;
    return some;
  }
}
