import { type Dialect, raw, type Sql, sql } from './dialect.js';
import { AGGREGATES, type Evaluator, type Level } from './evaluator.js';
import { keyOf } from './keys.js';
import { type Scope, type ScopeColumn } from './names.js';
import { shown, SqlError } from './sql.errors.js';
import { type CallNode, type ColumnNode, type Expression } from './tree.js';
import { isTextual, type Value } from './types.js';

/** Which slots of which list a statement uses, by the list's position. */
export class UsedSlots {
  readonly #slots = new Map<number, Set<string>>();

  of(position: number): readonly string[] {
    return [...(this.#slots.get(position) ?? [])];
  }

  add({ table, slot }: ScopeColumn): void {
    const slots = this.#slots.get(table.position) ?? new Set();
    this.#slots.set(table.position, slot === null ? slots : slots.add(slot));
  }
}

/** Among the rows of the lists: a column is a value, an aggregate is not to be had yet. */
export class RowLevel implements Level {
  constructor(
    private readonly scope: Scope,
    private readonly used: UsedSlots,
  ) {}

  known(): undefined {
    return undefined;
  }

  column(node: ColumnNode): Value {
    return this.of(this.scope.column(node), node);
  }

  of(column: ScopeColumn, { place }: Pick<Expression, 'place'>): Value {
    this.used.add(column);
    const { table, slot, type } = column;
    return { sql: raw(`t${table.position}.${slot ?? 'row_id'}`), type, place, integer: slot === null };
  }

  aggregate({ name }: CallNode): Value {
    throw new SqlError(
      name.place,
      `${shown(name.text)} cannot stand here: WHERE, ON and GROUP BY come before it. Use HAVING.`,
    );
  }
}

/** After grouping: a column is known only where it was grouped by, and aggregates are made. */
export class GroupLevel implements Level {
  readonly #keys = new Map<string, Value>();
  readonly #aggregates = new Map<string, Value>();
  /** What the groups are made of, each under its name. */
  readonly selected: Sql[] = [];

  constructor(
    private readonly scope: Scope,
    private readonly rows: RowLevel,
    private readonly evaluator: Evaluator,
    private readonly dialect: Dialect,
  ) {}

  get keys(): readonly Value[] {
    return [...this.#keys.values()];
  }

  /** @throws SqlError for what is the same in every row */
  groupBy(expression: Expression): void {
    if (!namesColumn(expression)) {
      throw new SqlError(expression.place, 'GROUP BY takes columns, or expressions of columns.');
    }
    const key = keyOf(expression, this.scope);
    if (!this.#keys.has(key)) {
      const made = this.evaluator.value(expression, this.rows);
      this.#keys.set(key, this.named(`k${this.#keys.size}`, made));
    }
  }

  known(expression: Expression): Value | undefined {
    const found = this.#keys.size > 0 ? this.#keys.get(keyOf(expression, this.scope)) : undefined;
    return found && { ...found, place: expression.place };
  }

  column(node: ColumnNode): Value {
    this.scope.column(node);
    const name = shown(node.name.text);
    throw new SqlError(
      node.place,
      `${name} is neither in GROUP BY nor within an aggregate such as max(${node.name.text}).`,
    );
  }

  aggregate(node: CallNode): Value {
    const key = keyOf(node, this.scope);
    const made = this.#aggregates.get(key) ?? this.named(`a${this.#aggregates.size}`, this.make(node));
    this.#aggregates.set(key, made);
    return { ...made, place: node.place };
  }

  private named(name: string, made: Value): Value {
    this.selected.push(sql`${made.sql} AS ${raw(name)}`);
    return { sql: raw(`g.${name}`), type: made.type, place: made.place, integer: made.integer };
  }

  private make(node: CallNode): Value {
    const { place, inputs, distinct } = node;
    const name = node.name.text.toLowerCase();
    if (inputs === null) {
      return name === 'count' && !distinct
        ? { sql: raw('(COUNT(*) + 0e0)'), type: 'Number', place }
        : refuse(node, `Only count takes *.`);
    }
    const [input] = inputs;
    if (!input || inputs.length > 1) {
      return refuse(node, `${name} takes one expression.`);
    }
    if (distinct && name !== 'count') {
      return refuse(node, 'Only count takes DISTINCT.');
    }
    return this.overInput(node, name, input);
  }

  private overInput({ place, distinct }: CallNode, name: string, input: Expression): Value {
    switch (name) {
      case 'count': {
        const counted = this.evaluator.value(input, this.rows);
        return { sql: sql`(COUNT(${raw(distinct ? 'DISTINCT ' : '')}${counted.sql}) + 0e0)`, type: 'Number', place };
      }
      case 'sum':
      case 'avg': {
        const total = sql`${raw(name.toUpperCase())}(${this.evaluator.number(input, this.rows)})`;
        return { sql: this.dialect.total(total), type: 'Number', place };
      }
      default: {
        const { sql: from, type } = this.evaluator.value(input, this.rows);
        const best = raw(name.toUpperCase());
        return isTextual(type)
          ? { sql: sql`${best}(${from})`, type, place }
          : { sql: sql`${best}(${this.evaluator.number(input, this.rows)})`, type: 'Number', place };
      }
    }
  }
}

function refuse(node: CallNode, detail: string): never {
  throw new SqlError(node.name.place, detail);
}

/** Whether an expression has a column in it. */
function namesColumn(e: Expression): boolean {
  return e.kind === 'column' || partsOf(e).some(namesColumn);
}

/** Whether an expression has an aggregate in it. */
export function aggregates(e: Expression): boolean {
  return (e.kind === 'call' && AGGREGATES.includes(e.name.text.toLowerCase())) || partsOf(e).some(aggregates);
}

function partsOf(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case 'call':
      return e.inputs ?? [];
    case 'arithmetic':
    case 'compare':
    case 'logic':
      return [e.left, e.right];
    case 'cast':
    case 'negate':
    case 'not':
    case 'null-test':
    case 'like':
      return [e.operand];
    case 'in':
      return [e.operand, ...e.values];
    case 'between':
      return [e.operand, e.low, e.high];
    case 'number':
    case 'text':
    case 'null':
    case 'all':
    case 'column':
      return [];
  }
}
