import { createHash } from 'node:crypto';
import { createMongoAbility, type RawRuleOf } from '@casl/ability';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type Ability, BOX_DATA, GROUP_ALERTS, LIST_ROWS, VARIABLE_VALUE } from './ability.js';
import { CAPABILITIES, holdsCapability } from './capabilities.js';
import { type GroupFacts, type PrincipalKind, type PrincipalRecord } from './principal.js';
import { effectivePermissions, EVERY, isColumnRight, type ListPermission } from './rights.js';
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
  const tuple = [kind, record.hubId, all, [...specific].sort(), dataOf(record.group), scopeNames(scopes)];
  return createHash('sha256').update(JSON.stringify(tuple)).digest('base64');
}

/** The group itself matters only where its rights are about its own alerts. */
function dataOf(group: GroupFacts | null): unknown {
  if (!group) {
    return null;
  }
  const { lists, boxes = [], variables = [], alerts = [] } = group.permissions;
  return [
    lists.map(({ list_id, rights, read_only_columns = [] }) => [list_id, sorted(rights), sorted(read_only_columns)]),
    boxes.map(({ box_id, rights }) => [box_id, sorted(rights)]),
    variables.map(({ variable_id, rights }) => [variable_id, sorted(rights)]),
    alerts.length > 0 ? [group.id, sorted(alerts)] : [],
  ];
}

function sorted<T extends string | number>(values: readonly T[]): T[] {
  return [...values].sort((one, other) => (one < other ? -1 : Number(one > other)));
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

function dataRules({ hubId, group }: PrincipalRecord, scopes: ScopeSet): Rule[] {
  if (!group) {
    return [];
  }
  const { lists, boxes, variables, alerts } = effectivePermissions(group.permissions, scopes);
  const on = (key: string, id: string) => (id === EVERY ? { hubId } : { hubId, [key]: id });
  const rule = (action: readonly string[], subject: string, conditions: object): Rule => ({
    action: [...action],
    subject,
    conditions,
  });
  return [
    ...lists.flatMap((entry) => listRules(entry, on('listId', entry.list_id))),
    ...boxes.map(({ box_id, rights }) => rule(rights, BOX_DATA, on('boxId', box_id))),
    ...variables.map(({ variable_id, rights }) => rule(rights, VARIABLE_VALUE, on('variableId', variable_id))),
    ...(alerts.length > 0 ? [rule(alerts, GROUP_ALERTS, on('groupId', group.id))] : []),
  ];
}

/** Read-only columns are a condition on the column: it holds where no column is asked about, and for every other one. */
function listRules({ rights, read_only_columns: closed = [] }: ListPermission, conditions: object): Rule[] {
  const [open, guarded] =
    closed.length === 0
      ? [rights, []]
      : [rights.filter((right) => !isColumnRight(right)), rights.filter((right) => isColumnRight(right))];
  return [
    { action: [...open], subject: LIST_ROWS, conditions },
    { action: [...guarded], subject: LIST_ROWS, conditions: { ...conditions, columnId: { $nin: [...closed] } } },
  ].filter(({ action }) => action.length > 0);
}
