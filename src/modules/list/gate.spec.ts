import { describe, expect, it } from 'vitest';
import { Gate } from './gate.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Work that stays inside until it is let go. */
function visits(gate: Gate) {
  const inside: string[] = [];
  const doors = new Map<string, { leave: () => void; fail: (error: Error) => void }>();
  const enter = (name: string) =>
    gate.run(() => {
      inside.push(name);
      return new Promise<string>((resolve, reject) => doors.set(name, { leave: () => resolve(name), fail: reject }));
    });
  return { inside, enter, door: (name: string) => doors.get(name) };
}

describe('a gate', () => {
  it('lets so many in at once, and the next when one leaves, in order', async () => {
    const { inside, enter, door } = visits(new Gate(2));
    const all = ['a', 'b', 'c', 'd'].map((name) => enter(name));
    await turn();
    expect(inside).toEqual(['a', 'b']);
    door('b')?.leave();
    await expect(all[1]).resolves.toBe('b');
    await turn();
    expect(inside).toEqual(['a', 'b', 'c']);
    ['a', 'c'].forEach((name) => door(name)?.leave());
    await turn();
    expect(inside).toEqual(['a', 'b', 'c', 'd']);
    door('d')?.leave();
    await Promise.all(all);
  });

  it('keeps no place for work that failed', async () => {
    const { inside, enter, door } = visits(new Gate(1));
    const failing = enter('a');
    const next = enter('b');
    door('a')?.fail(new Error('no'));
    await expect(failing).rejects.toThrow('no');
    await turn();
    expect(inside).toEqual(['a', 'b']);
    door('b')?.leave();
    await next;
    const last = enter('c');
    door('c')?.leave();
    await expect(last).resolves.toBe('c');
  });
});
