import { type ColumnType, type SlotValue } from './cell-values.js';
import { convert } from './column-conversion.js';
import { brokenRule, defaultOf } from './column-rules.js';
import { type ListColumn } from './list-columns.js';
import { CellUnconvertibleError, RuleError } from './list.errors.js';

/** Part of a list's definition: slots that belong to no column yet, or no more. A job does each, rows in order of id. */
export type SlotWork = StagedColumn | ClearingSlot | FailedWork;

interface Work {
  readonly job: string;
}

/**
 * A column as it will be once each row has its value in the new slot. Until then the list has what it had. Where only
 * the rules change, it is the slot that it has: nothing is written then, and every row is looked at.
 */
export interface StagedColumn extends Work {
  readonly kind: 'stage';
  readonly column: ListColumn;
  /** Where the values come from; null for a new column, whose rows all get its default. */
  readonly from: { readonly slot: string; readonly type: ColumnType } | null;
  /** Whether values that cannot be converted become empty; else they end the work, and the list stays as it is. */
  readonly empties: boolean;
  /** Whether rows that exist may break the rules of the column. What is written meanwhile may not. */
  readonly forced?: boolean;
  /** The rows up to this id are done. */
  readonly after: number;
}

/** What a dropped column left behind: nobody may see it in another column. */
export interface ClearingSlot extends Work {
  readonly kind: 'clear';
  readonly slot: string;
  readonly after: number;
  /** Why the work that this ends has failed. */
  readonly failed?: string;
}

/** Has failed, and left nothing behind; its job has yet to say so. */
export interface FailedWork extends Work {
  readonly kind: 'failed';
  readonly failed: string;
}

/** Slots that may not be given to a column. */
export function busySlots(work: readonly SlotWork[]): string[] {
  return work.flatMap((one) => (one.kind === 'stage' ? [one.column.slot] : one.kind === 'clear' ? [one.slot] : []));
}

/** Columns that are on their way. */
export function stagedColumns(work: readonly SlotWork[]): StagedColumn[] {
  return work.filter((one) => one.kind === 'stage');
}

/** A list as its writers know it: what it shows, and what is on its way. */
export interface WrittenTable {
  readonly columns: readonly ListColumn[];
  readonly staged: readonly StagedColumn[];
}

/**
 * What a row holds besides, when these values are written to it while columns are on their way. The rules of such a
 * column hold already, or rows could be there that break them when the list shows it.
 * @throws CellUnconvertibleError @throws RuleError
 */
export function stagedValues(
  { columns, staged }: WrittenTable,
  values: ReadonlyMap<string, SlotValue>,
  isNewRow: boolean,
): Map<string, SlotValue> {
  const besides = new Map<string, SlotValue>();
  for (const work of staged) {
    const value = stagedValue(work, columns, values, isNewRow);
    if (value !== undefined && !staysInSlot(work)) {
      besides.set(work.column.slot, value);
    }
  }
  return besides;
}

/** Only the rules change. */
export function staysInSlot({ column, from }: StagedColumn): boolean {
  return column.slot === from?.slot;
}

/**
 * Undefined where the write does not touch the column. It is made of what the list shows and nothing else, as the job
 * makes it: the job may come to the row later.
 */
function stagedValue(
  { column, from, empties }: StagedColumn,
  columns: readonly ListColumn[],
  values: ReadonlyMap<string, SlotValue>,
  isNewRow: boolean,
): SlotValue | undefined {
  if (!isNewRow && !(from && values.has(from.slot))) {
    return undefined;
  }
  if (from === null) {
    return defaultOf(column);
  }
  // The client knows the column by the name that the list shows.
  const name = columns.find(({ slot }) => slot === from.slot)?.name ?? column.name;
  const value = convert(values.get(from.slot) ?? null, from.type, column.type);
  if (value === undefined && !empties) {
    throw new CellUnconvertibleError(name, column.type);
  }
  assertKeeps(column, name, value ?? null);
  return value ?? null;
}

/** @throws RuleError */
function assertKeeps(column: ListColumn, name: string, value: SlotValue): void {
  const broken = brokenRule(column, value);
  if (broken) {
    throw new RuleError(name, broken.rule, `The column is being changed, and this holds already: ${broken.detail}`);
  }
}
