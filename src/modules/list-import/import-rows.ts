import { AppError } from '../../common/errors/index.js';
import {
  type CellValue,
  type ColumnType,
  completed,
  type ListColumn,
  readSlotValues,
  type SlotValues,
  stagedValues,
  type WrittenTable,
} from '../list/index.js';
import { type CsvCell, type CsvRow, isBlank } from './csv-reader.js';
import { type ImportColumn } from './list-import.entity.js';
import { type Refusal } from './list-import.repository.js';
import { ImportStoppedError } from './list-import.errors.js';

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const TRUTH = /^(?:true|false)$/i;

/** What a row of the file is to the list. */
export type ReadRow = { readonly values: SlotValues } | { readonly refusal: Refusal } | 'blank';

/** The columns of the list as it is now, in the order of the file; null is read over. @throws ImportStoppedError */
export function targets(columns: readonly ListColumn[], named: readonly ImportColumn[]): (ListColumn | null)[] {
  return named.map(({ id, name, type }) => {
    const column = columns.find((one) => one.id === id) ?? null;
    if (id !== null && column?.type !== type) {
      throw new ImportStoppedError(`The column ${name} of the list was changed or dropped during the import.`);
    }
    return column;
  });
}

/**
 * Reads one row. An empty cell without quotes is null, one with quotes an empty text; numbers are written with a point
 * and truths as true and false. The rules of the list's columns, and of those on their way, hold as for any other new row.
 */
export function readRow(
  table: WrittenTable,
  into: readonly (ListColumn | null)[],
  row: CsvRow,
  rowNo: number,
): ReadRow {
  if (isBlank(row)) {
    return 'blank';
  }
  const { cells } = row;
  if (cells.length !== into.length) {
    const reason = `The row has ${cells.length} cells, and the header names ${into.length} columns.`;
    return { refusal: { rowNo, columnName: null, reason } };
  }
  const data: Record<string, CellValue> = {};
  for (const [index, column] of into.entries()) {
    const value = column ? valueOf(cells[index], column.type) : null;
    if (value === undefined) {
      return { refusal: { rowNo, columnName: column?.name ?? null, reason: EXPECTED[column?.type ?? 'String'] } };
    }
    if (column) {
      data[column.name] = value;
    }
  }
  return checked(table, data, rowNo);
}

const EXPECTED: Readonly<Record<ColumnType, string>> = {
  Number: 'The cell is no number. Write it like 1234.5: with a point, and without blanks or signs between thousands.',
  Boolean: 'The cell is neither true nor false.',
  String: 'The cell is no text.',
};

/** Undefined for a cell that is not of the type. */
function valueOf(cell: CsvCell | null, type: ColumnType): CellValue | undefined {
  if (!cell || type === 'String') {
    return cell?.text ?? null;
  }
  const text = cell.text.trim();
  if (text === '') {
    return null;
  }
  if (type === 'Boolean') {
    return TRUTH.test(text) ? text.toLowerCase() === 'true' : undefined;
  }
  return NUMBER.test(text) ? Number(text) : undefined;
}

function checked(table: WrittenTable, data: object, rowNo: number): ReadRow {
  try {
    const values = completed(table.columns, readSlotValues(table.columns, data));
    stagedValues(table, values, true);
    return { values };
  } catch (error) {
    if (!(error instanceof AppError)) {
      throw error;
    }
    const { source = '', detail = error.title } = error.details;
    const columnName = source.startsWith('/data/') ? unescaped(source.slice('/data/'.length)) : null;
    return { refusal: { rowNo, columnName, reason: detail.slice(0, 1000) } };
  }
}

/** RFC 6901 §4. */
function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~').slice(0, 200);
}
