import { beforeEach, describe, expect, it } from 'vitest';
import { Clock } from '../../common/clock.js';
import { SignInDelays } from './sign-in-delays.js';
import {
  ATTEMPTS_PER_ADDRESS,
  FAILURES_OF_KNOWN,
  FAILURES_PER_ADDRESS,
  SECOND_FACTOR_FAILURES,
  SignInThrottle,
  STRANGERS_IN_ALL,
} from './sign-in-throttle.js';

class HandClock extends Clock {
  time = 0;
  now(): number {
    return this.time;
  }
  monotonic(): number {
    return this.time;
  }
}

const tooMany = expect.objectContaining({ status: 429 });
const times = (count: number, act: (index: number) => unknown): void => {
  Array.from({ length: count }, (_, index) => act(index));
};

describe('SignInThrottle', () => {
  let clock: HandClock;
  let throttle: SignInThrottle;
  const stranger = (bucket: string, account = 'ada') => throttle.admit(bucket, account, false);
  const known = (bucket: string, account = 'ada') => throttle.admit(bucket, account, true);

  beforeEach(() => {
    clock = new HandClock();
    throttle = new SignInThrottle(clock);
  });

  it('refuses an address after its failures of a minute, says when to come back, and lets it in again then', () => {
    times(FAILURES_PER_ADDRESS, (index) => stranger('a', `account ${index}`));
    clock.time = 20_000;

    expect(() => stranger('a', 'yet another')).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ headers: { 'Retry-After': '40' } }) }),
    );
    stranger('b');
    clock.time = 60_000;
    stranger('a');
  });

  it('counts attempts from their beginning: many at once gain nothing', () => {
    const open = Array.from({ length: FAILURES_PER_ADDRESS }, () => stranger('a'));
    expect(() => stranger('a')).toThrow(tooMany);
    open[0]?.giveBack();
    open[0]?.giveBack();
    stranger('a');
    expect(() => stranger('a')).toThrow(tooMany);
  });

  it('never refuses an account: strangers from anywhere only make strangers wait, longer each time, up to 4 s', () => {
    const delays = Array.from({ length: 10 }, (_, index) => stranger(`address ${index}`).delayMs);
    expect(delays).toEqual([0, 0, 0, 250, 500, 1000, 2000, 4000, 4000, 4000]);
    expect(stranger('another', 'bob').delayMs).toBe(0);
  });

  it('lets who was here before neither wait nor be refused for what strangers did, at the same address too', () => {
    times(200, (index) => stranger(`address ${index}`));
    times(FAILURES_PER_ADDRESS, () => stranger('home', 'somebody else'));

    expect(known('home')).toMatchObject({ lane: 'known', delayMs: 0 });
    times(FAILURES_OF_KNOWN - 1, () => known('home'));
    expect(() => known('home')).toThrow(tooMany);
    known('home', 'bob');
  });

  it('bounds what all strangers together may cost, and spends nothing of an address that is refused for it', () => {
    times(STRANGERS_IN_ALL, (index) => stranger(`address ${index}`, `account ${index}`));
    expect(() => stranger('new')).toThrow(tooMany);
    known('home');
    clock.time = 60_000;
    times(FAILURES_PER_ADDRESS, () => stranger('new'));
  });

  it('bounds what an address may ask for, whatever becomes of it', () => {
    times(ATTEMPTS_PER_ADDRESS, () => throttle.begin('a'));
    expect(() => throttle.begin('a')).toThrow(tooMany);
    throttle.begin('b');
  });

  it('gives an account few tries at its second factor from anywhere, and its own addresses theirs', () => {
    times(SECOND_FACTOR_FAILURES, (index) => throttle.secondFactor(`address ${index}`, 'id', false));
    expect(() => throttle.secondFactor('new', 'id', false)).toThrow(tooMany);
    throttle.secondFactor('home', 'id', true);
    clock.time = 15 * 60_000;
    throttle.secondFactor('new', 'id', false);
  });

  it('takes text of any length and content for the name of an account', () => {
    times(3, () => stranger('a', 'x'.repeat(1_000_000)));
    expect(stranger('b', 'x'.repeat(1_000_000)).delayMs).toBe(250);
  });
});

describe('SignInDelays', () => {
  it('holds a bounded number of waiting attempts, and few of one address', async () => {
    const delays = new SignInDelays();
    const ends: (() => void)[] = [];
    delays.pass = () => new Promise((resolve) => ends.push(resolve));
    const waiting = Array.from({ length: 5 }, () => delays.wait('a', 1));
    await expect(delays.wait('a', 1)).rejects.toThrow(tooMany);
    await expect(delays.wait('a', 0)).resolves.toBeUndefined();
    for (let index = 0; index < 995; index += 1) {
      waiting.push(delays.wait(`address ${index}`, 1));
    }
    await expect(delays.wait('new', 1)).rejects.toThrow(tooMany);

    ends.forEach((end) => end());
    await Promise.all(waiting);
    delays.pass = () => Promise.resolve();
    await expect(delays.wait('a', 1)).resolves.toBeUndefined();
  });
});
