import { type ColumnType } from '../list/index.js';
import { type CsvCell, CsvReader, type CsvRow, isBlank } from './csv-reader.js';
import { BadCsvError, BadHeaderError } from './list-import.errors.js';

/** What a file is known to hold after it was read once. */
export interface CsvFacts {
  readonly delimiter: string;
  /** The names in the header line. */
  readonly header: readonly string[];
  /** What the cells of each column look like: for lists that are made from the file. */
  readonly types: readonly ColumnType[];
  /** Rows below the header. */
  readonly rows: number;
  /** Where the first of them begins. */
  readonly begin: number;
}

export const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t' } as const;
export type DelimiterName = keyof typeof DELIMITERS;

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
/** Within so much of the file the header line must end. */
const HEADER_BYTES_MAX = 256 * 1024;
const COLUMNS_MAX = 1 + 2 * 64;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** A double keeps so many digits of any number. */
const DIGITS_MAX = 15;

/**
 * Reads a file once, as it comes, and finds out what is wrong with it as a whole and what it looks like. Whether each
 * cell fits its column is asked later.
 */
export class CsvScan {
  private readonly utf8 = new TextDecoder('utf-8', { fatal: true });
  private held: Buffer = Buffer.alloc(0);
  private lines = 1;
  private offset = 0;
  private reader: CsvReader | undefined;
  private delimiter: string = DELIMITERS.comma;
  private header: readonly string[] | undefined;
  private looks: Look[] = [];
  private rows = 0;
  private begin = 0;

  constructor(private readonly given?: DelimiterName) {}

  /** @throws BadCsvError, BadHeaderError */
  async feed(bytes: Buffer): Promise<void> {
    this.assertText(bytes);
    if (this.reader) {
      this.take(await this.reader.feed(bytes));
      return;
    }
    this.held = Buffer.concat([this.held, bytes]);
    if (this.held.length >= HEADER_BYTES_MAX || hasLine(this.held)) {
      await this.start();
    }
  }

  /** @throws BadCsvError, BadHeaderError */
  async end(): Promise<CsvFacts> {
    this.assertWhole();
    if (!this.reader) {
      await this.start();
    }
    this.take((await this.reader?.end()) ?? []);
    if (!this.header) {
      throw new BadHeaderError('The file is empty. Its first line names the columns.');
    }
    if (this.rows === 0) {
      throw new BadCsvError('The file has a header line and no row below it. Nothing was changed.');
    }
    const { delimiter, header, rows, begin, looks } = this;
    return { delimiter, header, rows, begin, types: looks.map(({ type }) => type) };
  }

  private async start(): Promise<void> {
    const skipped = this.held.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0;
    const text = this.held.subarray(skipped);
    this.delimiter = this.given ? DELIMITERS[this.given] : sniff(text.toString('utf8', 0, HEADER_BYTES_MAX));
    this.reader = new CsvReader({ delimiter: this.delimiter, offset: skipped, rowsBefore: 0 });
    this.held = Buffer.alloc(0);
    this.take(await this.reader.feed(text));
  }

  private take(rows: readonly CsvRow[]): void {
    for (const row of rows) {
      if (!this.header) {
        this.takeHeader(row);
      } else if (!isBlank(row)) {
        this.rows += 1;
        row.cells.forEach((cell, index) => this.looks[index]?.see(cell));
      }
    }
  }

  private takeHeader({ cells, end }: CsvRow): void {
    if (cells.length > COLUMNS_MAX) {
      throw new BadHeaderError(`The header line names ${cells.length} columns; a list has at most ${COLUMNS_MAX}.`);
    }
    this.header = cells.map((cell) => cell?.text ?? '');
    this.looks = cells.map(() => new Look());
    this.begin = end;
  }

  private assertText(bytes: Buffer): void {
    const nul = bytes.indexOf(0);
    if (nul >= 0) {
      throw new BadCsvError(`The file has a NUL at byte ${this.offset + nul}. Save it as UTF-8, not as UTF-16.`);
    }
    try {
      this.utf8.decode(bytes, { stream: true });
    } catch {
      throw notUtf8(lineOfBadBytes(bytes, this.lines));
    }
    this.offset += bytes.length;
    this.lines += countLines(bytes);
  }

  private assertWhole(): void {
    try {
      this.utf8.decode();
    } catch {
      throw notUtf8(this.lines);
    }
  }
}

/** What all cells of a column have in common. Empty ones say nothing; one in quotes is text. */
class Look {
  private seen = false;
  private number = true;
  private truth = true;

  see(cell: CsvCell | null): void {
    if (!cell) {
      return;
    }
    this.seen = true;
    this.truth &&= !cell.quoted && /^(?:true|false)$/i.test(cell.text);
    this.number &&= !cell.quoted && isPlainNumber(cell.text);
  }

  get type(): ColumnType {
    if (!this.seen || (!this.number && !this.truth)) {
      return 'String';
    }
    return this.truth ? 'Boolean' : 'Number';
  }
}

/** JSON's numbers, if a double keeps all of their digits: `007` and long ids stay text. */
function isPlainNumber(text: string): boolean {
  if (!NUMBER.test(text) || !Number.isFinite(Number(text))) {
    return false;
  }
  const digits = text.replace(/[eE].*$/, '').replace(/\D/g, '').replace(/^0+/, '');
  return digits.length <= DIGITS_MAX || String(Number(text)) === text;
}

/** The one that is most often in the first line outside of quotes; a comma where none is, or where they tie. */
function sniff(text: string): string {
  const [line] = /^(?:"(?:[^"]|"")*(?:"|$)|[^"\r\n])*/.exec(text) ?? [''];
  const bare = line.replace(/"(?:[^"]|"")*(?:"|$)/g, '');
  const counts = Object.values(DELIMITERS).map((one) => ({ one, count: bare.split(one).length }));
  return counts.reduce((best, other) => (other.count > best.count ? other : best)).one;
}

function hasLine(bytes: Buffer): boolean {
  return bytes.includes(10) || bytes.includes(13);
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    count += 1;
  }
  return count;
}

function notUtf8(line: number): BadCsvError {
  return new BadCsvError(`The file is not UTF-8: line ${line} has bytes that are none. Save it as UTF-8.`);
}

/** The first line may have begun before these bytes, so that only the others can be looked at alone. */
function lineOfBadBytes(bytes: Buffer, first: number): number {
  let line = first;
  for (let at = bytes.indexOf(10) + 1; at > 0; at = bytes.indexOf(10, at) + 1) {
    line += 1;
    const next = bytes.indexOf(10, at);
    if (!isText(bytes.subarray(at, next < 0 ? bytes.length : next), next < 0)) {
      return line;
    }
  }
  return first;
}

function isText(bytes: Buffer, open: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: open });
    return true;
  } catch {
    return false;
  }
}
