import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../errors/index.js';
import { type FlatQuerySpec, parseFlatQuery } from './flat-query.js';

const SPEC = {
  Name: { kind: 'text', required: true, maxLength: 10 },
  SortColumn: { kind: 'text' },
  SortOrder: { kind: 'choice', values: ['Asc', 'Desc'], default: 'Asc' },
  SkipRows: { kind: 'integer', minimum: 0, maximum: 1000, default: 0 },
  MaxRows: { kind: 'integer', minimum: 1, maximum: 500 },
  Offset: { kind: 'integer', minimum: -5, maximum: 5 },
} as const satisfies FlatQuerySpec;

function refusalOf(raw: string, spec: FlatQuerySpec = SPEC): InvalidInputError {
  try {
    parseFlatQuery(raw, spec);
  } catch (error) {
    if (error instanceof InvalidInputError) {
      return error;
    }
    throw error;
  }
  throw new Error(`accepted: ${raw}`);
}

describe('a flat query', () => {
  it('is typed by its spec', () => {
    const query = parseFlatQuery('Name=a', SPEC);
    const name: string = query.Name;
    const column: string | undefined = query.SortColumn;
    const order: 'Asc' | 'Desc' = query.SortOrder;
    const skip: number = query.SkipRows;
    const max: number | undefined = query.MaxRows;
    expect([name, column, order, skip, max]).toEqual(['a', undefined, 'Asc', 0, undefined]);
  });

  it.each([
    [
      'Name=Orders&SortColumn=Due&SortOrder=Desc&SkipRows=10&MaxRows=5',
      { Name: 'Orders', SortColumn: 'Due', SortOrder: 'Desc', SkipRows: 10, MaxRows: 5 },
    ],
    ['?name=Orders&SORTORDER=DESC&maxrows=500', { Name: 'Orders', SortOrder: 'Desc', MaxRows: 500 }],
    ['&Name=a+b%2B&', { Name: 'a b+' }],
    [
      'Name=a&SortColumn=&SortOrder=&SkipRows=&MaxRows',
      { SortColumn: undefined, SortOrder: 'Asc', SkipRows: 0, MaxRows: undefined },
    ],
    ['Name=a&Offset=-5', { Offset: -5 }],
    ['Name=a&Offset=0', { Offset: 0 }],
  ])('reads %s', (raw, expected) => {
    expect(parseFlatQuery(raw, SPEC)).toMatchObject(expected);
  });

  it.each([
    ['', '/query/Name', 'Missing query parameter: Name.'],
    ['Name=', '/query/Name', 'Missing query parameter: Name.'],
    [
      'Name=a&Foo=1',
      '/query/Foo',
      'Unknown query parameter "Foo". Allowed: Name, SortColumn, SortOrder, SkipRows, MaxRows',
    ],
    ['Name=a&__proto__=1', '/query/__proto__', 'Unknown query parameter "__proto__"'],
    ['Name=a&constructor=1', '/query/constructor', 'Unknown query parameter "constructor"'],
    ['Name=a&\u212A=1', '/query/\u212A', 'Unknown query parameter'],
    ['Name=a&Name=a', '/query/Name', 'Name is given twice'],
    ['Name=a&nAME=b', '/query/Name', 'Name is given twice'],
    ['Name=a&MaxRows=&maxrows=5', '/query/MaxRows', 'MaxRows is given twice'],
    ['Name=12345678901', '/query/Name', 'Name has more than 10 characters'],
    [`Name=a&SortColumn=${'x'.repeat(257)}`, '/query/SortColumn', 'more than 256 characters'],
    ['Name=a&SortOrder=up', '/query/SortOrder', '"up" is not a value of SortOrder. Allowed: Asc, Desc'],
    [`Name=a&SortOrder=${'u'.repeat(41)}`, '/query/SortOrder', 'The value given is not a value of SortOrder'],
    ...['0', '501', '-1', '1.0', '1e2', '0x1', '01', '+1', 'NaN', 'Infinity', '9'.repeat(400)].map((value) => [
      `Name=a&MaxRows=${value}`,
      '/query/MaxRows',
      'MaxRows is a whole number from 1 to 500',
    ]),
    ['Name=a&Offset=-0', '/query/Offset', 'Offset is a whole number from -5 to 5'],
  ])('refuses %j, pointing at %s', (raw = '', source = '', detail = '') => {
    const refusal = refusalOf(raw);
    expect([refusal.status, refusal.details.source]).toEqual([422, source]);
    expect(refusal.details.detail).toContain(detail);
    expect(refusal.details.detail?.length).toBeLessThan(200);
  });

  it('names every missing parameter at once', () => {
    const spec = {
      A: { kind: 'text', required: true },
      B: { kind: 'integer', minimum: 1, maximum: 2, required: true },
    } as const;
    expect(refusalOf('', spec).details).toMatchObject({
      detail: 'Missing query parameter: A, B.',
      extra: { missing: ['A', 'B'] },
    });
  });

  it('refuses every parameter when the spec is empty', () => {
    expect(parseFlatQuery('?&', {})).toEqual({});
    expect(refusalOf('a=1', {}).details.detail).toBe('Unknown query parameter "a". Allowed: none.');
  });

  it('refuses credentials', () => {
    expect(refusalOf('apiKey=x').details.detail).toContain('leaked');
    expect(refusalOf('Name=hgk_abc').details.detail).toContain('leaked');
  });
});
