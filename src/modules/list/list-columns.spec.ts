import { describe, expect, it } from 'vitest';
import { type AppError } from '../../common/errors/index.js';
import { type ColumnType, layColumns } from './list-columns.js';
import { nextChunk } from './list-sweeper.js';

const many = (count: number, type: ColumnType) =>
  Array.from({ length: count }, (_, index) => ({ name: `${type}${index}`, type }));

function refusal(columns: Parameters<typeof layColumns>[0]): AppError {
  try {
    layColumns(columns);
  } catch (error) {
    return error as AppError;
  }
  throw new Error('They were accepted.');
}

describe('the columns of a list', () => {
  it('get slots of their kind in order; Number and Boolean share one', () => {
    const types: ColumnType[] = ['Number', 'String', 'Boolean', 'String'];
    const columns = layColumns(types.map((type, index) => ({ name: `c${index}`, type })));
    expect(columns.map(({ slot }) => slot)).toEqual(['n1', 's1', 'n2', 's2']);
  });

  it('may be 64 of each kind', () => {
    const slots = layColumns([...many(32, 'Number'), ...many(32, 'Boolean'), ...many(64, 'String')]).map((c) => c.slot);
    expect(new Set(slots).size).toBe(128);
  });

  it.each([
    [[...many(64, 'Number'), ...many(1, 'Boolean')], '/columns/64'],
    [many(65, 'String'), '/columns/64'],
    [many(1, 'String').concat(many(1, 'String')), '/columns/1/name'],
    [
      [
        { name: 'Größe', type: 'Number' as const },
        { name: 'GRÖSSE', type: 'String' as const },
      ],
      '/columns/1/name',
    ],
    [[{ name: 'id', type: 'Number' as const }], '/columns/0/name'],
    [[{ name: 'Constructor', type: 'Number' as const }], '/columns/0/name'],
  ])('are refused with a pointer (%#)', (columns, source) => {
    expect(refusal(columns)).toMatchObject({ status: 422, details: { source } });
  });
});

describe('the next chunk of a sweep', () => {
  it('shrinks when the last one was slow and grows when it was fast, within bounds', () => {
    expect(nextChunk(100, 40)).toBe(50);
    expect(nextChunk(100, 0.1)).toBe(400);
    expect(nextChunk(2000, 1)).toBe(2000);
    expect(nextChunk(1, 500)).toBe(1);
  });
});
