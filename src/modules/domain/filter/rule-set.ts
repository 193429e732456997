import { type CompiledFilter } from './compile.js';
import { type RequestFactsForRules } from './facts.js';
import { type KeyNeed } from './needs.js';
import { type Shelf } from './shelves.js';

/** A shelf, and by what is looked there. */
export interface ReadShelf {
  readonly read: KeyNeed['read'];
  readonly shelf: Shelf;
}

/** What a look at a shelf takes, in characters looked through, but for those of the text. */
const SHELF_COST = 100;

/** The same for each position that is found there. */
const FOUND_COST = 20;

/**
 * Many filters in their order. A filter that needs a certain text of the request (an address, a path, how a path
 * begins) is asked only where the request has it; so a thousand rules cost little more than those that may hold.
 */
export class RuleSet {
  readonly #compiled: readonly CompiledFilter[];
  readonly #shelves: readonly ReadShelf[];
  readonly #always: readonly number[];

  /** @param always the positions of filters that are on no shelf, in order */
  constructor(compiled: readonly CompiledFilter[], shelves: readonly ReadShelf[], always: readonly number[]) {
    this.#compiled = compiled;
    this.#shelves = shelves;
    this.#always = always;
  }

  /** The positions of the filters that hold, from the first on; the next is worked out when it is asked for. */
  *matches(facts: RequestFactsForRules): Generator<number, void> {
    const found = this.#find(facts);
    let next = 0;
    for (const position of this.#always) {
      for (let other = found[next]; other !== undefined && other < position; other = found[(next += 1)]) {
        if (this.#holds(other, facts)) {
          yield other;
        }
      }
      if (this.#holds(position, facts)) {
        yield position;
      }
    }
    for (const other of found.slice(next)) {
      if (this.#holds(other, facts)) {
        yield other;
      }
    }
  }

  #holds(position: number, facts: RequestFactsForRules): boolean {
    return this.#compiled[position]?.(facts) ?? false;
  }

  /** The positions whose need the request meets, in order. */
  #find(facts: RequestFactsForRules): readonly number[] {
    const found: number[] = [];
    for (const { read, shelf } of this.#shelves) {
      for (const text of read(facts)) {
        const before = found.length;
        shelf.find(text, found);
        facts.looked(SHELF_COST + text.length + FOUND_COST * (found.length - before));
      }
    }
    return found.length < 2 ? found : [...new Set(found)].sort((one, other) => one - other);
  }
}
