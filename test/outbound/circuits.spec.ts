import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  CALLS_AT_A_TIME,
  CALLS_WAITING,
  CIRCUITS_MAX,
  Circuits,
  FAILURES_IN_A_ROW,
  LEFT_ALONE_MS,
  Turns,
} from '../../src/modules/outbound/circuits.js';
import { OutboundFailure, type OutboundFailureKind } from '../../src/modules/outbound/outbound.js';
import { kindOf } from './support.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const failing = (kind: OutboundFailureKind) => () => Promise.reject(new OutboundFailure(kind, 'x'));

async function break_(circuits: Circuits, circuit: string, kind: OutboundFailureKind = 'timeout'): Promise<void> {
  for (let count = 0; count < FAILURES_IN_A_ROW; count += 1) {
    expect(await kindOf(circuits.run('hub', circuit, failing(kind)))).toBe(kind);
  }
}

describe('a circuit', () => {
  it.each(['unresolved', 'unreachable', 'timeout', 'bad-answer'] as const)(
    'opens after failures in a row (%s): nothing is tried then',
    async (kind) => {
      const circuits = new Circuits();
      const call = vi.fn(failing(kind));
      await break_(circuits, 'a', kind);

      expect(await kindOf(circuits.run('hub', 'a', call))).toBe('circuit-open');
      expect(call).not.toHaveBeenCalled();
    },
  );

  it.each(['network-refused', 'too-long'] as const)('does not open by %s: nobody is down', async (kind) => {
    const circuits = new Circuits();
    await break_(circuits, 'a', kind);
    await break_(circuits, 'a', kind);

    expect(await circuits.run('hub', 'a', () => Promise.resolve(1))).toBe(1);
  });

  it('counts failures in a row only', async () => {
    const circuits = new Circuits();
    for (let round = 0; round < 3; round += 1) {
      for (let count = 1; count < FAILURES_IN_A_ROW; count += 1) {
        await kindOf(circuits.run('hub', 'a', failing('timeout')));
      }
      expect(await circuits.run('hub', 'a', () => Promise.resolve(1))).toBe(1);
    }
  });

  it('leaves the others alone', async () => {
    const circuits = new Circuits();
    await break_(circuits, 'a');

    expect(await circuits.run('hub', 'b', () => Promise.resolve(1))).toBe(1);
  });

  it('is forgotten for too many others of its hub only, never for those of another hub', async () => {
    const circuits = new Circuits();
    await break_(circuits, 'a');
    for (let count = 0; count <= CIRCUITS_MAX; count += 1) {
      await circuits.run('other', `address ${count}`, () => Promise.resolve());
    }
    expect(await kindOf(circuits.run('hub', 'a', failing('timeout')))).toBe('circuit-open');

    for (let count = 0; count <= CIRCUITS_MAX; count += 1) {
      await circuits.run('hub', `address ${count}`, () => Promise.resolve());
    }
    expect(await circuits.run('hub', 'a', () => Promise.resolve(1))).toBe(1);
  });

  it('lets one call through after a while: its success closes it', async () => {
    const circuits = new Circuits();
    await break_(circuits, 'a');
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + LEFT_ALONE_MS + 1);

    expect(await circuits.run('hub', 'a', () => Promise.resolve(1))).toBe(1);
    expect(await circuits.run('hub', 'a', () => Promise.resolve(2))).toBe(2);
  });

  it('lets one call through after a while: its failure keeps it open, for those who waited for it too', async () => {
    const circuits = new Circuits();
    await break_(circuits, 'a');
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + LEFT_ALONE_MS + 1);
    const probe = vi.fn(failing('unreachable'));
    const other = vi.fn(failing('unreachable'));

    const kinds = await Promise.all([kindOf(circuits.run('hub', 'a', probe)), kindOf(circuits.run('hub', 'a', other))]);

    expect(kinds).toEqual(['unreachable', 'circuit-open']);
    expect(other).not.toHaveBeenCalled();
  });
});

describe('the turns of a hub', () => {
  const never = new AbortController().signal;

  it('are so many at a time; the rest waits, and beyond that is told so at once', async () => {
    const turns = new Turns();
    const open: (() => void)[] = [];
    let most = 0;
    const call = () => new Promise<void>((resolve) => (most = Math.max(most, open.push(resolve))));
    const all = Array.from({ length: CALLS_AT_A_TIME + CALLS_WAITING }, () => turns.run('a', never, call));

    expect(await kindOf(turns.run('a', never, call))).toBe('circuit-open');
    expect(most).toBe(CALLS_AT_A_TIME);
    expect(await turns.run('b', never, () => Promise.resolve(1))).toBe(1);

    while (open.length > 0) {
      open.splice(0).forEach((finish) => finish());
      await new Promise(setImmediate);
    }
    await Promise.all(all);
    expect(most).toBe(CALLS_AT_A_TIME);
    expect(await turns.run('a', never, () => Promise.resolve(1))).toBe(1);
  });

  it('are not held by calls that were given up while they waited', async () => {
    const turns = new Turns();
    const givenUp = new AbortController();
    const open: (() => void)[] = [];
    const call = () => new Promise<void>((resolve) => open.push(resolve));
    const slow = Array.from({ length: CALLS_AT_A_TIME }, () => turns.run('a', never, call));
    const dead = vi.fn(call);
    const waiting = Array.from({ length: CALLS_WAITING }, () => kindOf(turns.run('a', givenUp.signal, dead)));
    givenUp.abort();
    open.splice(0).forEach((finish) => finish());
    await Promise.all(slow);
    await new Promise(setImmediate);

    const again = Array.from({ length: CALLS_AT_A_TIME }, () => turns.run('a', never, call));
    const last = turns.run('a', never, () => Promise.resolve(1));
    open.splice(0).forEach((finish) => finish());

    await Promise.all(again);
    expect(await Promise.race([last, new Promise((resolve) => setTimeout(resolve, 1000, 'stuck'))])).toBe(1);
    expect(await Promise.all(waiting)).toEqual(Array(CALLS_WAITING).fill('timeout'));
    expect(dead).not.toHaveBeenCalled();
  });
});
