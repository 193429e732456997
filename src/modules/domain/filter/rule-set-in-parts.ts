import { compileFilter, type CompiledFilter, type RuleLists } from './compile.js';
import { type KeyNeed, type Need, needOf } from './needs.js';
import { type ReadShelf, RuleSet } from './rule-set.js';
import { Beginnings, Substrings, WholeTexts } from './shelves.js';
import { type Filter } from './tree.js';

/** With fewer filters it is quicker to ask them. */
const SHELF_MIN = 4;
const SHELVES = { is: WholeTexts, begins: Beginnings, contains: Substrings } as const;

/**
 * Makes a set of rules, a filter at each step: between them others may go first, as a thousand filters take long.
 *
 * @throws UnknownListError, ListTypeError
 */
export function* ruleSetInParts(filters: readonly Filter[], lists: RuleLists): Generator<void, RuleSet> {
  const compiled: CompiledFilter[] = [];
  const needs: (Need | null)[] = [];
  const shares = new Map<string, number>();
  for (const filter of filters) {
    compiled.push(compileFilter(filter, lists));
    const need = needOf(filter, lists);
    needs.push(need);
    countKeys(need, shares);
    yield;
  }
  const chosen: (readonly KeyNeed[])[] = [];
  for (const need of needs) {
    chosen.push(need === null ? [] : rarest(need, shares).needs);
    yield;
  }
  const sizes = countUses(chosen);
  const shelves = new Map<string, ReadShelf>();
  const always: number[] = [];
  for (const [position, parts] of chosen.entries()) {
    if (parts.length > 0 && parts.every(({ of }) => (sizes.get(of) ?? 0) >= SHELF_MIN)) {
      put(parts, position, shelves);
    } else {
      always.push(position);
    }
    yield;
  }
  for (const { shelf } of shelves.values()) {
    yield* shelf.finish?.() ?? [];
  }
  return new RuleSet(compiled, [...shelves.values()], always);
}

/** Under each key once, however often the filter asks for it. */
function put(needs: readonly KeyNeed[], position: number, shelves: Map<string, ReadShelf>): void {
  const keysOf = new Map<string, Set<string>>();
  for (const { of, fit, keys, read } of needs) {
    if (!shelves.has(of)) {
      shelves.set(of, { read, shelf: new SHELVES[fit]() });
    }
    const known = keysOf.get(of) ?? new Set<string>();
    keys.forEach((key) => known.add(key));
    keysOf.set(of, known);
  }
  for (const [of, keys] of keysOf) {
    keys.forEach((key) => shelves.get(of)?.shelf.add(key, position));
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
function countKeys(need: Need | null, shares: Map<string, number>): void {
  for (const { of, keys } of leavesOf(need)) {
    for (const key of keys) {
      shares.set(`${of} ${key}`, (shares.get(`${of} ${key}`) ?? 0) + 1);
    }
  }
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
