import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { newId } from '../../common/ids.js';
import { Database } from '../../database/index.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookQuota } from './webhook-quota.entity.js';

/** What one hub may queue; beyond it messages are dropped, and the activity says how many. */
export const PER_MINUTE_MAX = 600;
export const PER_DAY_MAX = 50_000;
export const WAITING_MAX = 5000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Hubs that are looked at in one round: many more than are served at once. */
const HUBS_IN_A_ROUND = 200;

export interface NewDelivery {
  readonly subscriptionId: string;
  readonly body: string;
}

/** The table of messages that wait for an address, and each hub's share in it. */
@Injectable()
export class WebhookOutbox {
  constructor(private readonly database: Database) {}

  /** For a transaction that excludes another one of the same hub. */
  async openQuota(tx: EntityManager, hubId: string): Promise<void> {
    if (!(await tx.existsBy(WebhookQuota, { hubId }))) {
      await tx.insert(WebhookQuota, { hubId, minute: 0, minuteCount: 0, day: 0, dayCount: 0, dropped: 0, toldAt: 0 });
    }
  }

  /** Those that the hub's quota lets through, with the ids that they got; the rest is counted as dropped. */
  async insert(
    tx: EntityManager,
    hubId: string,
    wanted: readonly NewDelivery[],
    now: number,
  ): Promise<WebhookDelivery[]> {
    const room = await this.takeRoom(tx, hubId, wanted.length, now);
    const rows = wanted.slice(0, room).map(({ subscriptionId, body }): WebhookDelivery => ({
      id: newId(now),
      hubId,
      subscriptionId,
      body,
      attempts: 0,
      nextAttemptAt: now,
      createdAt: now,
    }));
    if (rows.length > 0) {
      await tx.insert(WebhookDelivery, rows);
    }
    return rows;
  }

  /** Live hubs with something due, the one that has waited longest first. */
  async hubsDue(now: number): Promise<string[]> {
    const sql = `SELECT d.hub_id AS hub_id, MIN(d.next_attempt_at) AS due
      FROM webhook_delivery d JOIN hub h ON h.id = d.hub_id
      WHERE d.next_attempt_at <= ? AND h.state = 'live'
      GROUP BY d.hub_id ORDER BY due, hub_id LIMIT ${HUBS_IN_A_ROUND}`;
    return (await this.database.query<{ hub_id: string }>(sql, [now])).map((row) => row.hub_id);
  }

  /** Takes what is due of a hub for so long; what another node took meanwhile is not among it. */
  async claim(hubId: string, now: number, forMs: number, limit: number): Promise<WebhookDelivery[]> {
    const due = await this.database.reader
      .createQueryBuilder(WebhookDelivery, 'd')
      .where('d.hubId = :hubId AND d.nextAttemptAt <= :now', { hubId, now })
      .orderBy('d.nextAttemptAt', 'ASC')
      .addOrderBy('d.id', 'ASC')
      .limit(limit)
      .getMany();
    return this.database.transaction(async (tx) => {
      const claimed: WebhookDelivery[] = [];
      for (const row of due) {
        const { id, nextAttemptAt, attempts } = row;
        const taken = { nextAttemptAt: now + forMs, attempts: attempts + 1 };
        if ((await tx.update(WebhookDelivery, { id, nextAttemptAt }, taken)).affected === 1) {
          claimed.push(Object.assign(new WebhookDelivery(), row, taken));
        }
      }
      return claimed;
    });
  }

  async postpone(
    tx: EntityManager,
    { id, attempts }: Pick<WebhookDelivery, 'id' | 'attempts'>,
    nextAttemptAt: number,
  ): Promise<void> {
    await tx.update(WebhookDelivery, { id }, { nextAttemptAt, attempts });
  }

  async remove(tx: EntityManager, { id }: WebhookDelivery): Promise<void> {
    await tx.delete(WebhookDelivery, { id });
  }

  /** How many there were. */
  async removeAllOf(
    tx: EntityManager,
    { hubId, id }: { readonly hubId: string; readonly id: string },
  ): Promise<number> {
    const those = { hubId, subscriptionId: id };
    const waiting = await tx.countBy(WebhookDelivery, those);
    await tx.delete(WebhookDelivery, those);
    return waiting;
  }

  /** Wipes at most so many of the hub, and then its quota, in a transaction of its own; false when nothing is left. */
  async wipeSome(hubId: string, limit: number): Promise<boolean> {
    const some = 'SELECT id FROM webhook_delivery WHERE hub_id = ? LIMIT ?';
    const ids = (await this.database.query<{ id: string }>(some, [hubId, limit])).map(({ id }) => id);
    if (ids.length > 0) {
      await this.database.transaction((tx) => tx.delete(WebhookDelivery, { hubId, id: In(ids) }));
      return true;
    }
    if (!(await this.database.reader.existsBy(WebhookQuota, { hubId }))) {
      return false;
    }
    await this.database.transaction((tx) => tx.delete(WebhookQuota, { hubId }));
    return true;
  }

  /** What no hub will send any more: of hubs that are gone, or shut for longer than anything is tried. */
  async removeBefore(time: number): Promise<void> {
    await this.database.transaction((tx) => tx.query('DELETE FROM webhook_delivery WHERE created_at < ?', [time]));
  }

  /** Hubs with drops that the activity does not know of, and was told of none since. */
  untold(before: number): Promise<WebhookQuota[]> {
    return this.database.reader
      .createQueryBuilder(WebhookQuota, 'q')
      .where('q.dropped > 0 AND q.toldAt <= :before', { before })
      .getMany();
  }

  /** How many were dropped since the last time; whoever asks first gets them. */
  async takeDropped(tx: EntityManager, hubId: string, now: number): Promise<number> {
    const quota = await this.lockQuota(tx, hubId);
    if (quota) {
      await tx.update(WebhookQuota, { hubId }, { dropped: 0, toldAt: now });
    }
    return quota?.dropped ?? 0;
  }

  private async takeRoom(tx: EntityManager, hubId: string, wanted: number, now: number): Promise<number> {
    const quota = await this.lockQuota(tx, hubId);
    if (!quota) {
      return 0;
    }
    const [minute, day] = [Math.floor(now / MINUTE_MS), Math.floor(now / DAY_MS)];
    const minuteCount = quota.minute === minute ? quota.minuteCount : 0;
    const dayCount = quota.day === day ? quota.dayCount : 0;
    const waiting = await tx.countBy(WebhookDelivery, { hubId });
    const rooms = [wanted, PER_MINUTE_MAX - minuteCount, PER_DAY_MAX - dayCount, WAITING_MAX - waiting];
    const room = Math.max(0, Math.min(...rooms));
    const dropped = quota.dropped + wanted - room;
    const counts = { minute, minuteCount: minuteCount + room, day, dayCount: dayCount + room, dropped };
    await tx.update(WebhookQuota, { hubId }, counts);
    return room;
  }

  /** An update locks the row on every database until the transaction ends. */
  private async lockQuota(tx: EntityManager, hubId: string): Promise<WebhookQuota | null> {
    await tx.query('UPDATE webhook_quota SET day = day WHERE hub_id = ?', [hubId]);
    return tx.findOneBy(WebhookQuota, { hubId });
  }
}
