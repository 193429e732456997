import { nameKey } from '../../common/name-key.js';
import { type ColumnType, ID_COLUMN, type ListColumn } from './list-columns.js';
import { CellError, UnknownColumnsError } from './list.errors.js';

/** A value as clients send and get it. */
export type CellValue = number | string | boolean | null;

/** A value as its slot keeps it: a Boolean is 1 or 0. */
export type SlotValue = number | string | null;

/** What a client wants a row to hold, by slot; columns that it did not name are not there. */
export type SlotValues = ReadonlyMap<string, SlotValue>;

export const TEXT_LENGTH_MAX = 100_000;
/** Just above the smallest normal double. */
const NUMBER_SIZE_MIN = 2.3e-308;

const ID_KEY = nameKey(ID_COLUMN.name);
/** SQLite's functions end a text at NUL, and half a surrogate pair has no UTF-8: what is written must be what is read. */
const UNSTORABLE = /\0|\p{Cs}/u;

/**
 * Reads the values of a row by the list's columns, whose names match without case. All or nothing: one column that is
 * unknown, named twice or of another type refuses the row.
 * @throws InvalidInputError that points at the cell
 */
export function readSlotValues(columns: readonly ListColumn[], data: object): SlotValues {
  const byKey = new Map(columns.map((column) => [nameKey(column.name), column]));
  const cells = Object.entries(data).map(([name, value]: [string, unknown]) => ({ name, key: nameKey(name), value }));
  const unknown = cells.filter(({ key }) => key !== ID_KEY && !byKey.has(key));
  if (unknown.length > 0) {
    throw new UnknownColumnsError(unknown.map(({ name }) => name));
  }
  const values = new Map<string, SlotValue>();
  for (const { name, key, value } of cells) {
    const column = byKey.get(key);
    if (!column) {
      throw new CellError(name, 'The server gives the ID of a row; it cannot be written.');
    }
    if (values.has(column.slot)) {
      throw new CellError(name, `The column ${column.name} is named twice. Names are compared without case.`);
    }
    values.set(column.slot, readCell(name, column.type, value));
  }
  return values;
}

/** Null empties a cell of any type; nothing is converted. */
function readCell(name: string, type: ColumnType, value: unknown): SlotValue {
  if (value === null) {
    return null;
  }
  switch (type) {
    case 'Number':
      return readNumber(name, value);
    case 'String':
      return readText(name, value);
    case 'Boolean':
      return readTruth(name, value);
  }
}

/** JSON has no infinity, but `1e999` becomes one. Nearer to zero than this a number is zero: not every database keeps it. */
function readNumber(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new CellError(name, 'A cell of this column is a JSON number that a double can hold, or null.');
  }
  return Math.abs(value) < NUMBER_SIZE_MIN ? 0 : value;
}

function readText(name: string, value: unknown): string {
  if (typeof value !== 'string' || value.length > TEXT_LENGTH_MAX) {
    throw new CellError(name, `A cell of this column is text of at most ${TEXT_LENGTH_MAX} characters, or null.`);
  }
  if (UNSTORABLE.test(value)) {
    throw new CellError(name, 'The text contains NUL or half of a surrogate pair, which cannot be stored.');
  }
  return value;
}

function readTruth(name: string, value: unknown): number {
  if (typeof value !== 'boolean') {
    throw new CellError(name, 'A cell of this column is true, false or null.');
  }
  return value ? 1 : 0;
}

/** The value that a slot's content means. */
export function cellValue(type: ColumnType, content: SlotValue): CellValue {
  return type === 'Boolean' && content !== null ? content !== 0 : content;
}
