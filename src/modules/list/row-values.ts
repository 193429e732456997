import { nameKey } from '../../common/name-key.js';
import { type CellValue, cellValue, readValue, type SlotValue, TEXT_LENGTH_MAX } from './cell-values.js';
import { ID_COLUMN, type ListColumn } from './list-columns.js';
import { brokenRule, defaultOf } from './column-rules.js';
import { CellError, RuleError, UnknownColumnsError } from './list.errors.js';

export { cellValue, TEXT_LENGTH_MAX };
export type { CellValue, SlotValue };

/** What a client wants a row to hold, by slot; columns that it did not name are not there. */
export type SlotValues = ReadonlyMap<string, SlotValue>;

const ID_KEY = nameKey(ID_COLUMN.name);
/** One value of a row as the client sent it, and the column that it is for. */
export interface Cell {
  readonly column: ListColumn;
  /** How the client spelt the column. */
  readonly name: string;
  readonly value: unknown;
}

/**
 * Finds the columns that a row names; they match without case. The values are not looked at.
 * @throws InvalidInputError when a column is unknown, or named twice
 */
export function readCells(columns: readonly ListColumn[], data: object): Cell[] {
  const byKey = new Map(columns.map((column) => [nameKey(column.name), column]));
  const named = Object.entries(data).map(([name, value]: [string, unknown]) => ({ name, key: nameKey(name), value }));
  const unknown = named.filter(({ key }) => key !== ID_KEY && !byKey.has(key));
  if (unknown.length > 0) {
    throw new UnknownColumnsError(unknown.map(({ name }) => name));
  }
  const seen = new Set<ListColumn>();
  return named.map(({ name, key, value }) => {
    const column = byKey.get(key);
    if (!column) {
      throw new CellError(name, 'The server gives the ID of a row; it cannot be written.');
    }
    if (seen.has(column)) {
      throw new CellError(name, `The column ${column.name} is named twice. Names are compared without case.`);
    }
    seen.add(column);
    return { column, name, value };
  });
}

/** The values of these cells by slot. @throws InvalidInputError that points at the cell whose type or rule is broken */
export function valuesOf(cells: readonly Cell[]): SlotValues {
  return new Map(cells.map(({ column, name, value }) => [column.slot, readCell(name, column, value)]));
}

/**
 * Reads the values of a row by the list's columns, whose names match without case. All or nothing: one column that is
 * unknown, named twice, of another type, or against the column's rules refuses the row.
 * @throws InvalidInputError that points at the cell
 */
export function readSlotValues(columns: readonly ListColumn[], data: object): SlotValues {
  return valuesOf(readCells(columns, data));
}

/**
 * A new row: columns that it leaves out get their default.
 * @throws RuleError for a required column that has none
 */
export function completed(columns: readonly ListColumn[], values: SlotValues): SlotValues {
  const whole = new Map(values);
  for (const column of columns.filter(({ slot }) => !values.has(slot))) {
    const value = defaultOf(column);
    assertRule(column.name, column, value);
    if (value !== null) {
      whole.set(column.slot, value);
    }
  }
  return whole;
}

/** Null empties a cell of any type; nothing is converted. */
function readCell(name: string, column: ListColumn, value: unknown): SlotValue {
  const read = readValue(column.type, value);
  if ('problem' in read) {
    throw new CellError(name, read.problem);
  }
  assertRule(name, column, read.value);
  return read.value;
}

function assertRule(name: string, column: ListColumn, value: SlotValue): void {
  const broken = brokenRule(column, value);
  if (broken) {
    throw new RuleError(name, broken.rule, broken.detail);
  }
}
