import { type ColumnType, type SlotValue } from './cell-values.js';
import { convert } from './column-conversion.js';
import { defaultOf } from './column-rules.js';
import { type ListColumn } from './list-columns.js';
import { CellUnconvertibleError } from './list.errors.js';

/** Part of a list's definition: slots that belong to no column yet, or no more. A job does each, rows in order of id. */
export type SlotWork = StagedColumn | ClearingSlot | FailedWork;

interface Work {
  readonly job: string;
}

/** A column as it will be once each row has its value in the new slot. Until then the list has what it had. */
export interface StagedColumn extends Work {
  readonly kind: 'stage';
  readonly column: ListColumn;
  /** Where the values come from; null for a new column, whose rows all get its default. */
  readonly from: { readonly slot: string; readonly type: ColumnType } | null;
  /** Whether values that cannot be converted become empty; else they end the work, and the list stays as it is. */
  readonly empties: boolean;
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

/**
 * What a row holds besides, when these values are written to it while columns are on their way.
 * @throws CellUnconvertibleError
 */
export function stagedValues(
  staged: readonly StagedColumn[],
  values: ReadonlyMap<string, SlotValue>,
  isNewRow: boolean,
): Map<string, SlotValue> {
  const besides = new Map<string, SlotValue>();
  for (const { column, from, empties } of staged) {
    if (from === null && isNewRow) {
      besides.set(column.slot, defaultOf(column));
    }
    if (from !== null && values.has(from.slot)) {
      const value = convert(values.get(from.slot) ?? null, from.type, column.type);
      if (value === undefined && !empties) {
        throw new CellUnconvertibleError(column.name, column.type);
      }
      besides.set(column.slot, value ?? null);
    }
  }
  return besides;
}
