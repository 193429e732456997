import { createHash } from 'node:crypto';
import { createMongoAbility, type RawRuleOf } from '@casl/ability';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type Ability, LIST_ROWS } from './ability.js';
import { CAPABILITIES, holdsCapability } from './capabilities.js';
import { type PrincipalKind, type PrincipalRecord } from './principal.js';
import { effectivePermissions, EVERY } from './rights.js';
import { scopeNames, type ScopeSet } from './scopes.js';

type Rule = RawRuleOf<Ability>;

/** Callers of more hubs and roles at once have theirs made anew now and then. */
export const SHARED_ABILITIES_MAX = 4096;

/**
 * The only code that builds abilities. One ability is shared by all keys with the same kind, hub, capabilities, group
 * permissions and scopes: at about 29 KiB each, one per key would not fit. Rules are additive and each carries the hub.
 */
@Injectable()
export class AbilityFactory {
  private readonly shared = new LRUCache<string, Ability>({ max: SHARED_ABILITIES_MAX });
  /** Where a record's ability is kept, by kind and scopes: not the ability itself, or cached records would keep them all. */
  private readonly placesOf = new WeakMap<PrincipalRecord, Map<string, string>>();

  /** How many abilities are kept. */
  get size(): number {
    return this.shared.size;
  }

  /** The ability of a key (`/v1`: role and data) or of its token (public door: data only). */
  for(kind: PrincipalKind, record: PrincipalRecord, scopes: ScopeSet): Ability {
    const place = this.placeOf(kind, record, scopes);
    let ability = this.shared.get(place);
    if (!ability) {
      this.shared.set(place, (ability = createMongoAbility(rulesFor(kind, record, scopes))));
    }
    return ability;
  }

  /** The hash of what the ability is made of, computed once for each record: a request only looks it up. */
  private placeOf(kind: PrincipalKind, record: PrincipalRecord, scopes: ScopeSet): string {
    let places = this.placesOf.get(record);
    if (!places) {
      this.placesOf.set(record, (places = new Map()));
    }
    const slot = `${kind}:${scopes}`;
    let place = places.get(slot);
    if (!place) {
      places.set(slot, (place = abilityCacheKey(kind, record, scopes)));
    }
    return place;
  }
}

/**
 * A fixed-length hash over a structured tuple: concatenation could make two different callers meet. It holds what the
 * rules are made of and not their versions, so a restored database cannot bring an old version number back to life.
 */
export function abilityCacheKey(kind: PrincipalKind, record: PrincipalRecord, scopes: ScopeSet): string {
  const { all, specific } = record.role.capabilities;
  const lists = record.group?.permissions.lists.map(({ list_id, rights }) => [list_id, [...rights].sort()]);
  const tuple = [kind, record.hubId, all, [...specific].sort(), lists ?? null, scopeNames(scopes)];
  return createHash('sha256').update(JSON.stringify(tuple)).digest('base64');
}

function rulesFor(kind: PrincipalKind, record: PrincipalRecord, scopes: ScopeSet): Rule[] {
  const management = kind === 'access-token' ? [] : managementRules(record);
  return [...management, ...dataRules(record, scopes)];
}

/** One rule per action, so that CASL indexes few rules. */
function managementRules(record: PrincipalRecord): Rule[] {
  const subjectsOf = new Map<string, string[]>();
  for (const { name, action, subject } of CAPABILITIES) {
    if (holdsCapability(record.role.capabilities, name)) {
      subjectsOf.set(action, [...(subjectsOf.get(action) ?? []), subject]);
    }
  }
  return [...subjectsOf].map(([action, subject]) => ({ action, subject, conditions: { hubId: record.hubId } }));
}

function dataRules(record: PrincipalRecord, scopes: ScopeSet): Rule[] {
  if (!record.group) {
    return [];
  }
  return effectivePermissions(record.group.permissions, scopes).lists.map(({ list_id, rights }) => ({
    action: [...rights],
    subject: LIST_ROWS,
    conditions: list_id === EVERY ? { hubId: record.hubId } : { hubId: record.hubId, listId: list_id },
  }));
}
