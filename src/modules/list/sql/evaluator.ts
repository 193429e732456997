import { cellNumber } from '../cell-values.js';
import { aligned } from './comparison.js';
import { type Dialect, raw, type Sql, sql, value } from './dialect.js';
import { ESCAPE_CHARACTER, likePattern } from './like.js';
import { shown, SqlError, SqlLimitError } from './sql.errors.js';
import { type CallNode, type CastNode, type ColumnNode, type Expression } from './tree.js';
import { isNumeric, isTextual, type Value, WORDS } from './types.js';

/** What a name or an aggregate means depends on where it stands: with the rows, or with the groups. */
export interface Level {
  /** The whole of an expression, where it was worked out before. */
  known(expression: Expression): Value | undefined;
  column(node: ColumnNode): Value;
  aggregate(node: CallNode): Value;
}

export const AGGREGATES: readonly string[] = ['count', 'sum', 'avg', 'min', 'max'];
const FUNCTIONS = 'count, sum, avg, min, max, round, cast and getdate';
const CASTS = 'date, int, float and nvarchar(max)';
const DIGITS_MAX = 15;
/** Of the SQL that goes to the database: some functions need their input several times. */
const COMPILED_LENGTH_MAX = 262_144;

/** Checks expressions and writes them in the SQL of the database in use. Every value is bound. */
export class Evaluator {
  /** @param now what getdate() is: the same in the whole statement, `2025-12-31T23:59:59.123`, UTC */
  constructor(
    private readonly dialect: Dialect,
    private readonly now: string,
  ) {}

  /** @throws SqlError for a condition */
  value(expression: Expression, level: Level): Value {
    const found = this.any(expression, level);
    if (found.type === 'Condition') {
      throw new SqlError(found.place, 'A condition is not a value: it stands in WHERE, HAVING or ON.');
    }
    return found;
  }

  /** @throws SqlError for what is not a condition */
  condition(expression: Expression, level: Level): Sql {
    const found = this.any(expression, level);
    if (found.type !== 'Condition') {
      const hint = found.type === 'Boolean' ? ' Write … = 1.' : '';
      throw new SqlError(found.place, `A condition stands here, not ${WORDS[found.type]}.${hint}`);
    }
    return found.sql;
  }

  /** A number as a double: an ID is an integer in the database. */
  number(expression: Expression, level: Level): Sql {
    const found = this.value(expression, level);
    if (found.type !== 'Number' && found.type !== 'Null') {
      const hint =
        found.type === 'Boolean' ? ' Use cast(… as int).' : found.type === 'String' ? ' Use cast(… as float).' : '';
      throw new SqlError(found.place, `A Number stands here, not ${WORDS[found.type]}.${hint}`);
    }
    return found.integer ? sql`(${found.sql} + 0e0)` : found.sql;
  }

  /** These, as they are compared with each other. @throws SqlError for what cannot be */
  aligned(expressions: readonly Expression[], level: Level): Value[] {
    return aligned(
      this.dialect,
      expressions.map((one) => this.value(one, level)),
    );
  }

  private any(e: Expression, level: Level): Value {
    const found = level.known(e) ?? this.fresh(e, level);
    if (found.sql.text.length > COMPILED_LENGTH_MAX) {
      throw new SqlLimitError('The statement nests too much: less of round and cast within each other is allowed.');
    }
    return found;
  }

  private fresh(e: Expression, level: Level): Value {
    const { place } = e;
    switch (e.kind) {
      case 'number':
        return {
          sql: sql`(${value(cellNumber(e.value))} + 0e0)`,
          type: 'Number',
          place,
          constant: cellNumber(e.value),
        };
      case 'text':
        return { sql: this.dialect.text(value(e.value)), type: 'String', place, literal: e.value, constant: e.value };
      case 'null':
        return { sql: raw('NULL'), type: 'Null', place };
      case 'all':
        throw new SqlError(place, '* stands alone in the list of columns, or in count(*).');
      case 'column':
        return level.column(e);
      case 'call':
        return this.call(e, level);
      case 'cast':
        return this.cast(e, level);
      case 'negate': {
        const negated = this.dialect.arithmetic('-', raw('0e0'), this.number(e.operand, level));
        return { sql: negated, type: 'Number', place, constant: numberIn(e) };
      }
      case 'arithmetic': {
        const [left, right] = [this.number(e.left, level), this.number(e.right, level)];
        return { sql: this.dialect.arithmetic(e.operator, left, right), type: 'Number', place };
      }
      default:
        return { sql: this.test(e, level), type: 'Condition', place };
    }
  }

