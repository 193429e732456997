import { nameKey } from '../../../common/name-key.js';
import { type DatabaseKind } from '../../../database/index.js';
import { type IndexLookup } from '../index-lookup.js';
import { type ColumnType } from '../list-columns.js';
import { type ListTable } from '../row.repository.js';
import { type Dialect, dialectOf, joined, raw, type Sql, sql } from './dialect.js';
import { Evaluator, type Level } from './evaluator.js';
import { keyOf } from './keys.js';
import { aggregates, GroupLevel, RowLevel, UsedSlots } from './levels.js';
import { Scope } from './names.js';
import { narrowings } from './narrowing.js';
import { shown, SqlError, SqlLimitError } from './sql.errors.js';
import { derivedTable, joinKeys } from './tables.js';
import { type Expression, type Item, type Order, type Select } from './tree.js';
import { type SqlType, type Value } from './types.js';

/** A column of the answer. */
export interface AnswerColumn {
  readonly name: string;
  /** Of a column as it is in its list; null for what was worked out. */
  readonly type: ColumnType | null;
  /** What its values are. */
  readonly holds: SqlType;
}

export interface CompiledSelect {
  readonly columns: readonly AnswerColumn[];
  /** By list, the lookups in its indexes by which it can be narrowed. */
  readonly lookups: readonly (readonly IndexLookup[])[];
  /** The statement, with those of the lookups that it is to use: one or none by list. */
  readonly write: (found: readonly (IndexLookup | null)[]) => Sql;
}

export interface CompileOptions {
  readonly kind: DatabaseKind;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** So many rows at most, whatever TOP says. */
  readonly rowsMax: number;
}

const COLUMNS_MAX = 256;

interface Output extends AnswerColumn {
  readonly value: Value;
  readonly key: string;
  /** As the statement names it; null for what it does not. */
  readonly alias: string | null;
}

/** Writes a statement over lists, in the order in which it names them, in the SQL of the database in use. */
export function compileSelect(select: Select, lists: readonly ListTable[], options: CompileOptions): CompiledSelect {
  return new Compiler(select, options).compile(lists);
}

class Compiler {
  private readonly scope = new Scope();
  private readonly used = new UsedSlots();
  private readonly dialect: Dialect;
  private readonly evaluator: Evaluator;
  private readonly rows: RowLevel;
  private readonly ons: Sql[] = [];

  constructor(
    private readonly select: Select,
    private readonly options: CompileOptions,
  ) {
    this.dialect = dialectOf(options.kind);
    this.evaluator = new Evaluator(this.dialect, new Date(options.now).toISOString().slice(0, -1));
    this.rows = new RowLevel(this.scope, this.used);
  }

  compile(lists: readonly ListTable[]): CompiledSelect {
    const { select, options } = this;
    this.addLists(lists);
    const where = select.where ? sql` WHERE ${this.evaluator.condition(select.where, this.rows)}` : raw('');
    const groups = this.groupLevel();
    const level = groups ?? this.rows;
    const outputs = this.outputs(level);
    const having = select.having && groups ? sql` WHERE ${this.evaluator.condition(select.having, groups)}` : raw('');
    const orders = select.orders.map((order) => this.order(order, outputs, level));
    const ties = this.ties(groups, outputs);
    const values = outputs.map(({ value }, index) => sql`${value.sql} AS ${raw(`v${index}`)}`);
    const limit = sql` ORDER BY ${[...orders, ...ties]} LIMIT ${raw(String(Math.min(select.top ?? Infinity, options.rowsMax)))}`;
    return {
      columns: outputs.map(({ name, type, holds }) => ({ name, type, holds })),
      lookups: narrowings(select, this.scope, this.evaluator, this.rows),
      write: (found) => {
        const rows = sql`${this.from(found)}${where}`;
        const from = groups ? sql`(SELECT ${groups.selected} FROM ${rows}${groupClause(groups)}) AS g${having}` : rows;
        return select.distinct
          ? sql`SELECT * FROM (SELECT DISTINCT ${values} FROM ${from}) AS d${limit}`
          : sql`SELECT ${values} FROM ${from}${limit}`;
      },
    };
  }

  private addLists(lists: readonly ListTable[]): void {
    [this.select.from, ...this.select.joins].forEach((source, index) => {
      const list = lists[index];
      if (list) {
        this.scope.add(source, list);
        const on = this.select.joins[index - 1]?.on;
        this.ons.push(on ? this.evaluator.condition(on, this.rows) : raw(''));
      }
    });
  }

  /** Null where rows stay rows. */
  private groupLevel(): GroupLevel | null {
    const { items, groups, having, orders } = this.select;
    const values = [...items, ...orders].map(({ value }) => value);
    if (groups.length === 0 && !having && !values.some(aggregates)) {
      return null;
    }
    const level = new GroupLevel(this.scope, this.rows, this.evaluator, this.dialect);
    groups.forEach((group) => level.groupBy(group));
    return level;
  }

