import { compileFilter, type CompiledFilter, type RuleLists } from './compile.js';
import { type RequestFactsForRules } from './facts.js';
import { type KeyNeed, type Need, needOf } from './needs.js';
import { Beginnings, type Shelf, Substrings, WholeTexts } from './shelves.js';
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

/** With fewer filters it is quicker to ask them. */
const SHELF_MIN = 4;
const SHELVES = { is: WholeTexts, begins: Beginnings, contains: Substrings } as const;

export class RuleSet {
  readonly #compiled: readonly CompiledFilter[];
  readonly #shelves = new Map<string, { readonly read: KeyNeed['read']; readonly shelf: Shelf }>();
  /** Those that may always hold. */
  readonly #always: number[] = [];

  constructor(filters: readonly Filter[], lists: RuleLists) {
    this.#compiled = filters.map((filter) => compileFilter(filter, lists));
    const needs = filters.map((filter) => needOf(filter, lists));
    const shares = countKeys(needs);
    const chosen = needs.map((need) => (need === null ? [] : rarest(need, shares).needs));
    const sizes = countUses(chosen);
    for (const [position, parts] of chosen.entries()) {
      if (parts.length > 0 && parts.every(({ of }) => (sizes.get(of) ?? 0) >= SHELF_MIN)) {
        parts.forEach((need) => this.#put(need, position));
      } else {
        this.#always.push(position);
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
    for (const { read, shelf } of this.#shelves.values()) {
      for (const text of read(facts)) {
        shelf.find(text, found);
      }
    }
    return found.length < 2 ? found : [...new Set(found)].sort((one, other) => one - other);
  }

  #put({ of, fit, keys, read }: KeyNeed, position: number): void {
    let known = this.#shelves.get(of);
    if (!known) {
      this.#shelves.set(of, (known = { read, shelf: new SHELVES[fit]() }));
    }
    for (const key of new Set(keys)) {
      known.shelf.add(key, position);
    }
  }
}

/** How many filters are to be found by each sort of text. */
function countUses(chosen: readonly (readonly KeyNeed[])[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const parts of chosen) {
    for (const of of new Set(parts.map((part) => part.of))) {
      uses.set(of, (uses.get(of) ?? 0) + 1);
    }
  }
  return uses;
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
