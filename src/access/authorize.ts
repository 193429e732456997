import { subject } from '@casl/ability';
import { LIST_ROWS } from './ability.js';
import { MissingCapabilityError, MissingRightError } from './access.errors.js';
import { capabilityFor } from './capabilities.js';
import { type Principal } from './principal.js';
import { type ListRight } from './rights.js';

/** The rows of one list, as a CASL subject. */
export interface RowsOf {
  readonly hubId: string;
  readonly listId: string;
}

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
