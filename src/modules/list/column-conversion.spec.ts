import { describe, expect, it } from 'vitest';
import { type ColumnType, type SlotValue } from './cell-values.js';
import { convert } from './column-conversion.js';

const to = (type: ColumnType, from: ColumnType) => (value: SlotValue) => convert(value, from, type);

describe('a value converted', () => {
  it('from Number to String is written as JSON writes it', () => {
    expect([12, -0.1, 1e21, 0].map(to('String', 'Number'))).toEqual(['12', '-0.1', '1e+21', '0']);
  });

  it('from String to Number is read with a point, without blanks around, and only where no digit is lost', () => {
    expect([' 12 ', '-0.5', '1e3', '.5', '007', ''].map(to('Number', 'String'))).toEqual([
      12,
      -0.5,
      1000,
      0.5,
      7,
      null,
    ]);
    const not = ['1,5', 'n/a', '1e999', 'NaN', 'Infinity', '0x10', '9007199254740993', '1 2', '1'.repeat(200), '１'];
    expect(not.map(to('Number', 'String'))).toEqual(not.map(() => undefined));
  });

  it('from String to Boolean is true, false, 1 or 0 in any case', () => {
    expect(['TRUE', 'false', '1', '0', ' '].map(to('Boolean', 'String'))).toEqual([1, 0, 1, 0, null]);
    expect(['yes', '2', 'tru'].map(to('Boolean', 'String'))).toEqual([undefined, undefined, undefined]);
  });

  it('between Number and Boolean is 1 or 0', () => {
    expect([1, 0, 2, -1, 0.5].map(to('Boolean', 'Number'))).toEqual([1, 0, undefined, undefined, undefined]);
    expect([1, 0].map(to('Number', 'Boolean'))).toEqual([1, 0]);
    expect([1, 0].map(to('String', 'Boolean'))).toEqual(['true', 'false']);
  });

  it('stays empty where it was empty', () => {
    const types: ColumnType[] = ['Number', 'String', 'Boolean'];
    expect(types.flatMap((from) => types.map((type) => convert(null, from, type)))).toEqual(Array(9).fill(null));
  });
});
