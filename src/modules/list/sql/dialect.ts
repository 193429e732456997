import { type DatabaseKind, TEXT_PATTERNS } from '../../../database/index.js';
import { type Arithmetic } from './tree.js';

/** SQL text with its parameters, in the order of their `?`. */
export interface Sql {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** Puts fragments into a text; arrays are joined with commas. */
export function sql(parts: TemplateStringsArray, ...values: (Sql | readonly Sql[])[]): Sql {
  const fragments = values.map((value) => ('text' in value ? value : joined(value, ', ')));
  return {
    text: parts.reduce((text, part, index) => text + (fragments[index - 1]?.text ?? '') + part),
    parameters: fragments.flatMap(({ parameters }) => parameters),
  };
}

/** Text of our own, never of a caller. */
export function raw(text: string): Sql {
  return { text, parameters: [] };
}

export function joined(fragments: readonly Sql[], separator: string): Sql {
  return {
    text: fragments.map(({ text }) => text).join(separator),
    parameters: fragments.flatMap(({ parameters }) => parameters),
  };
}

/** By so many characters texts are ordered, as everywhere (decision 0003). */
const SORTED_CHARACTERS = 250;
/** From here on a double has no places behind the point. */
const WHOLE_FROM = 2 ** 52;

/** A limit that cuts nothing: databases do not merge such a table into the statement around it, and keep its order. */
export const WHOLE = raw(' LIMIT 9223372036854775807');

/** What databases do differently. What comes out means the same on each (decision 0013). */
export interface Dialect {
  /** A text as the statement works with it: compared, ordered and grouped by its bytes. */
  text(column: Sql): Sql;
  sortKey(text: Sql): Sql;
  like(text: Sql, pattern: string, escape: string): Sql;
  arithmetic(operator: Arithmetic, left: Sql, right: Sql): Sql;
  /** A result that may be beyond a double. */
  total(sum: Sql): Sql;
  /** Half away from zero. */
  round(value: Sql, digits: number): Sql;
  truncate(value: Sql): Sql;
  /** The first ten characters of a text that is a date, else null. */
  date(text: Sql): Sql;
  /** The number that a text is, else null. */
  number(text: Sql, pattern: 'whole' | 'decimal'): Sql;
  append(text: Sql, end: string): Sql;
  /** The rows that these ids name, few as they are: FROM, and what WHERE has besides. */
  rows(ids: Sql): { readonly from: Sql; readonly where: Sql };
}

export function value(parameter: string | number): Sql {
  return { text: '?', parameters: [parameter] };
}

export function dialectOf(kind: DatabaseKind): Dialect {
  return kind === 'sqlite' ? SQLITE : SERVER;
}

/** Functions whose names begin with `hub_` are those of the process that runs statements (database/select). */
const SQLITE: Dialect = {
  text: (column) => column,
  sortKey: (text) => sql`substr(${text}, 1, ${raw(String(SORTED_CHARACTERS))})`,
  like: (text, pattern, escape) => sql`${text} LIKE ${value(pattern)} ESCAPE ${value(escape)}`,
  arithmetic: (operator, left, right) => SQLITE.total(operation(operator, left, right)),
  total: (sum) => sql`(hub_finite(${sum}) + 0e0)`,
  round: (number, digits) => sql`(hub_round(${number}, ${value(digits)}) + 0e0)`,
  truncate: (number) => sql`(trunc(${number}) + 0e0)`,
  date: (text) => sql`hub_date(${text})`,
  number: (text, pattern) => sql`(${raw(`hub_${pattern}`)}(${text}) + 0e0)`,
  append: (text, end) => sql`(${text} || ${value(end)})`,
  rows: (ids) => ({ from: raw('list_row'), where: sql` AND row_id IN (${ids})` }),
};

const characters = (text: Sql): Sql => sql`(CONVERT(${text} USING utf8mb4) COLLATE utf8mb4_bin)`;
const matching = (text: Sql, pattern: string): Sql => sql`${characters(text)} REGEXP ${value(`^(?:${pattern})\\z`)}`;

/** Texts are binary: `utf8mb4_bin` would take 'a' and 'a ' for equal. */
const SERVER: Dialect = {
  text: (column) => sql`CAST(${column} AS BINARY)`,
  sortKey: (text) => sql`CAST(SUBSTR(${characters(text)}, 1, ${raw(String(SORTED_CHARACTERS))}) AS BINARY)`,
  like: (text, pattern, escape) => sql`${characters(text)} LIKE ${value(pattern)} ESCAPE ${value(escape)}`,
  arithmetic: operation,
  total: (sum) => sum,
  round: roundedByHand,
  truncate: (number) => sql`(TRUNCATE(${number}, 0) + 0e0)`,
  date: (text) => sql`CASE WHEN ${matching(text, TEXT_PATTERNS.date)} THEN SUBSTR(${text}, 1, 10) END`,
  number: (text, pattern) =>
    sql`CASE WHEN ${matching(text, TEXT_PATTERNS[pattern])} THEN (${characters(text)} + 0e0) END`,
  append: (text, end) => sql`CONCAT(${text}, ${value(end)})`,
  // Left to themselves, servers may read the whole list and look for each row among the ids. They look rows up in the
  // order in which the ids come: by the index that would be anywhere in the list, so the ids are sorted first.
  rows: (ids) => ({
    from: sql`(SELECT row_id AS found_id FROM (${ids} ORDER BY row_id${WHOLE}) AS f) AS i STRAIGHT_JOIN list_row ON row_id = found_id`,
    where: raw(''),
  }),
};

/** Adding zero makes zero of minus zero, which servers would group apart. Whatever is divided by zero is null. */
function operation(operator: Arithmetic, left: Sql, right: Sql): Sql {
  switch (operator) {
    case '/':
      return sql`((${left} + 0e0) / NULLIF(${right}, 0) + 0e0)`;
    case '%':
      return sql`(MOD(${left} + 0e0, NULLIF(${right}, 0)) + 0e0)`;
    case '+':
    case '-':
    case '*':
      return sql`(${left} ${raw(operator)} ${right} + 0e0)`;
  }
}

/** ROUND of servers rounds halves of doubles to even. The same steps as `hub_round`. */
function roundedByHand(number: Sql, digits: number): Sql {
  const power = raw((10 ** Math.abs(digits)).toExponential());
  const [up, down] = digits >= 0 ? [raw('*'), raw('/')] : [raw('/'), raw('*')];
  const whole = raw((WHOLE_FROM / 10 ** digits).toExponential());
  return sql`CASE WHEN ABS(${number}) >= ${whole} THEN ${number} ELSE (SIGN(${number}) * (FLOOR(ABS(${number}) ${up} ${power} + 0.5e0) ${down} ${power}) + 0e0) END`;
}
