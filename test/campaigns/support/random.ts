/** Numbers that look random and follow from the seed alone (mulberry32), so that a run can be repeated. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** From `low` to below `high`. */
  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** @throws RangeError when there is nothing to pick from */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) {
      throw new RangeError('There is nothing to pick from.');
    }
    return items[this.below(items.length)] as T;
  }

  /** At most `count` of the items, each at most once. */
  sample<T>(items: readonly T[], count: number): T[] {
    const left = [...items];
    const taken = Math.min(count, left.length);
    return Array.from({ length: taken }, () => left.splice(this.below(left.length), 1)[0] as T);
  }

  /** Another source of numbers that follows from this one. */
  fork(): Random {
    return new Random(this.below(2 ** 32));
  }
}
