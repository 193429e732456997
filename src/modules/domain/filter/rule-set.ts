import { compileFilter, type CompiledFilter, type RuleLists } from './compile.js';
import { type RequestFactsForRules } from './facts.js';
import { type KeyNeed, type Need, needOf } from './needs.js';
import { type Filter } from './tree.js';

/**
 * Many filters in their order. A filter that needs a certain text of the request (an address, a path, how a path
 * begins) is asked only where the request has it; so a thousand rules cost little more than those that may hold.
 *
 * @throws UnknownListError, ListTypeError
 */
export function compileRuleSet(filters: readonly Filter[], lists: RuleLists): RuleSet {
  return new RuleSet(filters, lists);
}

/** Where the filters are found that need one sort of text. */
interface Shelf {
  readonly read: KeyNeed['read'];
  /** Of beginnings: how long they are. Null for whole texts. */
  readonly lengths: Set<number> | null;
  readonly positions: Map<string, number[]>;
}

export class RuleSet {
  readonly #compiled: readonly CompiledFilter[];
  readonly #shelves = new Map<string, Shelf>();
  /** Those that may always hold. */
  readonly #always: number[] = [];

  constructor(filters: readonly Filter[], lists: RuleLists) {
    this.#compiled = filters.map((filter) => compileFilter(filter, lists));
    const needs = filters.map((filter) => needOf(filter, lists));
    const shares = countKeys(needs);
    for (const [position, need] of needs.entries()) {
      if (need === null) {
        this.#always.push(position);
      } else {
        rarest(need, shares).needs.forEach((one) => this.#shelve(one, position));
      }
    }
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
    for (; next < found.length; next += 1) {
      const other = found[next];
      if (other !== undefined && this.#holds(other, facts)) {
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
    for (const { read, lengths, positions } of this.#shelves.values()) {
      for (const text of read(facts)) {
        if (lengths === null) {
          found.push(...(positions.get(text) ?? []));
          continue;
        }
        for (const length of lengths) {
          if (length <= text.length) {
            found.push(...(positions.get(text.slice(0, length)) ?? []));
          }
        }
      }
    }
    return found.length < 2 ? found : [...new Set(found)].toSorted((one, other) => one - other);
  }

  #shelve({ of, begins, keys, read }: KeyNeed, position: number): void {
    const shelf = this.#shelves.get(of) ?? { read, lengths: begins ? new Set() : null, positions: new Map() };
    this.#shelves.set(of, shelf);
    for (const key of new Set(keys)) {
      shelf.lengths?.add(key.length);
      const positions = shelf.positions.get(key) ?? [];
      positions.push(position);
      shelf.positions.set(key, positions);
    }
  }
}

type Shares = ReadonlyMap<string, number>;

/** How many filters need each key. */
function countKeys(needs: readonly (Need | null)[]): Shares {
  const shares = new Map<string, number>();
  for (const need of needs) {
    for (const { of, keys } of leavesOf(need)) {
      for (const key of keys) {
        shares.set(`${of} ${key}`, (shares.get(`${of} ${key}`) ?? 0) + 1);
      }
    }
  }
  return shares;
}

function leavesOf(need: Need | null): readonly KeyNeed[] {
  return need === null ? [] : need.kind === 'keys' ? [need] : need.needs.flatMap(leavesOf);
}

/** Of needs that go together the one that is shared least: thousands share a host, few an address. */
function rarest(need: Need, shares: Shares): { needs: readonly KeyNeed[]; shared: number } {
  if (need.kind === 'keys') {
    const shared = need.keys.reduce((sum, key) => sum + (shares.get(`${need.of} ${key}`) ?? 0), 0);
    return { needs: [need], shared };
  }
  const parts = need.needs.map((one) => rarest(one, shares));
  if (need.kind === 'some') {
    return { needs: parts.flatMap(({ needs }) => needs), shared: parts.reduce((sum, { shared }) => sum + shared, 0) };
  }
  return parts.reduce((best, part) => (part.shared < best.shared ? part : best));
}
