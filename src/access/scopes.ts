/** The six scopes of an API key (public contract §4). The order fixes each scope's bit and must never change. */
export const SCOPES = ['read:lists', 'write:lists', 'read:alerts', 'write:alerts', 'read:box', 'write:box'] as const;
export type Scope = (typeof SCOPES)[number];

/** A set of scopes as bits: intersecting a token's scopes with its key's is one `&`. */
export type ScopeSet = number;

export const ALL_SCOPES: ScopeSet = (1 << SCOPES.length) - 1;

/** Unknown names are dropped: a scope that this version does not know grants nothing. */
export function scopeSet(names: Iterable<string>): ScopeSet {
  let set: ScopeSet = 0;
  for (const name of names) {
    const bit = SCOPES.indexOf(name as Scope);
    set |= bit < 0 ? 0 : 1 << bit;
  }
  return set;
}

export function scopeNames(set: ScopeSet): Scope[] {
  return SCOPES.filter((_, bit) => (set & (1 << bit)) !== 0);
}

export function hasScope(set: ScopeSet, scope: Scope): boolean {
  return (set & scopeSet([scope])) !== 0;
}

export function scopesWithin(child: ScopeSet, parent: ScopeSet): boolean {
  return (child & ~parent) === 0;
}
