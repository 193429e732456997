import { setImmediate as nextTurn } from 'node:timers/promises';
import { UnavailableError } from '../common/errors/index.js';

export type Lane = 'normal' | 'access';

const MAXIMUM_WAITING = 2000;
const TURN_MILLISECONDS = 10;

/**
 * One task at a time, first come first served; waiting `access` tasks go before waiting `normal` ones, so that a
 * revocation never stands behind bulk writes. SQLite's calls are synchronous: between tasks the event loop gets a turn
 * at least every 10 ms.
 */
export class WriteQueue {
  readonly #waiting: Record<Lane, (() => Promise<void>)[]> = { access: [], normal: [] };
  #running = false;
  #idle: (() => void)[] = [];

  get length(): number {
    return this.#waiting.access.length + this.#waiting.normal.length;
  }

  run<T>(lane: Lane, task: () => Promise<T>): Promise<T> {
    if (lane === 'normal' && this.length >= MAXIMUM_WAITING) {
      throw new UnavailableError('Too many writes are waiting for the database.');
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting[lane].push(() => task().then(resolve, reject));
      void this.#drain();
    });
  }

  /** Resolves when nothing runs and nothing waits. */
  whenIdle(): Promise<void> {
    return this.#running ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  async #drain(): Promise<void> {
    if (this.#running) {
      return;
    }
    this.#running = true;
    let turnBegan = performance.now();
    for (let next = this.#next(); next; next = this.#next()) {
      await next();
      if (performance.now() - turnBegan > TURN_MILLISECONDS) {
        await nextTurn();
        turnBegan = performance.now();
      }
    }
    this.#running = false;
    this.#idle.splice(0).forEach((resolve) => resolve());
  }

  #next(): (() => Promise<void>) | undefined {
    return this.#waiting.access.shift() ?? this.#waiting.normal.shift();
  }
}
