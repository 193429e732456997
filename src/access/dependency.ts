import { type PrincipalRecord, type SessionRecord } from './principal.js';

/**
 * What a cached record depends on: a change to any of them drops it. Sessions and memberships are their account's, and
 * the rules of a domain their domain's.
 */
const DEPENDENCY_KINDS = ['hub', 'role', 'group', 'key', 'account', 'domain'] as const;
export type DependencyKind = (typeof DEPENDENCY_KINDS)[number];

export interface Dependency {
  readonly kind: DependencyKind;
  readonly id: string;
}

export function isDependencyKind(kind: string | null): kind is DependencyKind {
  return (DEPENDENCY_KINDS as readonly (string | null)[]).includes(kind);
}

export function dependencyKey({ kind, id }: Dependency): string {
  return `${kind}:${id}`;
}

export function dependenciesOfKey({ hubId, subjectId, role, group }: PrincipalRecord): string[] {
  const keys = [`hub:${hubId}`, `key:${subjectId}`, `role:${role.id}`];
  return group ? [...keys, `group:${group.id}`] : keys;
}

export function dependenciesOfSession({ accountId, memberships }: SessionRecord): string[] {
  const places = [...memberships.values()].flatMap(({ hubId, role }) => [`hub:${hubId}`, `role:${role.id}`]);
  return [`account:${accountId}`, ...places];
}
