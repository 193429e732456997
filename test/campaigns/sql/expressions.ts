import { type Cell, LITERALS, type Row } from './data.js';
import { type Random } from './random.js';

/** What an expression is in the dialect of the door, in the database's own SQL, and what it is worth. */
export interface Piece<T = Cell> {
  readonly ours: string;
  /** Null where the databases differ from each other, so that there is nothing to compare with. */
  readonly native: string | null;
  readonly of: (rows: Joined) => T;
}

/** The rows that were joined, by alias; null where a left join found none. */
export type Joined = Readonly<Record<string, Row | null>>;

/** True, false or unknown. */
export type Truth = boolean | null;

type Maker = (random: Random, aliases: readonly string[], depth: number) => Piece;

export const column = (alias: string, name: string): Piece => ({
  ours: `${alias}.${name}`,
  native: `${alias}.${name}`,
  of: (rows) => rows[alias]?.[name] ?? null,
});

export function number(random: Random, aliases: readonly string[], depth: number): Piece<number | null> {
  if (depth <= 0 || random.chance(0.5)) {
    const leaf = random.chance(0.7)
      ? column(random.pick(aliases), random.pick(['N', 'M', 'ID']))
      : literal(random.pick(LITERALS.numbers));
    return leaf as Piece<number | null>;
  }
  return random.pick([arithmetic, rounded, casted, negated])(random, aliases, depth - 1);
}

/** Of these the database adds up any number without rounding. */
export function exact(random: Random, aliases: readonly string[]): Piece<number | null> {
  return column(random.pick(aliases), random.pick(['M', 'ID'])) as Piece<number | null>;
}

function literal(value: number): Piece {
  const text = value < 0 ? `(${value})` : String(value);
  return { ours: text, native: `(${value} + 0e0)`, of: () => value };
}

function arithmetic(random: Random, aliases: readonly string[], depth: number): Piece<number | null> {
  const [left, right] = [number(random, aliases, depth), number(random, aliases, depth)];
  const operator = random.pick(['+', '-', '*', '/', '%'] as const);
  const plain = operator === '+' || operator === '-' || operator === '*';
  return {
    ours: `(${left.ours} ${operator} ${right.ours})`,
    native: plain && left.native && right.native ? `(${left.native} ${operator} ${right.native} + 0e0)` : null,
    of: (rows) => calculate(operator, left.of(rows), right.of(rows)),
  };
}

function calculate(operator: '+' | '-' | '*' | '/' | '%', left: number | null, right: number | null): number | null {
  if (left === null || right === null || ((operator === '/' || operator === '%') && right === 0)) {
    return null;
  }
  const results = { '+': left + right, '-': left - right, '*': left * right, '/': left / right, '%': left % right };
  return results[operator] + 0;
}

function rounded(random: Random, aliases: readonly string[], depth: number): Piece<number | null> {
  const inner = number(random, aliases, depth);
  const digits = random.pick([0, 1, 2, -2]);
  const halfAway = (value: number): number => {
    const power = 10 ** Math.abs(digits);
    const scaled = Math.floor((digits < 0 ? Math.abs(value) / power : Math.abs(value) * power) + 0.5);
    return Math.sign(value) * (digits < 0 ? scaled * power : scaled / power) + 0;
  };
  return {
    ours: `round(${inner.ours}, ${digits})`,
    native: null,
    of: (rows) => {
      const value = inner.of(rows);
      return value === null || Math.abs(value) >= 2 ** 52 / 10 ** digits ? value : halfAway(value);
    },
  };
}

function casted(random: Random, aliases: readonly string[], depth: number): Piece<number | null> {
  const inner = random.chance(0.5) ? column(random.pick(aliases), 'B') : number(random, aliases, depth);
  return {
    ours: `cast(${inner.ours} as int)`,
    native: null,
    of: (rows) => {
      const value = inner.of(rows);
      return value === null ? null : Math.trunc(Number(value)) + 0;
    },
  };
}

function negated(random: Random, aliases: readonly string[], depth: number): Piece<number | null> {
  const inner = number(random, aliases, depth);
  return {
    ours: `-(${inner.ours})`,
    native: inner.native && `(0e0 - ${inner.native})`,
    of: (rows) => {
      const value = inner.of(rows);
      return value === null ? null : 0 - value;
    },
  };
}

export function text(random: Random, aliases: readonly string[]): Piece<string | null> {
  return random.chance(0.75)
    ? (column(random.pick(aliases), 'T') as Piece<string | null>)
    : textLiteral(random.pick(LITERALS.texts));
}

export function textLiteral(value: string): Piece<string> {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return { ours: quoted, native: value.includes('\\') ? null : quoted, of: () => value };
}

export const anything: Maker = (random, aliases, depth) =>
  random.pick<() => Piece>([
    () => column(random.pick(aliases), random.pick(['ID', 'T', 'N', 'M', 'B'])),
    () => number(random, aliases, depth),
    () => text(random, aliases),
  ])();
