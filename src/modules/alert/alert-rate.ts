import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../common/clock.js';
import { entriesAtMost } from '../../common/lru.js';
import { TooManyAlertsError } from './alert.errors.js';

const WINDOW_MILLISECONDS = 60_000;
export const ALERTS_PER_KEY_MAX = 120;
export const ALERTS_PER_HUB_MAX = 600;
const REMEMBERED_MAX = 20_000;

interface Sent {
  count: number;
  readonly since: number;
}

/** How many alerts a key, and all keys of a hub, may send through this node in a minute. What was refused does not count. */
@Injectable()
export class AlertRate {
  private readonly keys = new LRUCache<string, Sent>(entriesAtMost(REMEMBERED_MAX));
  private readonly hubs = new LRUCache<string, Sent>(entriesAtMost(REMEMBERED_MAX));

  constructor(private readonly clock: Clock) {}

  /** @throws TooManyAlertsError that says when to come again */
  take(hubId: string, keyId: string): void {
    const [key, hub] = [this.current(this.keys, keyId), this.current(this.hubs, hubId)];
    if (key.count >= ALERTS_PER_KEY_MAX) {
      throw new TooManyAlertsError('key', ALERTS_PER_KEY_MAX, this.secondsLeft(key));
    }
    if (hub.count >= ALERTS_PER_HUB_MAX) {
      throw new TooManyAlertsError('hub', ALERTS_PER_HUB_MAX, this.secondsLeft(hub));
    }
    key.count += 1;
    hub.count += 1;
  }

  private current(all: LRUCache<string, Sent>, id: string): Sent {
    const now = this.clock.monotonic();
    const found = all.get(id);
    if (found && now - found.since < WINDOW_MILLISECONDS) {
      return found;
    }
    const begun = { count: 0, since: now };
    all.set(id, begun);
    return begun;
  }

  private secondsLeft({ since }: Sent): number {
    return Math.max(1, Math.ceil((since + WINDOW_MILLISECONDS - this.clock.monotonic()) / 1000));
  }
}
