import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { type Creator } from '../../access/index.js';
import { isId } from '../../common/ids.js';
import { Database } from '../../database/index.js';
import { alertPage, type AlertRange } from './alert-page.js';
import { Alert } from './alert.entity.js';

/** Alerts as they are read and solved. */
@Injectable()
export class AlertRepository {
  constructor(private readonly database: Database) {}

  async list(range: AlertRange): Promise<Alert[]> {
    const { sql, parameters } = alertPage(this.database, range);
    const ids = (await this.database.query<{ id: string }>(sql, parameters)).map(({ id }) => id);
    const found = await this.database.reader.findBy(Alert, { hubId: range.hubId, id: In(ids) });
    const byId = new Map(found.map((alert) => [alert.id, alert]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** Of one group, or of any; a malformed id finds nothing, on every database. */
  async find(hubId: string, groupId: string | null, id: string): Promise<Alert | null> {
    return isId(id) ? this.database.reader.findOneBy(Alert, whereOne(hubId, groupId, id)) : null;
  }

  /** As `find`, and nobody else changes it until the transaction ends. */
  async findLocked(tx: EntityManager, hubId: string, groupId: string | null, id: string): Promise<Alert | null> {
    if (!isId(id)) {
      return null;
    }
    const lock = this.database.kind === 'sqlite' ? undefined : ({ mode: 'pessimistic_write' } as const);
    return tx.findOne(Alert, { where: whereOne(hubId, groupId, id), ...(lock ? { lock } : {}) });
  }

  async insert(tx: EntityManager, alert: Alert): Promise<void> {
    await tx.insert(Alert, alert);
  }

  /** At most so many alerts of the group that nobody has solved; each is solved from now on. */
  async solveSome(
    tx: EntityManager,
    hubId: string,
    groupId: string,
    limit: number,
    by: Creator,
    now: number,
  ): Promise<Alert[]> {
    const sql =
      `SELECT id FROM alert${this.database.usingIndex('ix_alert_group')} ` +
      `WHERE hub_id = ? AND group_id = ? AND solved = 0 ORDER BY priority, created_at, id LIMIT ?`;
    const some = await tx.query<{ id: string }[]>(sql + this.database.forUpdate, [hubId, groupId, limit]);
    const ids = some.map(({ id }) => id);
    const alerts = ids.length === 0 ? [] : await tx.findBy(Alert, { hubId, id: In(ids) });
    await this.markSolved(tx, hubId, ids, by, now);
    return alerts.map((alert) => solvedBy(alert, by, now));
  }

  async solve(tx: EntityManager, alert: Alert, by: Creator, now: number): Promise<void> {
    await this.markSolved(tx, alert.hubId, [alert.id], by, now);
    solvedBy(alert, by, now);
  }

  /** Whether the hub takes in anything: not one that is being deleted, whoever is still let in for a moment. */
  async isLive(tx: EntityManager, hubId: string): Promise<boolean> {
    return (await tx.query<unknown[]>("SELECT id FROM hub WHERE id = ? AND state = 'live'", [hubId])).length > 0;
  }

  private async markSolved(
    tx: EntityManager,
    hubId: string,
    ids: readonly string[],
    by: Creator,
    now: number,
  ): Promise<void> {
    if (ids.length > 0) {
      const solved = { solved: true, solverType: by.type, solverId: by.id, solvedAt: now };
      await tx.update(Alert, { hubId, id: In([...ids]) }, solved);
    }
  }
}

function whereOne(hubId: string, groupId: string | null, id: string): { hubId: string; id: string; groupId?: string } {
  return groupId === null ? { hubId, id } : { hubId, groupId, id };
}

function solvedBy(alert: Alert, { type, id }: Creator, now: number): Alert {
  return Object.assign(alert, { solved: true, solverType: type, solverId: id, solvedAt: now });
}
