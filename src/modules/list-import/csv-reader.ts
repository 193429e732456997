import { CsvError, Parser } from 'csv-parse';
import { BadCsvError } from './list-import.errors.js';

/** A row may have so many bytes; beyond it the file is refused before it fills the memory. */
export const ROW_BYTES_MAX = 8 * 1024 * 1024;

/** A cell as the file has it: null when there is nothing, not even quotes. */
export interface CsvCell {
  readonly text: string;
  readonly quoted: boolean;
}

export interface CsvRow {
  readonly cells: readonly (CsvCell | null)[];
  /** The offset in the file behind the row and its line end, where another reader can go on. */
  readonly end: number;
}

/** An empty line, which stands for nothing. */
export function isBlank({ cells }: Pick<CsvRow, 'cells'>): boolean {
  return cells.length === 1 && cells[0] === null;
}

export interface CsvPlace {
  readonly delimiter: string;
  /** Where the bytes that it gets begin in the file. */
  readonly offset: number;
  /** Rows before, for messages. */
  readonly rowsBefore: number;
}

/**
 * Rows of RFC 4180 out of bytes as they come; lines may also end with LF or CR alone. An empty line is a row of one
 * empty cell. What a reader leaves in the middle of a row another one reads again from the end of the row before.
 */
export class CsvReader {
  private readonly parser: Parser;
  private rows: CsvRow[] = [];
  private count: number;

  constructor({ delimiter, offset, rowsBefore }: CsvPlace) {
    this.count = rowsBefore;
    this.parser = new Parser({
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      max_record_size: ROW_BYTES_MAX,
      cast: (text, { quoting }): CsvCell | null => (quoting || text !== '' ? { text, quoted: quoting } : null),
      // What `cast` made of the cells; the library types them as the texts that they were.
      on_record: (cells: unknown, { bytes }) => {
        this.count += 1;
        this.rows.push({ cells: cells as CsvRow['cells'], end: offset + bytes });
        return null;
      },
    });
    // Told to whoever feeds it; without a listener it would end the process, too.
    this.parser.on('error', () => {});
  }

  /** The rows that these bytes complete. @throws BadCsvError */
  async feed(bytes: Buffer): Promise<CsvRow[]> {
    return this.told((done) => this.parser.write(bytes, done));
  }

  /** The last row, where no line end follows it. @throws BadCsvError also when a quote was never closed */
  async end(): Promise<CsvRow[]> {
    return this.told((done) => this.parser.end(done));
  }

  private async told(act: (done: (error?: Error | null) => void) => void): Promise<CsvRow[]> {
    try {
      await new Promise<void>((resolve, reject) => {
        act((error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      throw error instanceof CsvError ? this.problem(error) : error;
    }
    const rows = this.rows;
    this.rows = [];
    return rows;
  }

  private problem({ code }: CsvError): BadCsvError {
    const row = this.count + 1;
    switch (code) {
      case 'CSV_QUOTE_NOT_CLOSED':
        return new BadCsvError(`A quote that is opened in row ${row} is never closed.`, row);
      case 'CSV_MAX_RECORD_SIZE':
        return new BadCsvError(`Row ${row} is longer than ${ROW_BYTES_MAX} bytes. Is a quote not closed?`, row);
      case 'INVALID_OPENING_QUOTE':
        return new BadCsvError(
          `In row ${row} a quote stands inside of a cell. Put the whole cell in quotes, and double those within.`,
          row,
        );
      default:
        return new BadCsvError(`In row ${row} something follows a closing quote. Double the quotes within a cell.`, row);
    }
  }
}
