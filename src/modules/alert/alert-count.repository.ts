import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database } from '../../database/index.js';
import { PRIORITIES } from './alert-type.js';

/** The alerts of a group: what is counted, locked and removed together. */
export interface GroupOfAlerts {
  readonly hubId: string;
  readonly groupId: string;
}

export interface StoredAlerts {
  readonly inGroup: number;
  readonly inHub: number;
}

/** MySQL keeps the word for itself; every database takes it in these quotes. */
const STORED = '`stored`';

/** Adds and removes alerts together with their number. Whoever does has locked the number first. */
@Injectable()
export class AlertCountRepository {
  constructor(private readonly database: Database) {}

  /** Counts one more, which locks the number, and says how many that makes. */
  async countOne(tx: EntityManager, { hubId, groupId }: GroupOfAlerts): Promise<StoredAlerts> {
    const collision =
      this.database.kind === 'sqlite' ? 'ON CONFLICT (hub_id, group_id) DO UPDATE SET' : 'ON DUPLICATE KEY UPDATE';
    const insert = `INSERT INTO alert_count (hub_id, group_id, ${STORED}) VALUES (?, ?, 1) ${collision} ${STORED} = alert_count.${STORED} + 1`;
    await tx.query(insert, [hubId, groupId]);
    const rows = await tx.query<{ group_id: string; stored: number }[]>(
      `SELECT group_id, ${STORED} FROM alert_count WHERE hub_id = ?`,
      [hubId],
    );
    return {
      inGroup: rows.find((row) => row.group_id === groupId)?.stored ?? 0,
      inHub: rows.reduce((sum, { stored }) => sum + stored, 0),
    };
  }

  /** Nobody adds or removes alerts of the group until the transaction ends. */
  async lock(tx: EntityManager, { hubId, groupId }: GroupOfAlerts): Promise<void> {
    const sql = `SELECT ${STORED} FROM alert_count WHERE hub_id = ? AND group_id = ?`;
    await tx.query(sql + this.database.forUpdate, [hubId, groupId]);
  }

  /** The oldest solved alerts of the group, at most so many of each priority. */
  async oldestSolved(tx: EntityManager, { hubId, groupId }: GroupOfAlerts, limit: number): Promise<string[]> {
    const walk =
      `SELECT id, created_at FROM alert${this.database.usingIndex('ix_alert_group')} WHERE hub_id = ? AND group_id = ? ` +
      'AND solved = 1 AND priority = ? ORDER BY created_at, id LIMIT ?';
    const walks = PRIORITIES.map((priority) => `SELECT * FROM (${walk}) AS walk_${priority}`).join(' UNION ALL ');
    const sql = `SELECT id FROM (${walks}) AS found ORDER BY created_at, id LIMIT ?`;
    const parameters = PRIORITIES.flatMap((priority) => [hubId, groupId, priority, limit]);
    return (await tx.query<{ id: string }[]>(sql, [...parameters, limit])).map(({ id }) => id);
  }

  /** At most so many of the group, whatever they are. */
  async some(tx: EntityManager, { hubId, groupId }: GroupOfAlerts, limit: number): Promise<string[]> {
    const sql = 'SELECT id FROM alert WHERE hub_id = ? AND group_id = ? LIMIT ?';
    return (await tx.query<{ id: string }[]>(sql, [hubId, groupId, limit])).map(({ id }) => id);
  }

  /** Those among the ids that are still there. Returns how many they were. */
  async remove(tx: EntityManager, { hubId, groupId }: GroupOfAlerts, ids: readonly string[]): Promise<number> {
    if (ids.length === 0) {
      return 0;
    }
    const these = `hub_id = ? AND group_id = ? AND id IN (${ids.map(() => '?').join(', ')})`;
    const parameters = [hubId, groupId, ...ids];
    const there = await tx.query<unknown[]>(
      `SELECT id FROM alert WHERE ${these}${this.database.forUpdate}`,
      parameters,
    );
    await tx.query(`DELETE FROM alert WHERE ${these}`, parameters);
    const sql = `UPDATE alert_count SET ${STORED} = ${STORED} - ? WHERE hub_id = ? AND group_id = ?`;
    await tx.query(sql, [there.length, hubId, groupId]);
    return there.length;
  }

  async forget(tx: EntityManager, { hubId, groupId }: GroupOfAlerts): Promise<void> {
    await tx.query('DELETE FROM alert_count WHERE hub_id = ? AND group_id = ?', [hubId, groupId]);
  }

  /** A group of the hub that has, or had, alerts; null = there is none. */
  async anyGroup(hubId: string): Promise<GroupOfAlerts | null> {
    const sql = 'SELECT hub_id AS hubId, group_id AS groupId FROM alert_count WHERE hub_id = ? LIMIT 1';
    return (await this.database.query<GroupOfAlerts>(sql, [hubId]))[0] ?? null;
  }

  /** The oldest alerts of any hub that were made before this moment, at most so many. */
  old(solved: boolean, before: number, limit: number): Promise<(GroupOfAlerts & { readonly id: string })[]> {
    const sql =
      'SELECT id, hub_id AS hubId, group_id AS groupId FROM alert ' +
      'WHERE solved = ? AND created_at < ? ORDER BY created_at, id LIMIT ?';
    return this.database.query(sql, [solved ? 1 : 0, before, limit]);
  }
}
