import { UnavailableError } from '../../common/errors/index.js';

/** Who waits: somebody at an address from which this account was used before, or anybody else. */
export type HashLane = 'known' | 'stranger';

const AT_ONCE = 2;
/** A flood of strangers leaves one place free. */
const STRANGERS_AT_ONCE = 1;
const WAITING_MAX = 100;
const RETRY_SECONDS = 5;

/**
 * Work that takes 20 MiB and a core for a while: at most two at once, first come first served; those who are known go
 * before strangers. Each lane holds so many who wait and no more.
 */
export class HashQueue {
  private readonly waiting: Record<HashLane, (() => void)[]> = { known: [], stranger: [] };
  private running = 0;
  private strangers = 0;

  /** @throws UnavailableError at once when too many wait */
  async run<T>(lane: HashLane, work: () => Promise<T>): Promise<T> {
    if (this.waiting[lane].length >= WAITING_MAX) {
      throw new UnavailableError('Too many people are signing in just now. Try again.', {}, RETRY_SECONDS);
    }
    await new Promise<void>((resolve) => {
      this.waiting[lane].push(resolve);
      this.begin();
    });
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.strangers -= lane === 'stranger' ? 1 : 0;
      this.begin();
    }
  }

  private begin(): void {
    while (this.running < AT_ONCE) {
      const lane: HashLane = this.waiting.known.length > 0 ? 'known' : 'stranger';
      const next = lane === 'stranger' && this.strangers >= STRANGERS_AT_ONCE ? undefined : this.waiting[lane].shift();
      if (!next) {
        return;
      }
      this.running += 1;
      this.strangers += lane === 'stranger' ? 1 : 0;
      next();
    }
  }
}
