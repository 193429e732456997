import { describe, expect, it } from 'vitest';
import { type IndexCondition, indexLookup } from './index-lookup.js';
import { LIST_NO } from './row.repository.js';

const LIST = { hubId: 'hub', id: 'list' };
const READY = { index: { state: 'ready' as const } };
const TEXT = { type: 'String' as const, slot: 's7', ...READY };
const NUMBER = { type: 'Number' as const, slot: 'n3', ...READY };
const TRUTH = { type: 'Boolean' as const, slot: 'n64', ...READY };

const FRAME = `SELECT row_id FROM list_index_text WHERE list_no = ${LIST_NO} AND slot = 7 AND `;
const text = (condition: IndexCondition) => {
  const found = indexLookup(LIST, TEXT, condition);
  expect(found?.sql.startsWith(FRAME)).toBe(true);
  expect(found?.parameters.slice(0, 2)).toEqual(['hub', 'list']);
  return {
    sql: found?.sql.slice(FRAME.length),
    values: found?.parameters.slice(2).map((value) => (value as Buffer).toString('latin1')),
    exact: found?.exact,
  };
};
const x = (length: number) => 'x'.repeat(length);

describe('indexLookup', () => {
  it.each([
    ['=', 'a', 'value = ?', ['a'], true],
    ['=', x(254), 'value = ?', [x(254)], true],
    ['=', x(255), 'value = ?', [x(255)], false],
    ['=', x(300), 'value = ?', [x(255)], false],
    ['<', x(255), 'value < ?', [x(255)], true],
    ['<', x(256), 'value <= ?', [x(255)], false],
    ['<=', x(254), 'value <= ?', [x(254)], true],
    ['<=', x(255), 'value <= ?', [x(255)], false],
    ['<=', x(256), 'value <= ?', [x(255)], false],
    ['>', x(254), 'value > ?', [x(254)], true],
    ['>', x(255), 'value >= ?', [x(255)], false],
    ['>', x(256), 'value >= ?', [x(255)], false],
    ['>=', x(255), 'value >= ?', [x(255)], true],
    ['>=', x(256), 'value >= ?', [x(255)], false],
  ] as const)('narrows text %s %s', (operator, value, sql, values, exact) => {
    expect(text({ operator, value })).toEqual({ sql: `has_value = 1 AND ${sql}`, values, exact });
  });

  it('counts bytes, not characters', () => {
    expect(text({ operator: '=', value: 'ä'.repeat(127) })).toMatchObject({ exact: true });
    expect(text({ operator: '=', value: 'ä'.repeat(128) })).toMatchObject({ exact: false });
  });

  it('turns a beginning into a range', () => {
    const range = 'has_value = 1 AND value >= ? AND value < ?';
    expect(text({ operator: 'starts-with', value: 'ab' })).toEqual({ sql: range, values: ['ab', 'ac'], exact: true });
    expect(text({ operator: 'starts-with', value: '\u{10ffff}' })).toEqual({
      sql: range,
      values: ['\xf4\x8f\xbf\xbf', '\xf4\x8f\xbf\xc0'],
      exact: true,
    });
    expect(text({ operator: 'starts-with', value: x(256) })).toEqual({
      sql: range,
      values: [x(255), `${x(254)}y`],
      exact: false,
    });
    expect(text({ operator: 'starts-with', value: '' })).toEqual({ sql: 'has_value = 1', values: [], exact: true });
  });

  it('knows empty cells, and none of several values', () => {
    expect(text({ operator: 'is null' })).toEqual({ sql: 'has_value = 0', values: [], exact: true });
    expect(text({ operator: 'is not null' })).toEqual({ sql: 'has_value = 1', values: [], exact: true });
    expect(text({ operator: 'in', values: [] })).toEqual({ sql: '1 = 0', values: [], exact: true });
    expect(text({ operator: 'in', values: ['a', x(255)] })).toEqual({
      sql: 'has_value = 1 AND value IN (?, ?)',
      values: ['a', x(255)],
      exact: false,
    });
  });

  it('compares numbers and truths as they are', () => {
    expect(indexLookup(LIST, NUMBER, { operator: 'between', from: -1.5, to: 2 })).toEqual({
      sql: `SELECT row_id FROM list_index_number WHERE list_no = ${LIST_NO} AND slot = 3 AND has_value = 1 AND value >= ? AND value <= ?`,
      parameters: ['hub', 'list', -1.5, 2],
      exact: true,
    });
    expect(indexLookup(LIST, TRUTH, { operator: '=', value: true })?.parameters).toEqual(['hub', 'list', 1]);
  });

  it.each([undefined, 'clearing', 'building', 'dropping'] as const)('uses no index that is %s', (state) => {
    const column = { type: 'Number' as const, slot: 'n1', ...(state && { index: { state } }) };
    expect(indexLookup(LIST, column, { operator: '=', value: 1 })).toBeNull();
  });

  it.each([
    [NUMBER, { operator: '=', value: '1' }],
    [NUMBER, { operator: '=', value: Number.NaN }],
    [NUMBER, { operator: 'starts-with', value: '1' }],
    [TRUTH, { operator: '<', value: 1 }],
    [TEXT, { operator: 'in', values: ['a', 1] }],
  ] as [typeof NUMBER, IndexCondition][])('refuses values of another type (%j %j)', (column, condition) => {
    expect(() => indexLookup(LIST, column, condition)).toThrow(TypeError);
  });
});
