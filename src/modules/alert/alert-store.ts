import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { BadCredentialError } from '../../access/index.js';
import { Database } from '../../database/index.js';
import { AlertCountRepository, type GroupOfAlerts } from './alert-count.repository.js';
import { type Alert } from './alert.entity.js';
import { AlertsFullError } from './alert.errors.js';
import { AlertRepository } from './alert.repository.js';

/** How many alerts are kept; beyond, the oldest solved ones of the group that sends make room. */
export const ALERTS_OF_GROUP_MAX = 20_000;
export const ALERTS_OF_HUB_MAX = 200_000;
/** How many make room at once, so that not every alert of a full group has to look for the oldest. */
const ROOM = 20;

/** Keeps alerts within their bounds, and ends them. */
@Injectable()
export class AlertStore {
  constructor(
    private readonly alerts: AlertRepository,
    private readonly counts: AlertCountRepository,
    private readonly database: Database,
  ) {}

  /** @throws AlertsFullError when there is no room, and no solved alert of the group that could make some */
  async add(tx: EntityManager, alert: Alert): Promise<void> {
    const stored = await this.counts.countOne(tx, alert);
    if (!(await this.alerts.isLive(tx, alert.hubId))) {
      throw new BadCredentialError('The access token is not valid.');
    }
    const full = stored.inGroup > ALERTS_OF_GROUP_MAX ? 'user group' : stored.inHub > ALERTS_OF_HUB_MAX ? 'hub' : null;
    if (full !== null && !(await this.makeRoom(tx, alert))) {
      throw new AlertsFullError(full, full === 'hub' ? ALERTS_OF_HUB_MAX : ALERTS_OF_GROUP_MAX);
    }
    await this.alerts.insert(tx, alert);
  }

  /** Removes those of the group among these that are there. Returns how many they were. */
  async remove(tx: EntityManager, group: GroupOfAlerts, ids: readonly string[]): Promise<number> {
    await this.counts.lock(tx, group);
    return this.counts.remove(tx, group, ids);
  }

  /** Removes at most so many solved alerts of the group, the oldest first, in a transaction of its own. */
  removeSolved(group: GroupOfAlerts, limit: number): Promise<number> {
    return this.database.transaction(async (tx) => {
      await this.counts.lock(tx, group);
      return this.counts.remove(tx, group, await this.counts.oldestSolved(tx, group, limit));
    });
  }

  /** Wipes at most so many alerts of the hub in a transaction of its own; false when nothing of them is left. */
  async wipeSome(hubId: string, limit: number): Promise<boolean> {
    const group = await this.counts.anyGroup(hubId);
    if (!group) {
      return false;
    }
    await this.database.transaction(async (tx) => {
      await this.counts.lock(tx, group);
      const ids = await this.counts.some(tx, group, limit);
      await this.counts.remove(tx, group, ids);
      if (ids.length < limit) {
        await this.counts.forget(tx, group);
      }
    });
    return true;
  }

  /** Removes at most so many alerts that were made before this moment, of whatever hub. Returns how many were found. */
  async removeOld(solved: boolean, before: number, limit: number): Promise<number> {
    const old = await this.counts.old(solved, before, limit);
    const groups = new Map(old.map((one) => [`${one.hubId} ${one.groupId}`, one]));
    for (const { hubId, groupId } of groups.values()) {
      const ids = old.filter((one) => one.hubId === hubId && one.groupId === groupId).map(({ id }) => id);
      await this.database.transaction((tx) => this.remove(tx, { hubId, groupId }, ids));
    }
    return old.length;
  }

  private async makeRoom(tx: EntityManager, group: GroupOfAlerts): Promise<boolean> {
    const oldest = await this.counts.oldestSolved(tx, group, ROOM);
    return (await this.counts.remove(tx, group, oldest)) > 0;
  }
}
