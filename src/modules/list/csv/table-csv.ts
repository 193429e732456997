import { setImmediate as turn } from 'node:timers/promises';
import { stringify } from 'csv-stringify/sync';
import { type CellValue } from '../row-values.js';

/** The parts of a table object (public contract §3) that its CSV has. */
export interface CsvTable {
  readonly columns: readonly { readonly name: string }[];
  readonly items: readonly (readonly { readonly value: CellValue }[])[];
}

/** Some milliseconds of work. */
const CELLS_AT_ONCE = 5_000;

/**
 * The rows of a table as RFC 4180 has them: CRLF, a header line with the names of the columns. Text is always in quotes
 * and nothing else ever is, so `1` and `"1"`, and an empty cell and an empty text, are told apart by our own import.
 * No text is altered, also not one that a spreadsheet would take for a formula (decision 0012). With turns of the event
 * loop in between.
 */
export async function tableToCsv({ columns, items }: CsvTable): Promise<string> {
  const parts = [lines([columns.map(({ name }) => name)])];
  const atOnce = Math.max(1, Math.floor(CELLS_AT_ONCE / Math.max(1, columns.length)));
  for (let begin = 0; begin < items.length; begin += atOnce) {
    const some = items.slice(begin, begin + atOnce);
    parts.push(lines(some.map((row) => row.map(({ value }) => value))));
    await turn();
  }
  return parts.join('');
}

function lines(rows: readonly (readonly CellValue[])[]): string {
  return stringify(rows as CellValue[][], { record_delimiter: '\r\n', quoted_string: true, cast: { boolean: String } });
}
