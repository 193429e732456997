import { condition, comparison } from './conditions.js';
import { type Cell, type Row } from './data.js';
import { anything, column, exact, type Joined, type Piece, type Truth } from './expressions.js';
import { compareLists } from './order.js';
import { type Random } from './random.js';

/** A random SELECT: as it is sent, as the database understands it by itself, and what it should answer. */
export interface Statement {
  readonly ours: string;
  /** Null where nothing of the database's own means the same. */
  readonly native: string | null;
  readonly answer: Cell[][];
}

export interface Lists {
  readonly one: readonly Row[];
  readonly two: readonly Row[];
}

interface From {
  readonly ours: string;
  readonly native: string | null;
  readonly aliases: readonly string[];
  readonly rows: readonly Joined[];
}

export function statement(random: Random, lists: Lists): Statement {
  const from = source(random, lists);
  const where: Piece<Truth> | null = random.chance(0.6) ? condition(random, from.aliases, 2) : null;
  const rows = from.rows.filter((row) => !where || where.of(row) === true);
  const tail = {
    ours: ` from ${from.ours}${where ? ` where ${where.ours}` : ''}`,
    native:
      from.native && (!where || where.native) ? ` FROM ${from.native}${where ? ` WHERE ${where.native}` : ''}` : null,
  };
  const parts = { random, aliases: from.aliases, rows, tail };
  return random.pick([plain, plain, distinct, grouped, grouped, overall])(parts);
}

function source(random: Random, { one, two }: Lists): From {
  const first = { ours: 'One a', native: 'One a', aliases: ['a'], rows: one.map((a) => ({ a })) };
  if (random.chance(0.6)) {
    return first;
  }
  const left = random.chance(0.5);
  const key = random.pick(['T', 'N', 'M', 'ID', 'B']);
  const equal: Piece<Truth> = {
    ours: `a.${key} = b.${key}`,
    native: `a.${key} = b.${key}`,
    of: ({ a, b }) => {
      const [mine, other] = [a?.[key] ?? null, b?.[key] ?? null];
      return mine === null || other === null ? null : mine === other || (mine === 0 && other === 0);
    },
  };
  const on = random.chance(0.8) ? equal : comparison(random, ['a', 'b']);
  const more = random.chance(0.3) ? condition(random, ['b'], 1) : null;
  const holds = (row: Joined): boolean => on.of(row) === true && (!more || more.of(row) === true);
  const rows = one.flatMap((a): Joined[] => {
    const found = two.map((b) => ({ a, b })).filter(holds);
    return found.length === 0 && left ? [{ a, b: null }] : found;
  });
  const text = (first: string | null, second: string | null | undefined): string | null =>
    first === null || second === null
      ? null
      : `One a ${left ? 'left' : 'inner'} join Two b on ${first}${second ? ` and ${second}` : ''}`;
  return {
    ours: text(on.ours, more?.ours) ?? '',
    native: text(on.native, more?.native),
    aliases: ['a', 'b'],
    rows,
  };
}

interface Parts {
  readonly random: Random;
  readonly aliases: readonly string[];
  readonly rows: readonly Joined[];
  readonly tail: { readonly ours: string; readonly native: string | null };
}

interface Ordering {
  readonly piece: Piece;
  readonly descending: boolean;
}

const direction = ({ descending }: Ordering): string => (descending ? ' desc' : '');
const list = (pieces: readonly Piece[]): string => pieces.map(({ ours }) => ours).join(', ');
const natives = (pieces: readonly Piece[]): string | null =>
  pieces.every(({ native }) => native) ? pieces.map(({ native }) => native).join(', ') : null;

function orderings(random: Random, from: readonly Piece[]): Ordering[] {
  return random.chance(0.6)
    ? random.some(from, 1 + random.below(2)).map((piece) => ({ piece, descending: random.chance(0.5) }))
    : [];
}

function plain({ random, aliases, rows, tail }: Parts): Statement {
  const items = Array.from({ length: 1 + random.below(4) }, () => anything(random, aliases, 2));
  const columns = aliases.flatMap((alias) => ['T', 'N', 'M', 'B'].map((name) => column(alias, name)));
  const orders = orderings(random, [...columns]);
  const ties = aliases.map((alias) => column(alias, 'ID'));
  const top = random.chance(0.3) ? random.below(12) : null;
  const sorted = sortRows(rows, orders, ties).slice(0, top ?? rows.length);
  const all = [
    ...orders.map((order) => order.piece.native + direction(order)),
    ...ties.map(({ native }) => native),
  ].join(', ');
  const selected = natives(items);
  return {
    ours: `select ${top === null ? '' : `top ${top} `}${list(items)}${tail.ours}${orderText(orders)}`,
    native:
      selected && tail.native
        ? `SELECT ${selected}${tail.native} ORDER BY ${all}${top === null ? '' : ` LIMIT ${top}`}`
        : null,
    answer: sorted.map((row) => items.map((item) => item.of(row))),
  };
}

function orderText(orders: readonly Ordering[]): string {
  return orders.length > 0 ? ` order by ${orders.map((order) => order.piece.ours + direction(order)).join(', ')}` : '';
}

