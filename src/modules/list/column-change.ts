import { type ColumnType } from './cell-values.js';
import { assertRules, type ColumnRulesInput, RULE_NAMES, rulesOf } from './column-rules.js';
import { assertDefinitions, assertNameFree, type ListColumn } from './list-columns.js';
import { type List } from './list.entity.js';
import { stagedColumns } from './slot-work.js';

/** Only what is named changes; null takes a rule away. */
export interface ColumnChange extends ColumnRulesInput {
  readonly name?: string;
  readonly type?: ColumnType;
  readonly indexed?: boolean;
  readonly on_failure?: 'refuse' | 'empty';
  readonly force?: boolean;
  readonly dry_run?: boolean;
}

/**
 * The column as it is to be, in the slot that it has. Another type takes all rules but `required` away.
 * @throws InvalidInputError
 */
export function changedColumn(list: List, before: ListColumn, input: ColumnChange): ListColumn {
  const { id, slot } = before;
  const name = input.name ?? before.name;
  const type = input.type ?? before.type;
  const kept = type === before.type ? before : { required: before.required };
  const named = Object.fromEntries(
    RULE_NAMES.filter((rule) => input[rule] !== undefined).map((rule) => [rule, input[rule]]),
  );
  const index = type === before.type && before.index ? { index: before.index } : {};
  const column = { id, name, type, ...rulesOf({ ...rulesOf(kept), ...named }), slot, ...index };
  const staged = stagedColumns(list.slotWork ?? []).map((work) => work.column);
  const others = [...list.columns, ...staged].filter((one) => one.id !== id);
  assertNameFree(name, others, '');
  assertRules(column, '');
  assertDefinitions([...others, column], '');
  return column;
}

/** Whether rows that exist may be against it: a default alone, or a rule that is taken away, cannot be. */
export function needsCheck(before: ListColumn, target: ListColumn): boolean {
  const strict = RULE_NAMES.filter((rule) => rule !== 'default');
  const stricter = strict.filter((rule) => target[rule] !== undefined);
  return (
    before.type !== target.type ||
    stricter.some((rule) => JSON.stringify(before[rule]) !== JSON.stringify(target[rule]))
  );
}
