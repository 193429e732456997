import { INDEX_TEXT_BYTES, indexTableOf, isReady, slotNumber, textKey } from './index-entries.js';
import { type ListColumn } from './list-columns.js';
import { LIST_NO } from './row.repository.js';

/** A value to compare cells with, of the column's type. */
export type IndexValue = number | string | boolean;

/** What is asked of the cells of one column. Comparisons never hold for an empty cell. Text is compared by its UTF-8. */
export type IndexCondition =
  | { readonly operator: '=' | '<' | '<=' | '>' | '>='; readonly value: IndexValue }
  | { readonly operator: 'between'; readonly from: IndexValue; readonly to: IndexValue }
  | { readonly operator: 'in'; readonly values: readonly IndexValue[] }
  | { readonly operator: 'is null' | 'is not null' }
  | { readonly operator: 'starts-with'; readonly value: string };

/** A SELECT of row ids, and what stands for its `?` in their order. */
export interface IndexLookup {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /**
   * True: these rows fulfil the condition, and no others. False: so do all that fulfil it, and perhaps some more, whose
   * texts agree in their first 255 bytes; the caller compares the full value, too.
   */
  readonly exact: boolean;
}

interface Test {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly exact: boolean;
}

/**
 * Narrows a condition by the index of its column: `row_id IN (${lookup.sql})`, or a join with it as a derived table; each
 * row id comes once. A list of another hub, or one that is deleted, has no rows in it. A pure function: nothing is asked
 * of the database.
 * @returns null when the column has no index, or one that is not complete yet; then only the rows themselves can tell
 * @throws TypeError when a value is not of the column's type
 */
export function indexLookup(
  list: { readonly hubId: string; readonly id: string },
  column: Pick<ListColumn, 'type' | 'slot' | 'index'>,
  condition: IndexCondition,
): IndexLookup | null {
  if (!isReady(column)) {
    return null;
  }
  const { sql, parameters, exact } = testOf(column.type, condition);
  const of = `FROM ${indexTableOf(column)} WHERE list_no = ${LIST_NO} AND slot = ${slotNumber(column)}`;
  return { sql: `SELECT row_id ${of} AND ${sql}`, parameters: [list.hubId, list.id, ...parameters], exact };
}

function testOf(type: ListColumn['type'], condition: IndexCondition): Test {
  switch (condition.operator) {
    case 'is null':
      return { sql: 'has_value = 0', parameters: [], exact: true };
    case 'is not null':
      return { sql: 'has_value = 1', parameters: [], exact: true };
    case 'in':
      return among(condition.values.map((value) => keyOf(type, value)));
    case 'between':
      return both(above(keyOf(type, condition.from), '>='), below(keyOf(type, condition.to), '<='));
    case 'starts-with':
      return startingWith(keyOf(type, condition.value));
    case '=':
      return among([keyOf(type, condition.value)]);
    case '<':
    case '<=':
      return filled(below(keyOf(type, condition.value), condition.operator));
    case '>':
    case '>=':
      return filled(above(keyOf(type, condition.value), condition.operator));
  }
}

/** A value as an entry keeps it, and how long it was before it was cut. */
interface Key {
  readonly value: number | Buffer;
  readonly bytes: number;
}

function keyOf(type: ListColumn['type'], value: IndexValue): Key {
  if (type === 'String' && typeof value === 'string') {
    return { value: textKey(value), bytes: Buffer.byteLength(value) };
  }
  if (type === 'Number' && typeof value === 'number' && Number.isFinite(value)) {
    return { value, bytes: 0 };
  }
  if (type === 'Boolean' && typeof value === 'boolean') {
    return { value: value ? 1 : 0, bytes: 0 };
  }
  throw new TypeError(`A ${type} column cannot be compared with ${typeof value}.`);
}

/** An entry of 255 bytes may stand for any longer text that begins so. */
function among(keys: readonly Key[]): Test {
  if (keys.length === 0) {
    return { sql: '1 = 0', parameters: [], exact: true };
  }
  const exact = keys.every(({ bytes }) => bytes < INDEX_TEXT_BYTES);
  const values = keys.map(({ value }) => value);
  const test = keys.length === 1 ? 'value = ?' : `value IN (${values.map(() => '?').join(', ')})`;
  return filled({ sql: test, parameters: values, exact });
}

/** A text below a longer one has an entry that is not above the start of it, and may have the very same. */
function below({ value, bytes }: Key, operator: '<' | '<='): Test {
  const cut = bytes > INDEX_TEXT_BYTES;
  const exact = operator === '<' ? !cut : bytes < INDEX_TEXT_BYTES;
  return { sql: `value ${cut ? '<=' : operator} ?`, parameters: [value], exact };
}

/** A text above one of 255 bytes or more may begin with all of them. */
function above({ value, bytes }: Key, operator: '>' | '>='): Test {
  const full = bytes >= INDEX_TEXT_BYTES;
  const exact = operator === '>=' ? bytes <= INDEX_TEXT_BYTES : !full;
  return { sql: `value ${full ? '>=' : operator} ?`, parameters: [value], exact };
}

/** No byte of UTF-8 is 255, so that the last one can be raised: what begins so lies below that. */
function startingWith({ value, bytes }: Key): Test {
  if (typeof value === 'number') {
    throw new TypeError('Only text can start with something.');
  }
  if (bytes === 0) {
    return { sql: 'has_value = 1', parameters: [], exact: true };
  }
  const beyond = Buffer.from(value);
  beyond[beyond.length - 1] += 1;
  const exact = bytes <= INDEX_TEXT_BYTES;
  return filled({ sql: 'value >= ? AND value < ?', parameters: [value, beyond], exact });
}

function both(one: Test, other: Test): Test {
  return filled({
    sql: `${one.sql} AND ${other.sql}`,
    parameters: [...one.parameters, ...other.parameters],
    exact: one.exact && other.exact,
  });
}

function filled(test: Test): Test {
  return { ...test, sql: `has_value = 1 AND ${test.sql}` };
}
