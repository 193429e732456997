import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { InvalidInputError } from '../errors/index.js';
import { MAX_QUERY_PAIRS, readQuery } from './query-string.js';

function refusalOf(raw: string): InvalidInputError {
  try {
    readQuery(raw);
  } catch (error) {
    if (error instanceof InvalidInputError) {
      return error;
    }
    throw error;
  }
  throw new Error(`accepted: ${raw}`);
}

const KEY = 'hgk_0198c0ffee00a1b2c3d4e5f6_AbCdEfGhIjKlMnOpQrStUvWxYz012345678901';

describe('a query string', () => {
  it.each<[string, [string, string][]]>([
    ['', []],
    ['?', []],
    ['&', []],
    ['&&&', []],
    ['a=1', [['a', '1']]],
    ['?a=1', [['a', '1']]],
    ['?&filter[state]=live', [['filter[state]', 'live']]],
    [
      'a=1&&b=2&',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      'a=1&a=2',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['a', [['a', '']]],
    ['a=', [['a', '']]],
    ['=1', [['', '1']]],
    ['a=b=c', [['a', 'b=c']]],
    ['a=b?c', [['a', 'b?c']]],
    ['a=x+y%20z%2B', [['a', 'x y z+']]],
    ['filter%5Bstate%5D=live%2Cdeleting', [['filter[state]', 'live,deleting']]],
    ['a=%C3%A4%F0%9F%90%9D', [['a', 'ä🐝']]],
    ['a=%26b%3D1', [['a', '&b=1']]],
    ['a=1;b=2', [['a', '1;b=2']]],
    ['a=%2541', [['a', '%41']]],
    [
      '__proto__=1&constructor=2',
      [
        ['__proto__', '1'],
        ['constructor', '2'],
      ],
    ],
  ])('%j reads as %j', (raw, expected) => {
    expect(readQuery(raw)).toEqual(expected);
  });

  it('reads back whatever was encoded', () => {
    const word = fc.string({ unit: 'grapheme' }).filter((text) => !/\p{Cc}|hgk_/iu.test(text));
    const pairs = fc.array(
      fc.tuple(
        word.map((text) => `p${text}`),
        word,
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(pairs, (expected) => {
        const encoded = expected.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
        expect(readQuery(encoded.join('&'))).toEqual(expected);
        expect(readQuery(`?&${new URLSearchParams(expected).toString()}&`)).toEqual(expected);
      }),
    );
  });

  it.each([
    ['a=%', 'The value of query parameter "a"', '/query/a'],
    ['a=%zz', 'The value of query parameter "a"', '/query/a'],
    ['a=%C3', 'The value of query parameter "a"', '/query/a'],
    ['a=%FF', 'The value of query parameter "a"', '/query/a'],
    ['a=%ED%A0%80', 'The value of query parameter "a"', '/query/a'],
    ['b/~=%', 'The value of query parameter "b/~"', '/query/b~1~0'],
    ['b=1&a%=1', 'The name of query parameter number 2', '/query'],
    ['a=x%00y', '"a" contains control characters', '/query/a'],
    ['a=%0D%0ASet-Cookie:x', '"a" contains control characters', '/query/a'],
    ['a%0A=1', 'number 1 contains control characters', '/query'],
  ])('%j is refused, naming the part', (raw, detail, source) => {
    expect(refusalOf(raw)).toMatchObject({ status: 422, details: { source } });
    expect(refusalOf(raw).details.detail).toContain(detail);
  });

  it('is refused with too many parameters', () => {
    expect(readQuery('a=1&'.repeat(MAX_QUERY_PAIRS))).toHaveLength(MAX_QUERY_PAIRS);
    expect(refusalOf('a=1&'.repeat(MAX_QUERY_PAIRS + 1)).details.detail).toContain('more than 100');
  });
});

describe('a credential in the URL', () => {
  it.each([
    'apiKey=x',
    'apikey=x',
    'APIKEY=x',
    'api_key=x',
    'api-key=x',
    'X-API-Key=x',
    'key=x',
    'token=x',
    'access_token=x',

    '%61piKey=x',
    'authorization=Bearer+x',
    'secret=x',
    'key',
    'token=%zz',
    `a=${KEY}`,
    `a=x${KEY}`,
    `a=${KEY}%zz`,
    KEY,
    `${KEY}=1`,
    `filter[search]=${KEY}`,
    `a=%68gk_x`,
    `a=hgk%5Fx`,
    'a=HGK_X',
    `%zz${KEY}=1`,
    `a=1&b=2&c=${KEY}`,
  ])('%j is refused with the advice to rotate it', (raw) => {
    const { status, details } = refusalOf(raw);
    expect(status).toBe(422);
    expect(details.detail).toMatch(/^Credentials are never accepted in a query string.*leaked and rotate it\.$/);
    expect(details.source).toBe('/query');
    expect(JSON.stringify(details)).not.toMatch(/hgk_/i);
  });

  it.each(['keyId=1', 'filter[key]=1', 'keyboard=1', 'tokens=1', 'a=hgk'])('%j is none', (raw) => {
    expect(readQuery(raw)).toHaveLength(1);
  });

  it('is never repeated by a refusal, nor is any long value', () => {
    const long = fc.string({ unit: fc.constantFrom(...'abcXYZ019_'.split('')), minLength: 41, maxLength: 80 });
    const template = fc.constantFrom<(text: string) => string>(
      (text) => `${text}%zz=1`,
      (text) => `a=${text}%zz`,
      (text) => `${text}=%zz`,
      (text) => `${text}=%00`,
      (text) => `a=${text}%00`,
    );
    fc.assert(
      fc.property(fc.oneof(long, fc.constant(KEY)), template, (text, make) => {
        const refusal = refusalOf(make(text));
        expect(JSON.stringify([refusal.message, refusal.details])).not.toContain(text.slice(0, 41));
      }),
    );
  });
});