  private test(e: Expression, level: Level): Sql {
    switch (e.kind) {
      case 'compare': {
        const [left, right] = this.operands([e.left, e.right], level);
        return sql`(${left} ${raw(e.operator)} ${right})`;
      }
      case 'logic': {
        const [left, right] = [this.condition(e.left, level), this.condition(e.right, level)];
        return sql`(${left} ${raw(e.operator.toUpperCase())} ${right})`;
      }
      case 'not':
        return sql`(NOT ${this.condition(e.operand, level)})`;
      case 'null-test':
        return sql`(${this.value(e.operand, level).sql} IS ${raw(e.negated ? 'NOT NULL' : 'NULL')})`;
      case 'in': {
        const [operand, ...values] = this.operands([e.operand, ...e.values], level);
        return sql`(${operand} ${raw(e.negated ? 'NOT IN' : 'IN')} (${values}))`;
      }
      case 'between': {
        const [operand, low, high] = this.operands([e.operand, e.low, e.high], level);
        return sql`(${operand} ${raw(e.negated ? 'NOT BETWEEN' : 'BETWEEN')} ${low} AND ${high})`;
      }
      case 'like': {
        const text = this.value(e.operand, level);
        if (text.type !== 'String') {
          throw new SqlError(text.place, `LIKE takes text, not ${WORDS[text.type]}.`);
        }
        const test = this.dialect.like(text.sql, likePattern(e.pattern, e.escape), ESCAPE_CHARACTER);
        return e.negated ? sql`(NOT (${test}))` : sql`(${test})`;
      }
      default:
        throw new SqlError(e.place, 'A condition stands here.');
    }
  }

  private operands(expressions: readonly Expression[], level: Level): Sql[] {
    return this.aligned(expressions, level).map((one) => one.sql);
  }

  private call(e: CallNode, level: Level): Value {
    const { place } = e;
    const name = e.name.text.toLowerCase();
    if (AGGREGATES.includes(name)) {
      return level.aggregate(e);
    }
    if (e.distinct || (name !== 'round' && name !== 'getdate')) {
      throw new SqlError(e.name.place, `${shown(e.name.text)} is not a function here. Allowed are ${FUNCTIONS}.`);
    }
    if (name === 'getdate') {
      if (e.inputs?.length !== 0) {
        throw new SqlError(place, 'getdate() takes nothing.');
      }
      return { sql: this.dialect.text(value(this.now)), type: 'Moment', place };
    }
    return this.round(e, level);
  }

  private round({ inputs, place }: CallNode, level: Level): Value {
    const [number, digits] = inputs ?? [];
    if (!number || (inputs?.length ?? 0) > 2) {
      throw new SqlError(place, 'round takes a number and how many digits: round(x, 2).');
    }
    const count = digits ? wholeNumber(digits) : 0;
    if (count === null || Math.abs(count) > DIGITS_MAX) {
      const where = digits?.place ?? place;
      throw new SqlError(where, `round takes its digits as a whole number from -${DIGITS_MAX} to ${DIGITS_MAX}.`);
    }
    return { sql: this.dialect.round(this.number(number, level), count), type: 'Number', place };
  }

  private cast(e: CastNode, level: Level): Value {
    const { place, type } = e;
    const operand = this.value(e.operand, level);
    const refuse = (): never => {
      throw new SqlError(operand.place, `${shown(type.text)} cannot be made of ${WORDS[operand.type]}.`);
    };
    const target = `${type.text.toLowerCase()}${e.size === null ? '' : `(${e.size})`}`;
    switch (target) {
      case 'date':
        return isTextual(operand.type) || operand.type === 'Null'
          ? { sql: this.day(operand), type: 'Date', place }
          : refuse();
      case 'int':
      case 'bigint':
      case 'float':
        return { sql: this.toNumber(operand, target !== 'float') ?? refuse(), type: 'Number', place };
      case 'nvarchar(max)':
      case 'varchar(max)':
        return isTextual(operand.type) || operand.type === 'Null'
          ? { sql: operand.sql, type: 'String', place }
          : refuse();
      default:
        throw new SqlError(type.place, `Allowed types are ${CASTS}.`);
    }
  }

  /** What is no number is null. */
  private toNumber({ sql: from, type, integer }: Value, whole: boolean): Sql | null {
    if (type === 'String' || type === 'Null') {
      return this.dialect.number(from, whole ? 'whole' : 'decimal');
    }
    if (!isNumeric(type)) {
      return null;
    }
    return whole && !integer ? this.dialect.truncate(from) : sql`(${from} + 0e0)`;
  }

  /** What is no date is null. */
  private day({ sql: from, type }: Value): Sql {
    return type === 'Date' ? from : this.dialect.date(from);
  }
}

function wholeNumber(e: Expression): number | null {
  const number = numberIn(e);
  return number !== undefined && Number.isInteger(number) ? number : null;
}

/** The number that the statement says outright. */
function numberIn(e: Expression): number | undefined {
  if (e.kind === 'negate') {
    const inner = numberIn(e.operand);
    return inner === undefined ? undefined : 0 - inner;
  }
  return e.kind === 'number' ? cellNumber(e.value) : undefined;
}
