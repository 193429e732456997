import { isObject } from '../../common/is-object.js';
import { type BoxValue, isToldName, VALUE_TYPES, type ValueType } from './box-told.js';
import { UnreadableError } from './told-reader.js';

const LISTS_MAX = 1000;
const COLUMNS_MAX = 200;

export interface BoxListName {
  readonly id: number;
  readonly name: string;
}

/** A list on a box: columns, and rows whose values are in the order of the columns. */
export interface BoxTable {
  readonly columns: readonly { readonly name: string; readonly type: ValueType | null }[];
  readonly rows: readonly (readonly BoxValue[])[];
}

/** @throws UnreadableError */
export function readListNames(told: unknown): BoxListName[] {
  if (!Array.isArray(told) || told.length > LISTS_MAX) {
    throw new UnreadableError(`lists must be a list of at most ${LISTS_MAX}`);
  }
  return told.map((one: unknown, index) => {
    const { id, name } = (isObject(one) ? one : {}) as { id?: unknown; name?: unknown };
    if (!Number.isSafeInteger(id) || !isToldName(name)) {
      throw new UnreadableError(`lists[${index}] must have a whole id and a name`);
    }
    return { id: id as number, name };
  });
}

/** @throws UnreadableError also for more rows than were asked for */
export function readTable(told: unknown, rowsMax: number): BoxTable {
  const { columns, rows } = (isObject(told) ? told : {}) as { columns?: unknown; rows?: unknown };
  if (!Array.isArray(columns) || columns.length > COLUMNS_MAX || !columns.every(isColumn)) {
    throw new UnreadableError(`columns must be a list of at most ${COLUMNS_MAX} names and types`);
  }
  const width = columns.length;
  const isRow = (row: unknown): boolean => Array.isArray(row) && row.length === width && row.every(isCell);
  if (!Array.isArray(rows) || rows.length > rowsMax || !rows.every(isRow)) {
    throw new UnreadableError(`rows must be a list of at most ${rowsMax} rows with a value for each column`);
  }
  return {
    columns: columns.map(({ name, type }) => ({ name, type: type ?? null })),
    rows: rows as BoxTable['rows'],
  };
}

function isColumn(told: unknown): told is { name: string; type?: ValueType | null } {
  const { name, type } = (isObject(told) ? told : {}) as { name?: unknown; type?: unknown };
  return isToldName(name) && (type === undefined || type === null || VALUE_TYPES.some((one) => one === type));
}

function isCell(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
