import { hasScope, type Scope, type ScopeSet } from './scopes.js';

/** What a group may do with the rows of a list. */
export const LIST_RIGHTS = ['read', 'add', 'change', 'delete', 'clear'] as const;
export type ListRight = (typeof LIST_RIGHTS)[number];

/** Stands for every present and future object of its kind in the hub. */
export const EVERY = '*';

export interface ListPermission {
  /** A list's id, or `*`. */
  readonly list_id: string;
  readonly rights: readonly ListRight[];
}

/** The data that a user group may touch. Additive only: a list's rights are those of its own entry and of `*`. */
export interface GroupPermissions {
  readonly lists: readonly ListPermission[];
}

export const NO_PERMISSIONS: GroupPermissions = { lists: [] };

/** `write:lists` gates the four rights that change rows; `read:lists` gates reading. */
export function scopeForListRight(right: ListRight): Scope {
  return right === 'read' ? 'read:lists' : 'write:lists';
}

/** Rights that survive the scopes: group right ∩ key scope. Entries with none left are dropped. */
export function effectivePermissions(permissions: GroupPermissions, scopes: ScopeSet): GroupPermissions {
  const lists = permissions.lists
    .map(({ list_id, rights }) => ({ list_id, rights: rights.filter((r) => hasScope(scopes, scopeForListRight(r))) }))
    .filter(({ rights }) => rights.length > 0);
  return { lists };
}

/** The pairs of list and right in `child` that `parent` does not grant, as readable names. */
export function missingPermissions(child: GroupPermissions, parent: GroupPermissions): string[] {
  const granted = (listId: string, right: ListRight): boolean =>
    parent.lists.some(({ list_id, rights }) => (list_id === EVERY || list_id === listId) && rights.includes(right));
  return child.lists.flatMap(({ list_id, rights }) =>
    rights.filter((right) => !granted(list_id, right)).map((right) => `lists:${list_id}:${right}`),
  );
}
