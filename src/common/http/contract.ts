/** "Not yet" in the management contract (§6): its date-times are never null. */
export const ZERO_TIME = '0001-01-01T00:00:00Z';

/** Epoch milliseconds as the contract's date-time; null reads as "not yet". */
export function contractTime(epochMilliseconds: number | null): string {
  return epochMilliseconds === null ? ZERO_TIME : new Date(epochMilliseconds).toISOString();
}

/** Epoch milliseconds as a date-time of our own fields, where null stays null. */
export function isoOrNull(epochMilliseconds: number | null): string | null {
  return epochMilliseconds === null ? null : new Date(epochMilliseconds).toISOString();
}

/** `created`, `updated` and `deleted` of anything that has a life. */
export class EventsResponse {
  /** @example 2026-03-01T08:00:00.000Z */
  created: string;
  /** @example 2026-03-01T08:00:00.000Z */
  updated: string;
  /** The zero time while it lives. @example 0001-01-01T00:00:00Z */
  deleted: string;

  static from({ createdAt, updatedAt, deletedAt }: Lifetime): EventsResponse {
    return { created: contractTime(createdAt), updated: contractTime(updatedAt), deleted: contractTime(deletedAt) };
  }
}

export interface Lifetime {
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deletedAt: number | null;
}

/** What the contract says something can be (§6). Each thing is only ever in some of these; the others find nothing. */
export const CONTRACT_STATES: readonly string[] = ['new', 'configuring', 'live', 'inactive', 'deleting', 'deleted'];

/** Where something stands, and since when. */
export class StateResponse {
  /** @example live */
  current: string;
  /** @example 2026-03-01T08:00:00.000Z */
  changed: string;
}

/** Who made something. */
export class CreatorResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example api-key */
  type: string;
}
