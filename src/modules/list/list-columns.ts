import { nameKey } from '../../common/name-key.js';
import { COLUMN_TYPES, type ColumnType } from './cell-values.js';
import { assertRules, type ColumnRules, type ColumnRulesInput, rulesOf } from './column-rules.js';
import {
  ColumnNameTakenError,
  DefinitionsTooLongError,
  ReservedColumnError,
  TooManyColumnsError,
  TooManyIndexesError,
} from './list.errors.js';

export { COLUMN_TYPES, type ColumnType };

export interface ColumnInput extends ColumnRules {
  readonly name: string;
  readonly type: ColumnType;
  /** The list can be sorted and filtered by it whatever its length. Left out = not. */
  readonly indexed?: boolean;
}

/**
 * How far the index of a column is. Writers keep its entries up to date while it is `building` and `ready`; readers use
 * it only when it is `ready`. It is cleared of entries before it is built (`clearing`), and before it is gone (`dropping`).
 */
export type IndexState = 'clearing' | 'building' | 'ready' | 'dropping';

export interface ColumnIndex {
  readonly state: IndexState;
  /** While it is being built: the rows up to this id have their entries. */
  readonly upTo?: number;
}

/** A column as a client describes it: a rule that is null is none. */
export type NewColumn = Pick<ColumnInput, 'name' | 'type' | 'indexed'> & ColumnRulesInput;

/** A column of a list, and the slot of `list_row` that holds its values (decision 0003). */
export interface ListColumn extends ColumnRules {
  /** Ascends within the list and is never given twice: rights on a column go by it, whatever the column is called. */
  readonly id: number;
  readonly name: string;
  readonly type: ColumnType;
  readonly slot: string;
  /** Absent: the column has no index, and no entries of one. */
  readonly index?: ColumnIndex;
}

/** Every list begins with it; the server gives its values, ascending and never twice. */
export const ID_COLUMN = { name: 'ID', type: 'Number' } as const satisfies ColumnInput;

/** Number and Boolean columns share one kind of slot, String columns have the other. */
export const SLOTS_PER_KIND = 64;
export const NUMBER_SLOTS = slots('n');
export const TEXT_SLOTS = slots('s');

/** Columns of a list that may be declared as indexed: each costs every write of a row an entry. */
export const INDEXES_MAX = 16;

/** Names that the framework strips from every body before we see it: such a column could never be written. */
export const STRIPPED_NAMES: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** All columns of a list together, as JSON: each write of a row reads them. */
const DEFINITIONS_LENGTH_MAX = 131_072;

/** Gives each column a slot, in order. @throws InvalidInputError that points at the first column that cannot be */
export function layColumns(input: readonly NewColumn[]): ListColumn[] {
  const columns: ListColumn[] = [];
  input.forEach((one, index) => {
    const column = newColumn(columns, [], one, index + 1, `/columns/${index}`);
    columns.push(one.indexed === true ? { ...column, index: { state: 'ready' } } : column);
    assertIndexable(columns, `/columns/${index}/indexed`);
  });
  assertDefinitions(columns, '/columns');
  return columns;
}

/** @throws TooManyIndexesError */
export function assertIndexable(columns: readonly ListColumn[], pointer: string): void {
  if (columns.filter(({ index }) => index !== undefined && index.state !== 'dropping').length > INDEXES_MAX) {
    throw new TooManyIndexesError(INDEXES_MAX, pointer);
  }
}

/**
 * A further column of a list, in the first free slot of its kind.
 * @param busy slots that belong to no column and may not be given to one yet
 * @throws InvalidInputError that points into the column, which stands at `pointer`
 */
export function newColumn(
  columns: readonly ListColumn[],
  busy: readonly string[],
  input: NewColumn,
  id: number,
  pointer: string,
): ListColumn {
  const column = { id, name: input.name, type: input.type, ...rulesOf(input) };
  assertNameFree(column.name, columns, pointer);
  assertRules(column, pointer);
  return { ...column, slot: freeSlot(columns, busy, column.type, pointer) };
}

/** @throws TooManyColumnsError */
export function freeSlot(
  columns: readonly ListColumn[],
  busy: readonly string[],
  type: ColumnType,
  pointer: string,
): string {
  const taken = new Set([...columns.map((column) => column.slot), ...busy]);
  const slot = (type === 'String' ? TEXT_SLOTS : NUMBER_SLOTS).find((one) => !taken.has(one));
  if (slot === undefined) {
    throw new TooManyColumnsError(pointer, SLOTS_PER_KIND);
  }
  return slot;
}

/** @throws DefinitionsTooLongError */
export function assertDefinitions(columns: readonly ListColumn[], pointer: string): void {
  if (JSON.stringify(columns).length > DEFINITIONS_LENGTH_MAX) {
    throw new DefinitionsTooLongError(pointer, DEFINITIONS_LENGTH_MAX);
  }
}

/** @param others the columns that must have other names @throws InvalidInputError */
export function assertNameFree(name: string, others: readonly ColumnInput[], pointer: string): void {
  const key = nameKey(name);
  if (key === nameKey(ID_COLUMN.name)) {
    throw new ReservedColumnError(pointer, 'Every list has the column ID already: the server makes it. Leave it out.');
  }
  if (STRIPPED_NAMES.includes(key)) {
    throw new ReservedColumnError(pointer, `A column cannot be named "${name}". Choose another name.`);
  }
  if (others.some((other) => nameKey(other.name) === key)) {
    throw new ColumnNameTakenError(pointer, name);
  }
}

function slots(kind: 'n' | 's'): readonly string[] {
  return Array.from({ length: SLOTS_PER_KIND }, (_, index) => `${kind}${index + 1}`);
}
