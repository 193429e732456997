import { subject } from '@casl/ability';
import { BOX_DATA, GROUP_ALERTS, LIST_ROWS, VARIABLE_VALUE } from './ability.js';
import { MissingCapabilityError, MissingRightError } from './access.errors.js';
import { capabilityFor } from './capabilities.js';
import { type Principal } from './principal.js';
import { type DataRight, type ListRight } from './rights.js';

/** The rows of one list, as a CASL subject. */
export interface RowsOf {
  readonly hubId: string;
  readonly listId: string;
}

/** What the rights `read` and `write` are about: one box, one variable, or the alerts of one user group. */
export type DataObject =
  | { readonly kind: typeof BOX_DATA; readonly hubId: string; readonly boxId: string }
  | { readonly kind: typeof VARIABLE_VALUE; readonly hubId: string; readonly variableId: string }
  | { readonly kind: typeof GROUP_ALERTS; readonly hubId: string; readonly groupId: string };

/** Throws unless the caller may do this to this instance: the only place that asks about one. */
export function authorize(principal: Principal, action: string, instance: { hubId: string }): void {
  if (!principal.ability.can(action, instance)) {
    throw new MissingCapabilityError(capabilityFor(instance.constructor.name));
  }
}

/** Throws unless the caller may do this to the rows of this list. */
export function authorizeRows(principal: Principal, right: ListRight, rows: RowsOf): void {
  if (!mayTouchRows(principal, right, rows)) {
    throw new MissingRightError(right);
  }
}

export function mayTouchRows(principal: Principal, right: ListRight, { hubId, listId }: RowsOf): boolean {
  return principal.ability.can(right, subject(LIST_ROWS, { hubId, listId }));
}

/** Whether the caller may add, or change, values of one column; `mayTouchRows` tells only whether of some. */
export function mayWriteColumn(
  principal: Principal,
  right: 'add' | 'change',
  { hubId, listId }: RowsOf,
  columnId: number,
): boolean {
  return principal.ability.can(right, subject(LIST_ROWS, { hubId, listId, columnId }));
}

/** Throws unless the caller may read, or write, this object. */
export function authorizeData(principal: Principal, right: DataRight, object: DataObject): void {
  if (!mayTouchData(principal, right, object)) {
    throw new MissingRightError(right);
  }
}

export function mayTouchData(principal: Principal, right: DataRight, { kind, ...object }: DataObject): boolean {
  return principal.ability.can(right, subject(kind, object));
}

/** The ids that the caller's rules name for an action on a kind of object, or null for all; from the same rules as the guard. */
export function allowedIds(
  { ability, hubId }: Principal,
  action: string,
  kind: string,
  key: 'listId' | 'boxId' | 'variableId',
): string[] | null {
  const rules = ability.rulesFor(action, kind).map((rule) => rule.conditions as Readonly<Record<string, string>>);
  const here = rules.filter((conditions) => conditions['hubId'] === hubId);
  const ids = here.flatMap((conditions) => conditions[key] ?? []);
  return ids.length < here.length ? null : [...new Set(ids)];
}
