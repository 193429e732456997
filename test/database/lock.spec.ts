import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, withLock, withLockIfFree } from '../../src/database/index.js';
import { openSample, type OpenDatabase } from './support/open.js';

let open: OpenDatabase;
let one: Database;
let other: Database;

beforeAll(async () => {
  open = await openSample();
  one = open.database;
  other = await open.another();
});
afterAll(() => open.close());

const nothing = async (): Promise<void> => {};

describe('a lock that all processes share', () => {
  it('is not waited for by who only wants it free, and is free again as soon as the holder is done', async () => {
    let ran = 0;
    const attempt = (database: Database) => withLockIfFree(database, 'sample', async () => void (ran += 1));
    const during = await withLock(one, 'sample', async () => [await attempt(other), await attempt(one)]);
    expect([during, ran]).toEqual([[false, false], 0]);

    for (const database of [other, one, other, one]) {
      expect(await attempt(database)).toBe(true);
    }
    expect(ran).toBe(4);
  });

  it('has nothing to do with another of another name', async () => {
    expect(await withLock(one, 'sample', () => withLockIfFree(other, 'another', nothing))).toBe(true);
  });

  it('is given back when the work fails', async () => {
    const failing = withLockIfFree(one, 'sample', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');

    expect(await withLockIfFree(other, 'sample', nothing)).toBe(true);
  });

  it('lets who waits in turn', async () => {
    const order: string[] = [];
    let waiting: Promise<void> = Promise.resolve();
    await withLock(one, 'sample', async () => {
      waiting = withLock(other, 'sample', async () => void order.push('second'));
      await new Promise((resolve) => setTimeout(resolve, 100));
      order.push('first');
    });
    await waiting;

    expect(order).toEqual(['first', 'second']);
  });
});