function sortRows<T extends Joined>(rows: readonly T[], orders: readonly Ordering[], ties: readonly Piece[]): T[] {
  const pieces = [...orders.map(({ piece }) => piece), ...ties];
  const descending = orders.map((order) => order.descending);
  const keyed = rows.map((row) => ({ row, key: pieces.map((piece) => piece.of(row)) }));
  return keyed.sort((one, other) => compareLists(one.key, other.key, descending)).map(({ row }) => row);
}

function distinct({ random, aliases, rows, tail }: Parts): Statement {
  const items = random
    .some(['T', 'N', 'M', 'B'], 1 + random.below(2))
    .map((name) => column(random.pick(aliases), name));
  const orders = orderings(random, items);
  const unique = [...new Map(rows.map((row) => [JSON.stringify(items.map((item) => item.of(row))), row])).values()];
  const all = [
    ...orders.map((order) => order.piece.native + direction(order)),
    ...items.map(({ native }) => native),
  ].join(', ');
  return {
    ours: `select distinct ${list(items)}${tail.ours}${orderText(orders)}`,
    native: tail.native && `SELECT DISTINCT ${natives(items)}${tail.native} ORDER BY ${all}`,
    answer: sortRows(unique, orders, items).map((row) => items.map((item) => item.of(row))),
  };
}

/** What an aggregate makes of the rows of a group. */
interface Aggregate {
  readonly ours: string;
  readonly native: string;
  readonly of: (rows: readonly Joined[]) => Cell;
}

function aggregate(random: Random, aliases: readonly string[]): Aggregate {
  const any = column(random.pick(aliases), random.pick(['T', 'N', 'M', 'B']));
  const sum = exact(random, aliases);
  const ordered = column(random.pick(aliases), random.pick(['T', 'N', 'M', 'ID']));
  const made = (name: string, piece: Piece, of: (cells: Cell[]) => Cell, inner = piece.ours): Aggregate => ({
    ours: `${name}(${inner})`,
    native: `${name}(${inner})`,
    of: (rows) => of(rows.map((row) => piece.of(row)).filter((cell) => cell !== null)),
  });
  const total = (cells: Cell[]): number => cells.reduce<number>((one, other) => one + Number(other), 0);
  const sorted = (cells: Cell[]): Cell[] => cells.toSorted((one, other) => compareLists([one], [other], []));
  const double = `(${sum.ours} + 0e0)`;
  return random.pick<() => Aggregate>([
    () => ({ ours: 'count(*)', native: 'count(*)', of: (rows) => rows.length }),
    () => made('count', any, (cells) => cells.length),
    () => made('count', any, (cells) => new Set(cells).size, `distinct ${any.ours}`),
    () => ({ ...made('sum', sum, (cells) => (cells.length > 0 ? total(cells) : null)), native: `sum(${double})` }),
    () => ({
      ...made('avg', sum, (cells) => (cells.length > 0 ? total(cells) / cells.length : null)),
      native: `avg(${double})`,
    }),
    () => made('min', ordered, (cells) => sorted(cells)[0] ?? null),
    () => made('max', ordered, (cells) => sorted(cells).at(-1) ?? null),
  ])();
}

function grouped({ random, aliases, rows, tail }: Parts): Statement {
  const keys = random.some(['T', 'N', 'M', 'B'], 1 + random.below(2)).map((name) => column(random.pick(aliases), name));
  const made = Array.from({ length: 1 + random.below(2) }, () => aggregate(random, aliases));
  const minimum = random.chance(0.4) ? 1 + random.below(3) : null;
  const groups = new Map<string, Joined[]>();
  for (const row of rows) {
    const key = JSON.stringify(keys.map((piece) => piece.of(row)));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const kept = [...groups.values()].filter((group) => minimum === null || group.length >= minimum);
  const descending = random.chance(0.4);
  const answer = kept
    .map((group) => [...keys.map((key) => key.of(group[0] as Joined)), ...made.map((one) => one.of(group))])
    .sort((one, other) => compareLists(one.slice(0, keys.length), other.slice(0, keys.length), [descending]));
  const having = minimum === null ? '' : ` having count(*) >= ${minimum}`;
  const items = [...keys.map(({ ours }) => ours), ...made.map(({ ours }, index) => `${ours} as r${index}`)].join(', ');
  const own = [...keys.map(({ native }) => native), ...made.map(({ native }) => native)].join(', ');
  const order = keys.map(({ ours }, index) => `${ours}${index === 0 && descending ? ' desc' : ''}`).join(', ');
  return {
    ours: `select ${items}${tail.ours} group by ${list(keys)}${having}${descending || random.chance(0.5) ? ` order by ${order}` : ''}`,
    native: tail.native && `SELECT ${own}${tail.native} GROUP BY ${natives(keys)}${having} ORDER BY ${order}`,
    answer,
  };
}

function overall({ random, aliases, rows, tail }: Parts): Statement {
  const made = Array.from({ length: 1 + random.below(4) }, () => aggregate(random, aliases));
  return {
    ours: `select ${made.map(({ ours }) => ours).join(', ')}${tail.ours}`,
    native: tail.native && `SELECT ${made.map(({ native }) => native).join(', ')}${tail.native}`,
    answer: [made.map((one) => one.of(rows))],
  };
}
