import { nameKey } from '../../common/name-key.js';
import { ColumnNameTakenError, ReservedColumnError, TooManyColumnsError, TooManyIndexesError } from './list.errors.js';

/** What a column holds (public contract §3). */
export const COLUMN_TYPES = ['Number', 'String', 'Boolean'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

export interface ColumnInput {
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

/** A column of a list, and the slot of `list_row` that holds its values (decision 0003). */
export interface ListColumn {
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

/** Gives each column a slot, in order. @throws InvalidInputError that points at the first column that cannot be */
export function layColumns(input: readonly ColumnInput[]): ListColumn[] {
  const taken = new Set<string>();
  const free = { n: [...NUMBER_SLOTS], s: [...TEXT_SLOTS] };
  assertIndexable(input);
  return input.map(({ name, type, indexed }, index) => {
    assertNameFree(name, index, taken);
    const slot = free[type === 'String' ? 's' : 'n'].shift();
    if (slot === undefined) {
      throw new TooManyColumnsError(index, SLOTS_PER_KIND);
    }
    return { id: index + 1, name, type, slot, ...(indexed && { index: { state: 'ready' } }) };
  });
}

/** @throws TooManyIndexesError that points at the first column beyond */
function assertIndexable(input: readonly ColumnInput[]): void {
  const beyond = input.map(({ indexed }, index) => (indexed ? index : -1)).filter((index) => index >= 0)[INDEXES_MAX];
  if (beyond !== undefined) {
    throw new TooManyIndexesError(INDEXES_MAX, `/columns/${beyond}/indexed`);
  }
}

function assertNameFree(name: string, index: number, taken: Set<string>): void {
  const key = nameKey(name);
  if (key === nameKey(ID_COLUMN.name)) {
    throw new ReservedColumnError(index, 'Every list has the column ID already: the server makes it. Leave it out.');
  }
  if (STRIPPED_NAMES.includes(key)) {
    throw new ReservedColumnError(index, `A column cannot be named "${name}". Choose another name.`);
  }
  if (taken.has(key)) {
    throw new ColumnNameTakenError(index, name);
  }
  taken.add(key);
}

function slots(kind: 'n' | 's'): readonly string[] {
  return Array.from({ length: SLOTS_PER_KIND }, (_, index) => `${kind}${index + 1}`);
}
