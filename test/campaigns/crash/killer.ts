import { setTimeout as sleep } from 'node:timers/promises';
import { type Random } from '../support/random.js';
import { type Traffic } from './caller.js';

/** When a process is killed. */
export const AIMS = {
  anytime: 'at any moment under load',
  sent: 'right after a request was sent',
  acknowledged: 'right after an acknowledgement came',
  twice: 'and again as soon as it is ready',
  starting: 'and again while it starts',
  first: 'while it starts on an empty database',
} as const;

export type Aim = keyof typeof AIMS;

/** So many writes are acknowledged before the moment is chosen: counted, so that a slow machine is under load, too. */
const WRITES_MAX = 80;
const QUIET_MS = 100;
const AFTER_SENT_MS = 12;

/** Waits for the moment under load that this aim asks for, and calls `kill` in it. */
export async function strike(aim: Aim, traffic: Traffic, random: Random, kill: () => void): Promise<void> {
  for (let left = random.below(WRITES_MAX); left > 0; left -= 1) {
    await next(traffic, 'acknowledged');
  }
  if (aim === 'sent' || aim === 'acknowledged') {
    const delay = aim === 'sent' && random.chance(0.7) ? random.between(0, AFTER_SENT_MS) : 0;
    await next(traffic, aim);
    if (delay > 0) {
      await sleep(delay);
    }
  } else {
    await sleep(random.between(0, QUIET_MS));
  }
  kill();
}

function next(traffic: Traffic, event: 'sent' | 'acknowledged'): Promise<void> {
  return new Promise((resolve) => traffic.once(event, resolve));
}

/** How the kills of a campaign are spread; a double one counts twice. */
export function planKills(count: number, random: Random): Aim[] {
  const plan: Aim[] = [];
  let left = count;
  while (left > 0) {
    const turn = plan.length % 10;
    const aim: Aim =
      turn === 9
        ? 'first'
        : turn === 4
          ? 'twice'
          : turn === 7
            ? 'starting'
            : random.pick(['anytime', 'sent', 'acknowledged']);
    const weight = aim === 'twice' || aim === 'starting' ? 2 : 1;
    const fits = weight <= left;
    plan.push(fits ? aim : 'anytime');
    left -= fits ? weight : 1;
  }
  return plan;
}
