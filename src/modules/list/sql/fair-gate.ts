import { UnavailableError } from '../../../common/errors/index.js';

interface Waiting {
  readonly owner: string;
  enter(): void;
}

/** Lets at most so many in at once; of those who wait, first whose owner has the fewest inside. */
export class FairGate {
  readonly #inside = new Map<string, number>();
  readonly #waiting: Waiting[] = [];
  #free: number;

  /** @param waitingMax by owner */
  constructor(
    places: number,
    private readonly waitingMax: number,
  ) {
    this.#free = places;
  }

  /** @throws UnavailableError when too many of the owner's wait already */
  async run<T>(owner: string, work: () => Promise<T>): Promise<T> {
    await this.#enter(owner);
    try {
      return await work();
    } finally {
      this.#leave(owner);
    }
  }

  #enter(owner: string): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      this.#count(owner, 1);
      return Promise.resolve();
    }
    if (this.#waiting.filter((one) => one.owner === owner).length >= this.waitingMax) {
      throw new UnavailableError('Too many SQL statements of this hub wait already.');
    }
    return new Promise((enter) => this.#waiting.push({ owner, enter }));
  }

  #leave(owner: string): void {
    this.#count(owner, -1);
    const counts = this.#waiting.map((one) => this.#inside.get(one.owner) ?? 0);
    const [next] = this.#waiting.splice(counts.indexOf(Math.min(...counts)), counts.length > 0 ? 1 : 0);
    if (next) {
      this.#count(next.owner, 1);
      next.enter();
    } else {
      this.#free += 1;
    }
  }

  #count(owner: string, by: number): void {
    const count = (this.#inside.get(owner) ?? 0) + by;
    if (count > 0) {
      this.#inside.set(owner, count);
    } else {
      this.#inside.delete(owner);
    }
  }
}
