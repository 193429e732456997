import { cellNumber } from '../cell-values.js';
import { type Dialect, sql, value } from './dialect.js';
import { SqlError } from './sql.errors.js';
import { isNumeric, type SqlType, type Value, WORDS } from './types.js';

const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;
const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(\.\d{1,3})?$/;
const MIDNIGHT = 'T00:00:00.000';

/**
 * Brings values to one type, so that they can be compared: nothing is converted row by row but a date to its midnight.
 * A text literal takes the type of what it is compared with.
 * @throws SqlError at the value that has no place beside the first
 */
export function aligned(dialect: Dialect, values: readonly Value[]): Value[] {
  const typed = values.filter(({ type, literal }) => type !== 'Null' && literal === undefined);
  const [first = values.find(({ type }) => type !== 'Null')] = typed;
  if (!first) {
    return [...values];
  }
  const target = typed.some(({ type }) => type === 'Moment') ? 'Moment' : first.type;
  return values.map((one) => convert(dialect, one, target));
}

function convert(dialect: Dialect, one: Value, target: SqlType): Value {
  if (one.type === 'Null' || one.type === target || (isNumeric(one.type) && isNumeric(target))) {
    return one;
  }
  if (one.literal !== undefined) {
    return { ...one, ...meaning(one, one.literal, target), literal: undefined };
  }
  if (one.type === 'Date' && target === 'Moment') {
    return { ...one, sql: dialect.append(one.sql, MIDNIGHT), type: 'Moment' };
  }
  throw new SqlError(
    one.place,
    `${capital(WORDS[one.type])} cannot be compared with ${WORDS[target]}.${hint(one, target)}`,
  );
}

function meaning(one: Value, literal: string, target: SqlType): Pick<Value, 'sql' | 'type' | 'constant'> {
  const read = READERS[target]?.(literal);
  if (read === undefined) {
    throw new SqlError(one.place, `This text is not ${FORMS[target] ?? WORDS[target]}, with which it is compared.`);
  }
  const number = typeof read === 'number';
  const bound = number ? sql`(${value(read)} + 0e0)` : value(read);
  return { sql: number || one.sql.text === '?' ? bound : sql`CAST(${bound} AS BINARY)`, type: target, constant: read };
}

const READERS: Partial<Record<SqlType, (literal: string) => string | number | undefined>> = {
  Number: (literal) =>
    NUMBER.test(literal) && Number.isFinite(Number(literal)) ? cellNumber(Number(literal)) : undefined,
  Boolean: (literal) => TRUTHS.get(literal.trim().toLowerCase()),
  Date: (literal) => (DAY.test(literal) && exists(literal) ? literal : undefined),
  Moment: (literal) => readMoment(literal),
};

const TRUTHS = new Map([
  ['true', 1],
  ['1', 1],
  ['false', 0],
  ['0', 0],
]);

const FORMS: Partial<Record<SqlType, string>> = {
  Number: 'a number such as 12.5',
  Boolean: 'true or false',
  Date: 'a date such as 2025-12-31',
  Moment: 'a moment such as 2025-12-31T23:59:00',
};

function readMoment(literal: string): string | undefined {
  if (DAY.test(literal)) {
    return exists(literal) ? literal + MIDNIGHT : undefined;
  }
  const [, day = '', minutes = '', seconds = ':00', fraction = '.0'] = MOMENT.exec(literal) ?? [];
  const text = `${day}T${minutes}${seconds}${fraction.padEnd(4, '0')}`;
  return exists(day) && !Number.isNaN(Date.parse(`${text}Z`)) && !minutes.startsWith('24') ? text : undefined;
}

function exists(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day) && !day.startsWith('0000');
}

function hint(one: Value, target: SqlType): string {
  const types = new Set([one.type, target]);
  if (types.has('Date') || types.has('Moment')) {
    return types.has('String') ? ' Use cast(… as date).' : '';
  }
  return types.has('String') && types.has('Number') ? " Write a number as text ('5'), or cast(… as float)." : '';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
