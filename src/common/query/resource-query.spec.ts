import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { InvalidInputError } from '../errors/index.js';
import { parseResourceQuery, type ResourceQuery, type ResourceQuerySpec } from './resource-query.js';

const SPEC: ResourceQuerySpec = {
  sort: ['id', 'name', 'events.created'],
  filter: {
    state: { values: ['live', 'deleting'], multiple: true },
    role: { pattern: /^[0-9a-f]{24}$/g, description: '24 lowercase hex characters' },
    kind: { values: ['a', 'b'] },
    search: {},
    tags: { multiple: true },
  },
  page: true,
  include: ['roles', 'creators'],
  meta: ['counts'],
};
const FIRST_PAGE = { number: 1, size: 20, offset: 0 };

function refusalOf(raw: string, spec: ResourceQuerySpec = SPEC): InvalidInputError {
  try {
    parseResourceQuery(raw, spec);
  } catch (error) {
    if (error instanceof InvalidInputError) {
      return error;
    }
    throw error;
  }
  throw new Error(`accepted: ${raw}`);
}

/** What was read; nothing when it was refused properly. Any other error fails the test. */
function readOrRefuse(raw: string): ResourceQuery {
  try {
    return parseResourceQuery(raw, SPEC);
  } catch (error) {
    if (error instanceof InvalidInputError) {
      return parseResourceQuery('', SPEC);
    }
    throw error;
  }
}

const asc = (field: string) => ({ field, descending: false });
const desc = (field: string) => ({ field, descending: true });

