import { type ApiOperation, type ApiParameterObject } from '../../../src/openapi/types.js';

/** Numbers that are the same for the same seed (mulberry32). */
export class Dice {
  constructor(private state: number) {}

  /** From 0 to below `sides`. */
  roll(sides: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * sides);
  }

  pick<T>(all: readonly T[]): T {
    return all[this.roll(all.length)] as T;
  }
}

/** Texts that have broken servers before. */
const TEXTS: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '\u{1F525}',
  '\u202e',
  "'",
  "' OR 1=1 --",
  '"; DROP TABLE list; --',
  '%',
  '%00',
  '..%2f..%2f',
  '../../etc/passwd',
  '\r\nSet-Cookie: a=b',
  '${7*7}{{7*7}}',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'toString',
  'NaN',
  'Infinity',
  '-0',
  '1e999',
  '9007199254740993',
  '99999999999999999999',
  '0x10',
  'null',
  'true',
  '[]',
  '{}',
  '0'.repeat(24),
  'f'.repeat(24),
  'x'.repeat(300),
  'x'.repeat(20_000),
  '('.repeat(5000),
  'K',
  'ID',
  'StockInfo',
  'LineSpeed',
  'select * from StockInfo',
];

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  1.5,
  -0,
  2 ** 31,
  2 ** 53,
  1e308,
  5e-324,
  [],
  [null],
  [[[[[]]]]],
  {},
  { $ne: null },
  { toString: 1 },
  { length: 1e9 },
  ...TEXTS,
];

/** Whole bodies that are no JSON objects, or hardly. */
const RAW_BODIES: readonly string[] = [
  '',
  ' ',
  '{',
  '[]',
  'null',
  '1',
  '"text"',
  '{"a":1,}',
  '{"a":1e999}',
  '{"a":NaN}',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"a":1}{"a":1}',
  '\ufeff{}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
];

export interface HostileRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: string;
}

/** A request that the operation may or may not take: from its document, with something wrong about it more often than not. */
export function hostileRequest(dice: Dice, path: string, method: string, operation: ApiOperation): HostileRequest {
  const query = operation.parameters.filter((parameter) => parameter.in === 'query');
  const pairs = query.flatMap((parameter) => queryOf(dice, parameter));
  const extra = dice.roll(6) === 0 ? [`${encoded(dice, dice.pick(TEXTS))}=${encoded(dice, dice.pick(TEXTS))}`] : [];
  const all = [...pairs, ...extra].join('&');
  const body = operation.requestBody ? bodyOf(dice, operation) : undefined;
  const place = path.replace(/\{\w+\}/g, () => encodeURIComponent(wellFormed(dice.pick(TEXTS))) || 'x');
  return {
    method: method.toUpperCase(),
    url: all === '' ? place : `${place}?${all}`,
    headers: { ...headersOf(dice), ...(body === undefined ? {} : { 'content-type': typeOf(dice) }) },
    ...(body === undefined ? {} : { payload: body }),
  };
}

function queryOf(dice: Dice, { name, required, example, schema = {} }: ApiParameterObject): string[] {
  if (dice.roll(required === true ? 8 : 2) === 0) {
    return [];
  }
  const values = (schema['enum'] as string[] | undefined) ?? [JSON.stringify(example ?? schema['default'] ?? 1)];
  const value = dice.roll(2) === 0 ? encodeURIComponent(dice.pick(values)) : encoded(dice, dice.pick(TEXTS));
  const spelt = dice.roll(4) === 0 ? name.toUpperCase() : name;
  const pair = `${encodeURIComponent(spelt)}=${value}`;
  return dice.roll(12) === 0 ? [pair, pair] : [pair];
}

/** Percent-encoded, and now and then not as it should be. */
function encoded(dice: Dice, text: string): string {
  const short = wellFormed(text).slice(0, 2000);
  switch (dice.roll(8)) {
    case 0:
      return '%ff%fe';
    case 1:
      return '%';
    default:
      return encodeURIComponent(short);
  }
}

function headersOf(dice: Dice): Record<string, string> {
  const ifMatch = dice.pick([undefined, undefined, undefined, '*', '"x"', 'W/"x"', 'x', '"', `"${'0'.repeat(24)}-1"`]);
  const accept = dice.pick([undefined, undefined, '*/*', 'text/csv', 'application/json', 'nonsense', 'text/*;q=0']);
  return { ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }), ...(accept === undefined ? {} : { accept }) };
}

function typeOf(dice: Dice): string {
  return dice.roll(15) === 0 ? dice.pick(['text/plain', 'application/xml', 'nonsense', '']) : 'application/json';
}

function bodyOf(dice: Dice, { requestBody }: ApiOperation): string {
  const examples = Object.values(requestBody?.content['application/json']?.examples ?? {});
  if (examples.length === 0 || dice.roll(6) === 0) {
    return dice.pick(RAW_BODIES);
  }
  const body = structuredClone(dice.pick(examples).value) as Record<string, unknown>;
  for (let change = dice.roll(3); change > 0; change -= 1) {
    spoil(dice, body);
  }
  return JSON.stringify(body);
}

/** Another value for a property, at any depth, none, or one that nobody knows. */
function spoil(dice: Dice, thing: Record<string, unknown>): void {
  const names = Object.keys(thing);
  const name = names.length === 0 || dice.roll(6) === 0 ? dice.pick(TEXTS).slice(0, 100) : dice.pick(names);
  const inner = Object.hasOwn(thing, name) ? thing[name] : undefined;
  if (typeof inner === 'object' && inner !== null && !Array.isArray(inner) && dice.roll(3) > 0) {
    spoil(dice, inner as Record<string, unknown>);
  } else if (dice.roll(5) === 0) {
    Reflect.deleteProperty(thing, name);
  } else {
    Object.defineProperty(thing, name, {
      value: dice.pick(VALUES),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
}

function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd');
}
