import { nameKey } from '../../common/name-key.js';
import { readTypedValue } from '../../common/typed-value.js';
import { type ColumnType, ID_COLUMN, type ListColumn } from './list-columns.js';
import { CellError, UnknownColumnsError } from './list.errors.js';

/** A value as clients send and get it. */
export type CellValue = number | string | boolean | null;

/** A value as its slot keeps it: a Boolean is 1 or 0. */
export type SlotValue = number | string | null;

/** What a client wants a row to hold, by slot; columns that it did not name are not there. */
export type SlotValues = ReadonlyMap<string, SlotValue>;

export const TEXT_LENGTH_MAX = 100_000;

const ID_KEY = nameKey(ID_COLUMN.name);

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
  const read = readTypedValue(type, value, { what: 'A cell of this column', textLengthMax: TEXT_LENGTH_MAX });
  if ('problem' in read) {
    throw new CellError(name, read.problem);
  }
  return typeof read.value === 'boolean' ? Number(read.value) : read.value;
}

/** The value that a slot's content means. */
export function cellValue(type: ColumnType, content: SlotValue): CellValue {
  return type === 'Boolean' && content !== null ? content !== 0 : content;
}