describe('the query of a collection', () => {
  it('has defaults for everything', () => {
    const expected = { sort: [], filter: {}, page: FIRST_PAGE, include: [], meta: [] };
    expect(parseResourceQuery('', SPEC)).toEqual(expected);
    expect(parseResourceQuery('', {})).toEqual(expected);
  });

  it.each<[string, object]>([
    // The spellings of management-contract.md §7.
    ['?sort=name', { sort: [asc('name')] }],
    ['?sort=-events.created&sort=name', { sort: [desc('events.created'), asc('name')] }],
    ['?filter[state]=live%2Cdeleting', { filter: { state: ['live', 'deleting'] } }],
    ['?filter[search]=ci%20bot&filter[kind]=a', { filter: { search: ['ci bot'], kind: ['a'] } }],
    ['?&filter[state]=live', { filter: { state: ['live'] } }],
    ['?&page[number]=1', { page: FIRST_PAGE }],
    ['?page[number]=2&page[size]=20', { page: { number: 2, size: 20, offset: 20 } }],
    [
      '?sort=-id&filter[state]=live&page[number]=1&page[size]=50',
      { sort: [desc('id')], page: { number: 1, size: 50, offset: 0 } },
    ],
    ['?include=roles', { include: ['roles'] }],
    ['?include=creators&include=roles', { include: ['creators', 'roles'] }],
    ['?meta=counts', { meta: ['counts'] }],
    [
      '?sort=-id%2Cname&filter%5Bstate%5D=live%2Cdeleting&filter%5Bsearch%5D=a%20b&page%5Bnumber%5D=3&page%5Bsize%5D=10',
      {
        sort: [desc('id'), asc('name')],
        filter: { state: ['live', 'deleting'], search: ['a b'] },
        page: { number: 3, size: 10, offset: 20 },
      },
    ],
    // And the choices of ours.
    ['page[size]=100', { page: { number: 1, size: 100, offset: 0 } }],
    ['sort=&include=&meta=', { sort: [], include: [], meta: [] }],
    ['include=roles,roles&include=roles', { include: ['roles'] }],
    ['filter[search]=a,b', { filter: { search: ['a,b'] } }],
    ['filter[tags]=a,b,a', { filter: { tags: ['a', 'b'] } }],
    ['filter[role]=0198c0ffee00a1b2c3d4e5f6', { filter: { role: ['0198c0ffee00a1b2c3d4e5f6'] } }],
  ])('reads %s', (raw, expected) => {
    expect(parseResourceQuery(raw, SPEC)).toMatchObject(expected);
  });

  it.each([
    // Unknown names, incident 35 among them.
    ['foo=1', '/query/foo', 'Unknown query parameter "foo". Allowed: sort, filter[state], filter[role]'],
    ['Sort=id', '/query/Sort', 'Unknown query parameter "Sort"'],
    ['filter=x', '/query/filter', 'Unknown query parameter "filter"'],
    ['filter[a][b]=x', '/query/filter[a][b]', 'Unknown query parameter "filter[a][b]"'],
    ['page[offset]=1', '/query/page/offset', 'Unknown page parameter "offset". Allowed: number, size'],
    ['filter[secret]=a', '/query/filter/secret', 'Unknown filter "secret". Allowed: state, role, kind, search, tags'],
    ['filter[hash]=a', '/query/filter/hash', 'Unknown filter "hash"'],
    ['filter[]=a', '/query/filter/', 'Unknown filter ""'],
    ['filter[a/b]=a', '/query/filter/a~1b', 'Unknown filter "a/b"'],
    ['sort=secret', '/query/sort', 'Unknown sort field "secret". Allowed: id, name, events.created'],
    ['sort=--id', '/query/sort', 'Unknown sort field "-id"'],
    ['sort=+id', '/query/sort', 'Unknown sort field " id"'],
    ['sort=ID', '/query/sort', 'Unknown sort field "ID"'],
    ['sort=id%20desc', '/query/sort', 'Unknown sort field "id desc"'],
    ['include=role.keys', '/query/include', 'Unknown value of include "role.keys". Allowed: roles, creators'],
    ['meta=secrets', '/query/meta', 'Unknown value of meta "secrets". Allowed: counts'],
    // Duplicates.
    ['page[size]=1&page[size]=1', '/query/page/size', 'page[size] is given twice'],
    ['page[number]=1&page%5Bnumber%5D=2', '/query/page/number', 'page[number] is given twice'],
    ['filter[state]=live&filter[state]=deleting', '/query/filter/state', 'filter[state] is given twice'],
    ['sort=id,-id', '/query/sort', 'sort field id is given twice'],
    ['sort=id&sort=name&sort=id', '/query/sort', 'sort field id is given twice'],
    // Values.
    ['filter[search]=', '/query/filter/search', 'filter[search] has an empty value'],
    ['filter[search]', '/query/filter/search', 'filter[search] has an empty value'],
    ['filter[search]=%20', '/query/filter/search', 'filter[search] has an empty value'],
    ['filter[state]=live,', '/query/filter/state', 'filter[state] has an empty value'],
    ['filter[state]=dead', '/query/filter/state', '"dead" is not a value of filter[state]. Allowed: live, deleting'],
    ['filter[state]=Live', '/query/filter/state', '"Live" is not a value'],
    ['filter[kind]=a,b', '/query/filter/kind', '"a,b" is not a value of filter[kind]'],
    ['filter[role]=x', '/query/filter/role', '"x" does not have the form of filter[role]. Expected: 24 lowercase hex'],
    [`filter[search]=${'x'.repeat(257)}`, '/query/filter/search', 'more than 256 characters'],
    [
      `filter[tags]=${Array.from({ length: 51 }, (_, index) => index).join()}`,
      '/query/filter/tags',
      'at most 50 values',
    ],
    ['sort=id,,name', '/query/sort', 'sort has an empty element'],
    ['include=,roles', '/query/include', 'include has an empty element'],
    ...['0', '-1', '1.5', '1e2', '01', '', 'x', '+1', '1000001', '9'.repeat(30)].map((value) => [
      `page[number]=${value}`,
      '/query/page/number',
      'page[number] is a whole number from 1 to 1000000',
    ]),
    ...['0', '101', '-5', 'all'].map((value) => [`page[size]=${value}`, '/query/page/size', 'from 1 to 100']),
  ])('refuses %j, pointing at %s', (raw = '', source = '', detail = '') => {
    const refusal = refusalOf(raw);
    expect([refusal.status, refusal.details.source]).toEqual([422, source]);
    expect(refusal.details.detail).toContain(detail);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('knows no %s', (name) => {
    for (const raw of [
      `${name}=1`,
      `filter[${name}]=1`,
      `page[${name}]=1`,
      `sort=${name}`,
      `include=${name}`,
      `meta=${name}`,
    ]) {
      expect(refusalOf(raw).details.detail).toContain(`"${name}"`);
    }
    const { filter } = parseResourceQuery('', SPEC);
    expect(Object.getPrototypeOf(filter)).toBeNull();
    expect(filter[name]).toBeUndefined();
  });

  it('refuses every parameter when the spec is empty', () => {
    for (const raw of [
      'a=1',
      'sort=id',
      'sort=',
      'filter[state]=live',
      'page[size]=1',
      'include=roles',
      'meta=counts',
    ]) {
      expect(refusalOf(raw, {}).details.detail).toMatch(/^Unknown query parameter ".*"\. Allowed: none\.$/);
    }
    expect(parseResourceQuery('&', {}).page).toEqual(FIRST_PAGE);
  });

  it('gives the same answer each time, also for a pattern that remembers', () => {
    const ask = () => parseResourceQuery('filter[role]=0198c0ffee00a1b2c3d4e5f6', SPEC).filter['role'];
    expect([ask(), ask(), ask()]).toEqual(Array(3).fill(['0198c0ffee00a1b2c3d4e5f6']));
  });

  it('refuses credentials before it looks at anything else', () => {
    expect(refusalOf('apiKey=x').details.detail).toContain('leaked');
    expect(refusalOf('filter[search]=hgk_abc').details.detail).toContain('leaked');
  });

  it('never repeats a long value', () => {
    const long = fc.string({ unit: fc.constantFrom(...'abcXYZ019_'.split('')), minLength: 41, maxLength: 80 });
    const place = fc.constantFrom(
      '',
      'sort=',
      'filter[state]=',
      'filter[role]=',
      'filter[',
      'page[',
      'page[size]=',
      'include=',
      'meta=',
    );
    fc.assert(
      fc.property(place, long, (before, text) => {
        const closing = before.endsWith('[') ? ']=1' : '';
        const refusal = refusalOf(`${before}${text}${closing}`);
        expect(JSON.stringify([refusal.message, refusal.details])).not.toContain(text);
      }),
    );
  });

  it('either reads or refuses with 422, and reads nothing that is not allowed', () => {
    const token = fc.constantFrom(
      'sort',
      'filter',
      '[',
      ']',
      'state',
      'page',
      'size',
      '=',
      '&',
      ',',
      '-',
      'id',
      'live',
      '%5B',
      '%',
      '1',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 16 }), (tokens) => {
        const query = readOrRefuse(tokens.join(''));
        expect(Object.keys(query.filter).filter((key) => !Object.hasOwn(SPEC.filter ?? {}, key))).toEqual([]);
        expect(query.sort.filter(({ field }) => SPEC.sort?.includes(field) !== true)).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('a filter that is a time', () => {
  const read = (value: string) =>
    parseResourceQuery(`filter[since]=${encodeURIComponent(value)}`, { filter: { since: { time: true } } }).filter;

  it.each(['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.678+02:00', '2026-01-02T03:04Z'])('takes %s', (value) => {
    expect(read(value)).toEqual({ since: [value] });
  });

  it.each(['yesterday', '2026-01-02', '2026-02-30T00:00:00Z', '2026-01-02T03:04:05', '2026-01-02T03:04:05 02:00', '1'])(
    'refuses %s',
    (value) => {
      expect(() => read(value)).toThrow('A value in the request is not acceptable.');
    },
  );
});
