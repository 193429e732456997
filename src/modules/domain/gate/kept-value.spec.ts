import { describe, expect, it } from 'vitest';
import { Clock } from '../../../common/clock.js';
import { KeptValue } from './kept-value.js';

class StillClock extends Clock {
  time = 0;
  now(): number {
    return this.time;
  }
  monotonic(): number {
    return this.time;
  }
}

/** Look-ups that end when they are told to, each with its own number. */
function scene() {
  const clock = new StillClock();
  const open: { resolve: (value: number) => void; reject: (error: Error) => void }[] = [];
  const kept = new KeptValue(clock, () => new Promise<number>((resolve, reject) => open.push({ resolve, reject })));
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { clock, kept, open, settled };
}

describe('KeptValue', () => {
  it('keeps what was read for a minute', async () => {
    const { clock, kept, open } = scene();
    const asked = kept.fresh();
    open[0]?.resolve(1);

    expect(await asked).toBe(1);
    clock.time = 59_999;
    expect(kept.current).toBe(1);
    clock.time = 60_000;
    expect(kept.current).toBeUndefined();
  });

  it('does not keep what began to be read before it was dropped', async () => {
    const { kept, open } = scene();
    const asked = kept.fresh();
    kept.drop();
    open[0]?.resolve(1);

    expect(await asked).toBe(1);
    expect(kept.current).toBeUndefined();
  });

  it('gives nobody what began to be read before they asked, and has two look-ups at most', async () => {
    const { kept, open, settled } = scene();
    const first = kept.fresh();
    const others = Array.from({ length: 50 }, () => kept.fresh());
    await settled();
    expect(open).toHaveLength(1);
    open[0]?.resolve(1);
    await settled();
    expect(open).toHaveLength(2);
    open[1]?.resolve(2);

    expect(await first).toBe(1);
    expect(new Set(await Promise.all(others))).toEqual(new Set([2]));
    await settled();
    expect(open).toHaveLength(2);
  });

  it('reads again after a failure, which only those hear who waited for it', async () => {
    const { kept, open, settled } = scene();
    const first = kept.fresh();
    const second = kept.fresh();
    open[0]?.reject(new Error('no database'));
    await expect(first).rejects.toThrow('no database');
    await settled();
    open[1]?.resolve(2);

    expect(await second).toBe(2);
    expect(kept.current).toBe(2);
  });
});
