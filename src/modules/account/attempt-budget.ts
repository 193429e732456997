import { LRUCache } from 'lru-cache';
import { type Clock } from '../../common/clock.js';
import { entriesAtMost } from '../../common/lru.js';
import { TooManyAttemptsError } from './account.errors.js';

export interface BudgetLimits {
  /** Attempts per window and key. */
  readonly attempts: number;
  readonly windowMs: number;
  /** Keys that are remembered; beyond it the one that was used least recently is forgotten. */
  readonly keysMax: number;
}

interface Spent {
  count: number;
  readonly since: number;
}

/** Gives an attempt back, once: it did not fail. */
export type GiveBack = () => void;

/** So many attempts for each key and window. An attempt counts from its beginning, so that many at once gain nothing. */
export class AttemptBudget {
  private readonly spent: LRUCache<string, Spent>;

  constructor(
    private readonly clock: Clock,
    private readonly limits: BudgetLimits,
  ) {
    this.spent = new LRUCache(entriesAtMost(limits.keysMax));
  }

  /** @throws TooManyAttemptsError when nothing is left */
  take(key: string): GiveBack {
    const entry = this.current(key);
    if (entry.count >= this.limits.attempts) {
      const left = entry.since + this.limits.windowMs - this.clock.monotonic();
      throw new TooManyAttemptsError(Math.max(1, Math.ceil(left / 1000)));
    }
    return this.count(key, entry);
  }

  /** As `take`, for whom nothing is refused: how many there were before. */
  note(key: string): { readonly before: number; readonly giveBack: GiveBack } {
    const entry = this.current(key);
    return { before: entry.count, giveBack: this.count(key, entry) };
  }

  private count(key: string, entry: Spent): GiveBack {
    entry.count += 1;
    this.spent.set(key, entry);
    let open = true;
    return () => {
      entry.count -= open ? 1 : 0;
      open = false;
    };
  }

  private current(key: string): Spent {
    const now = this.clock.monotonic();
    const found = this.spent.get(key);
    return found && now - found.since < this.limits.windowMs ? found : { count: 0, since: now };
  }
}
