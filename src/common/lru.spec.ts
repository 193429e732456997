import { LRUCache } from 'lru-cache';
import { describe, expect, it } from 'vitest';
import { entriesAtMost } from './lru.js';

describe('a cache with so many entries at most', () => {
  it('holds so many, and forgets the one that was used least recently first', () => {
    const cache = new LRUCache<string, string>(entriesAtMost(3));
    ['a', 'b', 'c'].forEach((key) => cache.set(key, key));
    cache.get('a');
    cache.set('d', 'd');
    expect([...cache.keys()].toSorted()).toEqual(['a', 'c', 'd']);
  });

  it('stays as small whatever is set again, deleted or ended', () => {
    let now = 1;
    const cache = new LRUCache<string, number>({
      ...entriesAtMost(100),
      ttl: 50,
      ttlResolution: 0,
      perf: { now: () => now },
    });
    for (let index = 0; index < 5_000; index += 1) {
      cache.set(`key ${index % 170}`, index);
      cache.delete(`key ${(index * 7) % 170}`);
      cache.get(`key ${(index * 3) % 170}`);
      now += 1;
      expect(cache.size).toBeLessThanOrEqual(100);
    }
    // The bound counts what is kept, and nothing that has gone.
    cache.clear();
    for (let index = 0; index < 100; index += 1) {
      cache.set(`kept ${index}`, index);
    }
    expect(cache.size).toBe(100);
  });

  it('sets nothing aside for what is not there', () => {
    expect(new LRUCache<string, string>(entriesAtMost(100_000)).max).toBe(0);
  });
});
