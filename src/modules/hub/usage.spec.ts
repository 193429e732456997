import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../common/errors/index.js';
import { DAY_MS, dayOf, perDay, rangeOf, runningTotals, timeOf } from './usage.js';

const TODAY = 20_000;
const text = (day: number): string => timeOf(day).slice(0, 10);

describe('the days of a usage', () => {
  it('are the last thirty, as far as the hub has been there', () => {
    expect(rangeOf({}, 0, TODAY)).toEqual({ from: TODAY - 29, to: TODAY });
    expect(rangeOf({}, TODAY - 3, TODAY)).toEqual({ from: TODAY - 3, to: TODAY });
  });

  it('are those that are asked for, none of the future', () => {
    const filter = { from: [text(TODAY - 9)], to: [text(TODAY + 9)] };

    expect(rangeOf(filter, 0, TODAY)).toEqual({ from: TODAY - 9, to: TODAY });
    expect(rangeOf({ to: [text(100)] }, 0, TODAY)).toEqual({ from: 71, to: 100 });
  });

  it.each([
    [{ from: [text(TODAY)], to: [text(TODAY - 1)] }],
    [{ from: [text(TODAY + 1)] }],
    [{ from: [text(TODAY - 366)] }],
    [{ from: ['2026-02-30'] }],
    [{ to: ['2026-13-01'] }],
    [{ from: ['0000-01-01'] }],
  ])('are refused by name: %j', (filter) => {
    expect(() => rangeOf(filter, 0, TODAY)).toThrow(InvalidInputError);
  });

  it('may be asked for from before the hub was there', () => {
    expect(rangeOf({ from: [text(1)] }, TODAY - 2, TODAY)).toEqual({ from: TODAY - 2, to: TODAY });
    expect(rangeOf({ to: [text(1)] }, TODAY - 2, TODAY)).toEqual({ from: TODAY - 2, to: 1 });
  });

  it('begin at midnight, UTC', () => {
    expect(dayOf('2026-03-01')).toBe(Date.UTC(2026, 2, 1) / DAY_MS);
    expect(timeOf(dayOf('2026-03-01') ?? 0)).toBe('2026-03-01T00:00:00.000Z');
  });
});

describe('changes', () => {
  const changes = [
    { day: 0, delta: 5 },
    { day: 12, delta: -2 },
    { day: 14, delta: 4 },
  ];

  it('add up, from what was there before the first day on', () => {
    expect(runningTotals(changes, { from: 11, to: 15 })).toEqual([5, 3, 3, 7, 7]);
  });

  it('stand each for its day', () => {
    expect(perDay(changes, { from: 11, to: 15 })).toEqual([0, -2, 0, 4, 0]);
  });
});
