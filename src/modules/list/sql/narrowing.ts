import { isReady } from '../index-entries.js';
import { type IndexCondition, indexLookup, type IndexLookup, type IndexValue } from '../index-lookup.js';
import { type ColumnType, type ListColumn } from '../list-columns.js';
import { type Evaluator, type Level } from './evaluator.js';
import { likePrefix } from './like.js';
import { type Scope, type ScopeTable } from './names.js';
import { type Comparison, type Expression, type Select } from './tree.js';
import { type Value } from './types.js';

/** What a part of WHERE asks of the cells of an indexed column. */
interface Asked {
  readonly table: ScopeTable;
  readonly column: ListColumn;
  readonly condition: IndexCondition;
}

/** Of a list: each is tried before the statement is run. */
const LOOKUPS_MAX = 3;

const TURNED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** What an index finds by each of these, mostly: few rows first. */
const FEWEST_FIRST: readonly IndexCondition['operator'][] = [
  '=',
  'in',
  'starts-with',
  'between',
  'is null',
  '>=',
  '>',
  '<=',
  '<',
  'is not null',
];

/**
 * By list, what indexes find of its rows: no other rows can be in the result. The lookup that is apt to find fewest
 * comes first. The statement keeps its conditions, so that an index only spares the reading of rows.
 */
export function narrowings(
  select: Select,
  scope: Scope,
  evaluator: Evaluator,
  level: Level,
): readonly (readonly IndexLookup[])[] {
  const asked = conjuncts(select).flatMap((e) => askedBy(e, scope, evaluator, level) ?? []);
  return scope.tables.map((table) => {
    // Rows of a list on the right of a left join may not go: where there is none, the condition sees nulls.
    const optional = select.joins[table.position - 1]?.kind === 'left';
    const own = optional ? [] : withRanges(asked.filter((one) => one.table === table));
    const sorted = own.sort((one, other) => rank(one) - rank(other)).slice(0, LOOKUPS_MAX);
    return sorted.flatMap(({ column, condition }) => indexLookup(table.list, column, condition) ?? []);
  });
}

/** What must hold of every row of the result: WHERE, and the conditions of inner joins. */
function conjuncts({ where, joins }: Select): Expression[] {
  const inner = joins.filter(({ kind }) => kind === 'inner').map(({ on }) => on);
  return [...(where ? [where] : []), ...inner].flatMap(partsOf);
}

function partsOf(e: Expression): Expression[] {
  return e.kind === 'logic' && e.operator === 'and' ? [...partsOf(e.left), ...partsOf(e.right)] : [e];
}

/** Of a Boolean, half of the rows are true. */
function rank({ column, condition }: Asked): number {
  const place = FEWEST_FIRST.indexOf(condition.operator);
  return column.type === 'Boolean' && condition.operator !== 'is null' ? FEWEST_FIRST.length : place;
}

/** With `from <= column` and `column <= to` as one. The ends themselves may be too much; WHERE decides. */
function withRanges(asked: readonly Asked[]): Asked[] {
  const ranges = asked.flatMap((one) => {
    const from = boundOf(one, '>');
    const upper = asked.find((other) => other.column === one.column && boundOf(other, '<') !== undefined);
    const to = upper && boundOf(upper, '<');
    return from === undefined || to === undefined
      ? []
      : [{ ...one, condition: { operator: 'between', from, to } as const }];
  });
  return [...asked, ...ranges];
}

function boundOf({ condition }: Asked, side: '<' | '>'): IndexValue | undefined {
  switch (condition.operator) {
    case '<':
    case '<=':
      return side === '<' ? condition.value : undefined;
    case '>':
    case '>=':
      return side === '>' ? condition.value : undefined;
    default:
      return undefined;
  }
}

/** Null where an index cannot tell. */
function askedBy(e: Expression, scope: Scope, evaluator: Evaluator, level: Level): Asked | null {
  const operands = operandsOf(e);
  const turned = operands[1]?.kind === 'column';
  const subject = turned ? operands[1] : operands[0];
  if (subject?.kind !== 'column' || operands.filter(({ kind }) => kind === 'column').length > 1) {
    return null;
  }
  const { table, slot } = scope.column(subject);
  const column = table.list.columns.find((one) => one.slot === slot);
  if (!column || !isReady(column)) {
    return null;
  }
  const values = evaluator.aligned(operands, level).filter((_, index) => operands[index] !== subject);
  const condition = conditionOf(e, column.type, values, turned);
  return condition && { table, column, condition };
}

function operandsOf(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case 'compare':
      return [e.left, e.right];
    case 'null-test':
      return [e.operand];
    case 'in':
      return e.negated ? [] : [e.operand, ...e.values];
    case 'between':
      return e.negated ? [] : [e.operand, e.low, e.high];
    case 'like':
      return e.negated ? [] : [e.operand];
    default:
      return [];
  }
}

function conditionOf(
  e: Expression,
  type: ColumnType,
  values: readonly Value[],
  turned: boolean,
): IndexCondition | null {
  // Nothing equals NULL, and IN finds the others nevertheless.
  const compared = e.kind === 'in' ? values.filter((one) => one.type !== 'Null') : values;
  const constants = compared.flatMap((one) => constantOf(one, type) ?? []);
  const [first, second] = constants;
  if (constants.length < compared.length) {
    return null;
  }
  switch (e.kind) {
    case 'compare':
      return first === undefined || e.operator === '<>' ? null : comparison(e.operator, first, turned);
    case 'null-test':
      return { operator: e.negated ? 'is not null' : 'is null' };
    case 'in':
      return turned ? null : { operator: 'in', values: constants };
    case 'between':
      return turned || first === undefined || second === undefined
        ? null
        : { operator: 'between', from: first, to: second };
    case 'like': {
      const value = likePrefix(e.pattern, e.escape);
      return value === '' || type !== 'String' ? null : { operator: 'starts-with', value };
    }
    default:
      return null;
  }
}

function comparison(operator: Exclude<Comparison, '<>'>, value: IndexValue, turned: boolean): IndexCondition {
  return { operator: turned ? TURNED[operator] : operator, value };
}

/** A constant as a cell of the type would be; undefined for what is none, or could be in no cell. */
function constantOf({ constant }: Value, type: ColumnType): IndexValue | undefined {
  switch (type) {
    case 'String':
      return typeof constant === 'string' ? constant : undefined;
    case 'Number':
      return typeof constant === 'number' ? constant : undefined;
    case 'Boolean':
      return constant === 1 || constant === 0 ? constant === 1 : undefined;
  }
}
