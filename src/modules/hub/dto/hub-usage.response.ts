import { type DayUsage } from '../hub-usage.service.js';
import { timeOf } from '../usage.js';

/** What a hub had at the end of a day, of today so far. */
export class HubUsageResponse {
  /** The beginning of the day, UTC. @example 2026-03-01T00:00:00.000Z */
  time: string;
  /** Always 0: this server has none. @example 0 */
  servers: number;
  /** @example 3 */
  members: number;
  /** Always 0: this server has none. @example 0 */
  environments: number;
  /** Always 0: this server has none. @example 0 */
  containers: number;
  /** @example 12 */
  api_keys: number;
  /** @example 7 */
  roles: number;
  /** @example 2 */
  groups: number;
  /** @example 4 */
  lists: number;
  /** @example 3 */
  variables: number;
  /** Of all lists together. @example 1200 */
  rows: number;
  /** Rows added, changed and deleted on this day. @example 87 */
  list_writes: number;

  static from({ day, ...counts }: DayUsage): HubUsageResponse {
    return { time: timeOf(day), servers: 0, environments: 0, containers: 0, ...counts };
  }
}
