import { hasScope, type Scope, type ScopeSet } from './scopes.js';

/** What a group may do with the rows of a list. */
export const LIST_RIGHTS = ['read', 'add', 'change', 'delete', 'clear'] as const;
export type ListRight = (typeof LIST_RIGHTS)[number];

/** What a group may do with a box, a variable, or its alerts. */
export const DATA_RIGHTS = ['read', 'write'] as const;
export type DataRight = (typeof DATA_RIGHTS)[number];

/** Stands for every present and future object of its kind in the hub. */
export const EVERY = '*';

export interface ListPermission {
  /** A list's id, or `*`. */
  readonly list_id: string;
  readonly rights: readonly ListRight[];
  /** Ids of columns that this entry lets nobody add or change a value of. Never beside `*`. */
  readonly read_only_columns?: readonly number[];
}

export interface BoxPermission {
  /** A box's id, or `*`. */
  readonly box_id: string;
  readonly rights: readonly DataRight[];
}

export interface VariablePermission {
  /** A variable's id, or `*`. */
  readonly variable_id: string;
  readonly rights: readonly DataRight[];
}

/** The data that a user group may touch. Additive only: a list's rights are those of its own entry and of `*`. */
export interface GroupPermissions {
  readonly lists: readonly ListPermission[];
  readonly boxes?: readonly BoxPermission[];
  readonly variables?: readonly VariablePermission[];
  /** On the alerts of the group itself. */
  readonly alerts?: readonly DataRight[];
}

export const NO_PERMISSIONS: Required<GroupPermissions> = { lists: [], boxes: [], variables: [], alerts: [] };

/** `write:lists` gates the four rights that change rows; `read:lists` gates reading. */
export function scopeForListRight(right: ListRight): Scope {
  return right === 'read' ? 'read:lists' : 'write:lists';
}

/** Whether the right puts values into columns, so that read-only ones matter. */
export function isColumnRight(right: ListRight): boolean {
  return right === 'add' || right === 'change';
}

/** Rights that survive the scopes: group right ∩ key scope. Entries with none left are dropped. */
export function effectivePermissions(permissions: GroupPermissions, scopes: ScopeSet): Required<GroupPermissions> {
  const within =
    (area: 'lists' | 'alerts' | 'box') =>
    (right: DataRight): boolean =>
      hasScope(scopes, `${right}:${area}`);
  return {
    lists: remaining(permissions.lists, (right: ListRight) => hasScope(scopes, scopeForListRight(right))),
    boxes: remaining(permissions.boxes, within('box')),
    variables: remaining(permissions.variables, within('lists')),
    alerts: (permissions.alerts ?? []).filter(within('alerts')),
  };
}

/** What of `child` `parent` does not grant, as readable names. */
export function missingPermissions(child: GroupPermissions, parent: GroupPermissions): string[] {
  const boxes = { child: named(child.boxes, 'box_id'), parent: named(parent.boxes, 'box_id') };
  const variables = { child: named(child.variables, 'variable_id'), parent: named(parent.variables, 'variable_id') };
  const alerts = { child: alertsOf(child), parent: alertsOf(parent) };
  return [
    ...missingLists(child.lists, parent.lists),
    ...missingNamed('boxes', boxes.child, boxes.parent),
    ...missingNamed('variables', variables.child, variables.parent),
    ...missingNamed('alerts', alerts.child, alerts.parent),
  ];
}

function remaining<Right, Entry extends { readonly rights: readonly Right[] }>(
  entries: readonly Entry[] = [],
  keeps: (right: Right) => boolean,
): Entry[] {
  return entries
    .map((entry) => ({ ...entry, rights: entry.rights.filter(keeps) }))
    .filter(({ rights }) => rights.length > 0);
}

function missingLists(child: readonly ListPermission[], parent: readonly ListPermission[]): string[] {
  return child.flatMap(({ list_id, rights, read_only_columns: kept = [] }) =>
    rights.flatMap((right) => {
      const granting = parent.filter((one) => covers(one.list_id, list_id) && one.rights.includes(right));
      if (granting.length === 0) {
        return [`lists:${list_id}:${right}`];
      }
      const closed = isColumnRight(right) ? closedColumns(granting).filter((column) => !kept.includes(column)) : [];
      return closed.map((column) => `lists:${list_id}:${right} of column ${column}`);
    }),
  );
}

/** The columns that none of these entries opens. */
function closedColumns([first, ...others]: readonly ListPermission[]): number[] {
  const closed = first.read_only_columns ?? [];
  return closed.filter((column) => others.every(({ read_only_columns }) => read_only_columns?.includes(column)));
}

interface Named {
  readonly id: string;
  readonly rights: readonly DataRight[];
}

function named<Key extends string>(
  entries: readonly ({ readonly rights: readonly DataRight[] } & Readonly<Record<Key, string>>)[] = [],
  key: Key,
): Named[] {
  return entries.map((entry) => ({ id: entry[key], rights: entry.rights }));
}

function alertsOf({ alerts = [] }: GroupPermissions): Named[] {
  return [{ id: 'group', rights: alerts }];
}

function missingNamed(area: string, child: readonly Named[], parent: readonly Named[]): string[] {
  const granted = (id: string, right: DataRight): boolean =>
    parent.some((one) => covers(one.id, id) && one.rights.includes(right));
  return child.flatMap(({ id, rights }) =>
    rights.filter((right) => !granted(id, right)).map((right) => `${area}:${id}:${right}`),
  );
}

function covers(granted: string, wanted: string): boolean {
  return granted === EVERY || granted === wanted;
}
