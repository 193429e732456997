import { describe, expect, it } from 'vitest';
import { Clock } from '../common/clock.js';
import { type Database } from '../database/index.js';
import { ChangeFeed, LEASE_MS } from './change-feed.js';
import { PrincipalCache } from './principal-cache.js';

class HandClock extends Clock {
  wall = 1_000_000;
  steady = 1_000;
  now = () => this.wall;
  monotonic = () => this.steady;
}

/** A feed that has just polled an empty history. */
async function polledFeed(clock: HandClock): Promise<ChangeFeed> {
  const counter = { epoch: 'a', last: 0, seq: null, nonce: null, kind: null, subject_id: null };
  const database = { feedQuery: () => Promise.resolve([counter]) } as unknown as Database;
  const feed = new ChangeFeed(database, new PrincipalCache(clock), clock);
  await feed.poll();
  return feed;
}

describe('the lease of the change feed', () => {
  it('does not hold before the first poll', () => {
    const clock = new HandClock();

    expect(new ChangeFeed({} as Database, new PrincipalCache(clock), clock).leaseHolds()).toBe(false);
  });

  it.each([
    ['both clocks have gone on', { wall: LEASE_MS, steady: LEASE_MS }],
    ['the machine slept and only the wall clock went on', { wall: LEASE_MS, steady: 0 }],
    ['the wall clock was set back meanwhile', { wall: -3_600_000, steady: LEASE_MS }],
  ])('has lapsed 900 ms after the start of a poll when %s', async (_, { wall, steady }) => {
    const clock = new HandClock();
    const feed = await polledFeed(clock);
    expect(feed.leaseHolds()).toBe(true);
    clock.wall += wall;
    clock.steady += steady;

    expect(feed.leaseHolds()).toBe(false);
  });
});
