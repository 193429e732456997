import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import { DAY_MS, type DayChange, type DayRange } from './usage.js';

/** What has a beginning and an end, and so can be counted for any day. By table name: the modules of most are above. */
const LIVES = {
  members: ['membership', 'joined_at'],
  api_keys: ['api_key', 'created_at'],
  roles: ['role', 'created_at'],
  groups: ['user_group', 'created_at'],
  lists: ['list', 'created_at'],
  variables: ['variable', 'created_at'],
} as const;
export type Living = keyof typeof LIVES;

/** The day of a time, or 0 for one before the range. */
const dayOf = (column: string): string =>
  `CASE WHEN ${column} < ? THEN 0 ELSE (${column} - ${column} % ${DAY_MS}) / ${DAY_MS} END`;

interface Row {
  readonly on_day: number | string;
  readonly delta: number | string;
}

/** What changed on which day. Each is one statement, however many things there are. */
@Injectable()
export class HubUsageRepository {
  constructor(private readonly database: Database) {}

  /** Beginnings count one, ends count minus one. */
  changesOf(what: Living, hubId: string, { from, to }: DayRange): Promise<DayChange[]> {
    const [table, born] = LIVES[what];
    const half = (column: string, sign: string): string =>
      `SELECT ${dayOf(column)} AS on_day, ${sign}1 AS one FROM ${table}
        WHERE hub_id = ? AND ${born} IS NOT NULL AND ${column} IS NOT NULL AND ${column} < ?`;
    const sql = `SELECT on_day, SUM(one) AS delta
      FROM (${half(born, '')} UNION ALL ${half('deleted_at', '-')}) AS changes GROUP BY on_day`;
    const parameters = [from * DAY_MS, hubId, (to + 1) * DAY_MS];
    return this.read(sql, [...parameters, ...parameters]);
  }

  /** Rows that were added, deleted and cleared, from the counts of row writes; a deleted list takes all of its rows with it. */
  changesOfRows(hubId: string, { from, to }: DayRange): Promise<DayChange[]> {
    const sql = `SELECT on_day, SUM(amount) AS delta FROM (
        SELECT CASE WHEN day < ? THEN 0 ELSE day END AS on_day, added - deleted - cleared AS amount
        FROM list_write_count WHERE hub_id = ? AND day <= ?
        UNION ALL
        SELECT ${dayOf('l.deleted_at')} AS on_day, w.deleted + w.cleared - w.added AS amount
        FROM list_write_count w JOIN list l ON l.hub_id = w.hub_id AND l.id = w.list_id
        WHERE w.hub_id = ? AND l.deleted_at IS NOT NULL AND l.deleted_at < ?
      ) AS changes GROUP BY on_day`;
    return this.read(sql, [from, hubId, to, from * DAY_MS, hubId, (to + 1) * DAY_MS]);
  }

  /** Rows added, changed, deleted and cleared. */
  writesOfRows(hubId: string, { from, to }: DayRange): Promise<DayChange[]> {
    const sql = `SELECT day AS on_day, SUM(added + changed + deleted + cleared) AS delta FROM list_write_count
      WHERE hub_id = ? AND day BETWEEN ? AND ? GROUP BY day`;
    return this.read(sql, [hubId, from, to]);
  }

  /** Servers give sums and quotients as text. */
  private async read(sql: string, parameters: readonly unknown[]): Promise<DayChange[]> {
    const rows = await this.database.query<Row>(sql, [...parameters]);
    return rows.map(({ on_day, delta }) => ({ day: Number(on_day), delta: Number(delta) }));
  }
}