  private outputs(level: Level): Output[] {
    const outputs = this.select.items.flatMap((item) => this.itemOutputs(item, level));
    if (outputs.length > COLUMNS_MAX) {
      throw new SqlLimitError(`An answer has at most ${COLUMNS_MAX} columns.`, { maximum: COLUMNS_MAX });
    }
    return outputs.map((output, index) => ({ ...output, name: output.name || `Column${index + 1}` }));
  }

  private itemOutputs({ value: e, alias }: Item, level: Level): Output[] {
    if (e.kind === 'all') {
      return this.everything(e, alias !== null, level);
    }
    if (alias && nameKey(alias.text) === '') {
      throw new SqlError(alias.place, 'A column of the answer needs a name.');
    }
    const value = this.evaluator.value(e, level);
    const column = e.kind === 'column' ? this.scope.column(e) : null;
    const type = column?.type ?? null;
    const name = alias?.text ?? column?.name ?? '';
    return [{ name, alias: name || null, type, holds: value.type, value, key: keyOf(e, this.scope) }];
  }

  private everything(e: Extract<Expression, { kind: 'all' }>, renamed: boolean, level: Level): Output[] {
    if (renamed || level !== this.rows) {
      const detail = renamed
        ? '* stands for several columns and takes no alias.'
        : 'Beside GROUP BY or aggregates, name the columns.';
      throw new SqlError(e.place, detail);
    }
    return this.scope.all(e.table).map((column) => {
      const { name, type, slot, table } = column;
      const key = `t${table.position}.${slot ?? 'id'}`;
      return { name, alias: name, type, holds: type, value: this.rows.of(column, e), key };
    });
  }

  private order({ value: e, descending }: Order, outputs: readonly Output[], level: Level): Sql {
    const direction = raw(descending ? ' DESC' : ' ASC');
    const index = this.outputIndex(e, outputs);
    const output = outputs[index];
    if (output && (this.select.distinct || e.kind === 'number')) {
      return sql`${this.sortKey(this.select.distinct ? { ...output.value, sql: raw(`d.v${index}`) } : output.value)}${direction}`;
    }
    if (this.select.distinct) {
      throw new SqlError(e.place, 'With DISTINCT, ORDER BY takes what is selected.');
    }
    return sql`${this.sortKey(output?.value ?? this.ordinary(e, level))}${direction}`;
  }

  private ordinary(e: Expression, level: Level): Value {
    const value = this.evaluator.value(e, level);
    if (e.kind === 'text' || e.kind === 'null') {
      throw new SqlError(e.place, 'ORDER BY takes columns, aliases, expressions or positions.');
    }
    return value;
  }

  /** By position, by alias, or by being the same; -1 where none is meant. */
  private outputIndex(e: Expression, outputs: readonly Output[]): number {
    if (e.kind === 'number') {
      if (!outputs[e.value - 1]) {
        throw new SqlError(
          e.place,
          `The answer has no column ${shown(String(e.value))}: positions are 1 to ${outputs.length}.`,
        );
      }
      return e.value - 1;
    }
    if (e.kind === 'column' && !e.table) {
      const key = nameKey(e.name.text);
      const named = outputs.findIndex(({ alias }) => alias !== null && nameKey(alias) === key);
      if (named >= 0) {
        return named;
      }
    }
    const key = this.select.distinct ? keyOf(e, this.scope) : null;
    return outputs.findIndex((output) => output.key === key);
  }

  /** What decides where ORDER BY does not, so that every database answers alike. */
  private ties(groups: GroupLevel | null, outputs: readonly Output[]): Sql[] {
    if (this.select.distinct) {
      return outputs.map(({ value }, index) => this.sortKey({ ...value, sql: raw(`d.v${index}`) }));
    }
    if (groups) {
      return groups.keys.length > 0 ? groups.keys.map((key) => this.sortKey(key)) : [raw('1')];
    }
    return this.scope.tables.map(({ position }) => raw(`t${position}.row_id`));
  }

  private sortKey({ sql: from, type }: Value): Sql {
    return type === 'String' ? this.dialect.sortKey(from) : from;
  }

  private from(found: readonly (IndexLookup | null)[]): Sql {
    const keys = joinKeys(this.select, this.scope, this.options.kind);
    const parts = this.scope.tables.map((table, index) => {
      const slots = this.used.of(table.position);
      const derived = derivedTable(table, slots, keys[index], found[index] ?? null, this.dialect);
      const join = this.select.joins[index - 1];
      const on = keys[index]?.on ? sql`${keys[index].on} AND ${this.ons[index] ?? raw('')}` : this.ons[index];
      return join && on ? sql`${raw(join.kind === 'left' ? 'LEFT JOIN' : 'INNER JOIN')} ${derived} ON ${on}` : derived;
    });
    return joined(parts, ' ');
  }
}

function groupClause({ keys }: GroupLevel): Sql {
  return keys.length > 0 ? raw(` GROUP BY ${keys.map((_, index) => `k${index}`).join(', ')}`) : raw('');
}
