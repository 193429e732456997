import { beforeEach, describe, expect, it } from 'vitest';
import { Clock } from '../common/clock.js';
import { dependenciesOfKey } from './dependency.js';
import { platformPrincipal } from './platform.js';
import { type PrincipalRecord } from './principal.js';
import { RecordCache } from './record-cache.js';

class HandClock extends Clock {
  time = 1;
  now = () => this.time;
  monotonic = () => this.time;
}

const HUB = 'a'.repeat(24);

function record(parts: Partial<PrincipalRecord> = {}): PrincipalRecord {
  return { ...platformPrincipal(HUB).record, subjectId: 'key-1', ...parts };
}

/** A look-up that ends when the test says so. */
function pending(): { load: () => Promise<PrincipalRecord | null>; end: (found: PrincipalRecord | null) => void } {
  let end: (found: PrincipalRecord | null) => void = () => {};
  const answer = new Promise<PrincipalRecord | null>((resolve) => {
    end = resolve;
  });
  return { load: () => answer, end };
}

describe('RecordCache', () => {
  let clock: HandClock;
  let cache: RecordCache<PrincipalRecord>;
  const key = { kind: 'key', id: 'key-1' } as const;

  beforeEach(() => {
    clock = new HandClock();
    cache = new RecordCache(clock, dependenciesOfKey);
  });

  const keep = (lookup: string, found: PrincipalRecord | null) => cache.fill(lookup, () => Promise.resolve(found));

  describe('a fill', () => {
    it('is one look-up for all who miss together', async () => {
      let loads = 0;
      const { load, end } = pending();
      const counted = () => {
        loads += 1;
        return load();
      };
      const fills = Array.from({ length: 200 }, () => cache.fill('x', counted));
      end(record());

      expect(new Set(await Promise.all(fills)).size).toBe(1);
      expect(loads).toBe(1);
    });

    it('is not one for two look-up keys', async () => {
      await keep('x', record({ subjectId: 'key-x' }));
      await keep('y', record({ subjectId: 'key-y' }));

      expect([cache.find('x')?.subjectId, cache.find('y')?.subjectId]).toEqual(['key-x', 'key-y']);
    });

    it('that failed is not kept, and the next one looks again', async () => {
      await expect(cache.fill('x', () => Promise.reject(new Error('no database')))).rejects.toThrow('no database');
      expect([cache.find('x'), cache.isKnownUnknown('x')]).toEqual([undefined, false]);

      const found = record();
      expect(await keep('x', found)).toBe(found);
    });

    it.each([
      ['an invalidation of the same key', () => cache.invalidate([key])],
      ['an invalidation of something else: what it read may be as old', () => cache.invalidate([{ ...key, id: 'k' }])],
      ['a clearing', () => cache.clear()],
    ])('that began before %s is not kept', async (_, drop) => {
      const { load, end } = pending();
      const fill = cache.fill('x', load);
      drop();
      end(record());
      await fill;

      expect(cache.find('x')).toBeUndefined();
      expect(cache.size).toBe(0);
    });

    it('that began before an invalidation is not shared with who comes after it', async () => {
      const [old, fresh] = [record({ subjectLive: true }), record({ subjectLive: false })];
      const before = pending();
      const first = cache.fill('x', before.load);
      cache.invalidate([key]);
      const second = cache.fill('x', () => Promise.resolve(fresh));
      before.end(old);

      expect(await second).toBe(fresh);
      await first;
      expect(cache.find('x')).toBe(fresh);
    });

    it('that ends late does not take the place of the fill that came after the invalidation', async () => {
      const [before, after] = [pending(), pending()];
      const first = cache.fill('x', before.load);
      cache.invalidate([key]);
      const second = cache.fill('x', after.load);
      before.end(record({ subjectLive: true }));
      await first;
      const joined = cache.fill('x', () => Promise.reject(new Error('a third look-up')));
      after.end(record({ subjectLive: false }));

      expect((await joined)?.subjectLive).toBe(false);
      await second;
      expect(cache.find('x')?.subjectLive).toBe(false);
    });

    it('that found nothing before an invalidation is not remembered as unknown', async () => {
      const { load, end } = pending();
      const fill = cache.fill('x', load);
      cache.invalidate([key]);
      end(null);
      await fill;

      expect(cache.isKnownUnknown('x')).toBe(false);
    });
  });

  describe('an invalidation', () => {
    const group = { id: 'group-1', name: 'g', permissions: { lists: [] } };
    const role = (id: string) => ({ ...platformPrincipal(HUB).record.role, id });

    it.each([
      ['hub', HUB],
      ['key', 'key-1'],
      ['role', 'role-1'],
      ['group', 'group-1'],
    ] as const)('of its %s drops a record', async (kind, id) => {
      await keep('x', record({ role: role('role-1'), group }));
      cache.invalidate([{ kind, id }]);

      expect(cache.find('x')).toBeUndefined();
    });

    it('leaves the records that do not depend on it', async () => {
      const other = record({ hubId: 'b'.repeat(24), subjectId: 'key-2', role: role('role-2') });
      await keep('x', record({ role: role('role-1'), group }));
      await keep('y', other);
      cache.invalidate([{ kind: 'hub', id: HUB }]);
      cache.invalidate([{ kind: 'role', id: 'group-1' }]);

      expect(cache.find('y')).toBe(other);
    });

    it('drops both secrets of a key', async () => {
      await keep('x', record({ credentialId: 's1' }));
      await keep('y', record({ credentialId: 's2' }));
      cache.invalidate([key]);

      expect([cache.find('x'), cache.find('y')]).toEqual([undefined, undefined]);
    });

    it('follows a record to the role that it has now', async () => {
      await keep('x', record({ role: role('role-1') }));
      cache.invalidate([key]);
      await keep('x', record({ role: role('role-2') }));
      cache.invalidate([{ kind: 'role', id: 'role-1' }]);
      expect(cache.find('x')?.role.id).toBe('role-2');

      cache.invalidate([{ kind: 'role', id: 'role-2' }]);
      expect(cache.find('x')).toBeUndefined();
    });

    it('still drops a record that took the place of one with the same look-up key', async () => {
      await keep('x', record({ role: role('role-1') }));
      await keep('x', record({ role: role('role-1') }));
      cache.invalidate([{ kind: 'role', id: 'role-1' }]);

      expect(cache.find('x')).toBeUndefined();
    });
  });

  describe('time', () => {
    it.each([
      [60_000, true],
      [60_001, false],
    ])('%i ms after its fill, that a record is there is %s', async (passed, there) => {
      await keep('x', record());
      clock.time += passed;
      expect(cache.find('x') !== undefined).toBe(there);
    });

    it.each([
      [10_000, true],
      [10_001, false],
    ])('%i ms after its fill, that an unknown key is remembered is %s', async (passed, remembered) => {
      await keep('x', null);
      clock.time += passed;
      expect(cache.isKnownUnknown('x')).toBe(remembered);
    });
  });

  it('holds a bounded number of unknown keys and of records', async () => {
    const base = record();
    for (let index = 0; index < 100_100; index += 1) {
      await keep(`r${index}`, { ...base, subjectId: `key-${index}` });
    }
    for (let index = 0; index < 50_100; index += 1) {
      await keep(`u${index}`, null);
    }

    expect(cache.size).toBe(100_000);
    expect([cache.find('r0'), cache.isKnownUnknown('u0')]).toEqual([undefined, false]);
    expect(cache.isKnownUnknown('u50099')).toBe(true);
  });
});
