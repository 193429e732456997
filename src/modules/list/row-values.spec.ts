import { describe, expect, it } from 'vitest';
import { AppError } from '../../common/errors/index.js';
import { layColumns } from './list-columns.js';
import { cellValue, readSlotValues, TEXT_LENGTH_MAX } from './row-values.js';

const columns = layColumns([
  { name: 'MaterialNo', type: 'String' },
  { name: 'Quantity', type: 'Number' },
  { name: 'Locked', type: 'Boolean' },
  { name: 'toString', type: 'Number' },
  { name: 'a/b~c', type: 'Number' },
]);
const read = (data: object) => Object.fromEntries(readSlotValues(columns, data));

function refusal(data: object): AppError {
  try {
    read(data);
  } catch (error) {
    return error as AppError;
  }
  throw new Error('It was accepted.');
}

describe('the values of a row', () => {
  it('go to the slots of their columns, named without case', () => {
    expect(read({ materialno: "O'Brien", QUANTITY: -0.1, Locked: true })).toEqual({ s1: "O'Brien", n1: -0.1, n2: 1 });
  });

  it('are exactly what the client named: nothing is filled in', () => {
    expect(read({})).toEqual({});
    expect(read({ Quantity: null })).toEqual({ n1: null });
  });

  it('are zero when they are too near to it for every database to keep', () => {
    expect([5e-324, -2.2e-308, -0].map((Quantity) => read({ Quantity }))).toEqual([{ n1: 0 }, { n1: 0 }, { n1: 0 }]);
    expect(read({ Quantity: -2.3e-308 })).toEqual({ n1: -2.3e-308 });
  });

  it('may have columns named like properties of every object', () => {
    expect(read({ toString: 1 })).toEqual({ n3: 1 });
  });

  it.each([
    ['Quantity', '12'],
    ['Quantity', true],
    ['Quantity', JSON.parse('1e999')],
    ['Quantity', {}],
    ['Quantity', [1]],
    ['MaterialNo', 12],
    ['MaterialNo', 'a\0b'],
    ['MaterialNo', '\ud800'],
    ['MaterialNo', 'x'.repeat(TEXT_LENGTH_MAX + 1)],
    ['Locked', 1],
    ['Locked', 'true'],
  ])('refuse %s = %j', (name, value) => {
    expect(refusal({ [name]: value })).toMatchObject({ status: 422, details: { source: `/data/${name}` } });
  });

  it('point at the cell by an escaped pointer', () => {
    expect(refusal({ 'A/B~C': 'x' }).details.source).toBe('/data/A~1B~0C');
  });

  it.each(['ID', 'id', 'iD'])('cannot give %s', (name) => {
    expect(refusal({ [name]: 7 })).toMatchObject({ status: 422, details: { source: `/data/${name}` } });
  });

  it('name every column that the list does not have', () => {
    const error = refusal(
      JSON.parse('{"Quantity":1,"Foo":2,"__proto__":3,"constructor":4,"hasOwnProperty":5}') as object,
    );
    expect(error).toMatchObject({ status: 422, details: { source: '/data/Foo' } });
    expect(error.details.extra).toEqual({ unknown: ['Foo', '__proto__', 'constructor', 'hasOwnProperty'] });
  });

  it('name a column once', () => {
    expect(refusal({ Quantity: 1, quantity: 2 })).toMatchObject({ status: 422, details: { source: '/data/quantity' } });
  });
});

describe('a cell', () => {
  it('is a truth where the column says so, and null when empty', () => {
    expect([1, 0, null].map((content) => cellValue('Boolean', content))).toEqual([true, false, null]);
    expect([1, 0, null].map((content) => cellValue('Number', content))).toEqual([1, 0, null]);
  });
});
