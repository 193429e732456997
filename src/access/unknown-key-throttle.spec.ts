import { beforeEach, describe, expect, it } from 'vitest';
import { Clock } from '../common/clock.js';
import { TooManyRequestsError } from '../common/errors/index.js';
import { clientBucket } from '../common/http/client-address.js';
import { parseAddress } from '../common/ip/index.js';
import { UnknownKeyThrottle } from './unknown-key-throttle.js';

class HandClock extends Clock {
  time = 100_000;
  now = () => this.time;
  monotonic = () => this.time;
}

const bucketOf = (from: string) => clientBucket({ address: parseAddress(from), peer: null });

describe('UnknownKeyThrottle', () => {
  let clock: HandClock;
  let throttle: UnknownKeyThrottle;
  let looked = 0;

  beforeEach(() => {
    clock = new HandClock();
    throttle = new UnknownKeyThrottle(clock);
    looked = 0;
  });

  const look = (from: string, lookup: string, found: object | null = null) =>
    throttle.lookUp(lookup, bucketOf(from), () => {
      looked += 1;
      return Promise.resolve(found);
    });

  async function guess(from: string, times: number): Promise<void> {
    for (let index = 0; index < times; index += 1) {
      await look(from, `${from} ${index}`).catch(() => {});
    }
  }

  it('lets an address try 30 unknown keys a minute and says when to come back', async () => {
    await guess('192.0.2.1', 100);

    expect(looked).toBe(30);
    await expect(look('192.0.2.1', 'x')).rejects.toMatchObject({
      status: 429,
      details: { headers: { 'Retry-After': '60' } },
    });
  });

  it('begins anew with the next minute', async () => {
    await guess('192.0.2.1', 31);
    clock.time += 60_000;
    await guess('192.0.2.1', 31);

    expect(looked).toBe(60);
  });

  it('counts addresses apart, a v6 by its /64, and a mapped v4 as the v4', async () => {
    await guess('2001:db8::1', 30);
    await expect(look('2001:db8::ffff:2', 'x')).rejects.toBeInstanceOf(TooManyRequestsError);
    await expect(look('2001:db8:0:1::1', 'x')).resolves.toBeNull();

    await guess('::ffff:192.0.2.1', 30);
    await expect(look('192.0.2.1', 'x')).rejects.toBeInstanceOf(TooManyRequestsError);
    await expect(look('192.0.2.2', 'x')).resolves.toBeNull();
  });

  it('counts those whose address cannot be told as one', async () => {
    const nowhere = (lookup: string) => throttle.lookUp(lookup, 'unknown', () => Promise.resolve(null));
    for (let index = 0; index < 30; index += 1) {
      await nowhere(`${index}`);
    }

    await expect(nowhere('x')).rejects.toBeInstanceOf(TooManyRequestsError);
  });

  it('bounds what all addresses together may look up', async () => {
    for (let index = 0; index < 150; index += 1) {
      await guess(`198.51.${index}.1`, 30);
    }

    expect(looked).toBe(3000);
    await expect(look('203.0.113.1', 'x')).rejects.toBeInstanceOf(TooManyRequestsError);
  });

  it('never refuses a key that was found before, so that guessers lock nobody out', async () => {
    await look('192.0.2.1', 'a real key', {});
    await guess('192.0.2.1', 31);

    await expect(look('192.0.2.1', 'a real key', {})).resolves.toEqual({});
    await expect(look('192.0.2.1', 'another real key', {})).rejects.toBeInstanceOf(TooManyRequestsError);
  });

  it('does not count keys that exist', async () => {
    for (let index = 0; index < 100; index += 1) {
      await look('192.0.2.1', `key ${index}`, {});
    }

    await expect(look('192.0.2.1', 'x')).resolves.toBeNull();
  });

  it('lets one address have 100 first look-ups under way, so that a burst is bounded before its answers are known', async () => {
    const ends: (() => void)[] = [];
    const slow = (lookup: string) =>
      throttle.lookUp(lookup, bucketOf('192.0.2.1'), () => {
        looked += 1;
        return new Promise<null>((resolve) => ends.push(() => resolve(null)));
      });
    const burst = Array.from({ length: 500 }, (_, index) => slow(`${index}`));
    const settled = Promise.allSettled(burst);
    expect(looked).toBe(100);
    await expect(look('192.0.2.2', 'x')).resolves.toBeNull();

    ends.forEach((end) => end());
    const refused = (await settled).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(400);
    clock.time += 60_000;
    await expect(look('192.0.2.1', 'x')).resolves.toBeNull();
  });

  it('frees its place when the look-up fails, and counts nothing', async () => {
    const fail = (index: number) =>
      throttle.lookUp(`${index}`, bucketOf('192.0.2.1'), () => Promise.reject(new Error('no database')));
    for (let index = 0; index < 150; index += 1) {
      await expect(fail(index)).rejects.toThrow('no database');
    }

    await expect(look('192.0.2.1', 'x')).resolves.toBeNull();
  });
});
