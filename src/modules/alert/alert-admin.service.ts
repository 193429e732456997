import { Injectable } from '@nestjs/common';
import { creatorOf, type Mutation, Mutations, type Principal } from '../../access/index.js';
import { type FilterRule, type ResourceQuery } from '../../common/query/index.js';
import { ID_PATTERN } from '../../common/ids.js';
import { ActivityRecorder } from '../activity/index.js';
import { AlertNoticeQueue } from './alert-notice-queue.js';
import { AlertStore } from './alert-store.js';
import { ALERT_TYPES, priorityOf, typeOf } from './alert-type.js';
import { type Alert } from './alert.entity.js';
import { AlertNotFoundError } from './alert.errors.js';
import { AlertRepository } from './alert.repository.js';

/** Newest first unless said. */
export const ALERT_SORTS = ['events.created'];
export const ALERT_FILTERS: Readonly<Record<string, FilterRule>> = {
  state: { values: ['new', 'solved'], multiple: true, description: 'Only new ones, or only solved ones.' },
  type: {
    values: ALERT_TYPES.map((type) => type.toLowerCase()),
    multiple: true,
    description: 'Only those of one of these types.',
  },
  group: { pattern: ID_PATTERN, description: 'Only those of this user group (its id).' },
  since: { time: true, description: 'Only those sent at this moment or later.' },
};

/** The alerts of every user group, also of deleted ones, for those who look after the hub. */
@Injectable()
export class AlertAdminService {
  constructor(
    private readonly alerts: AlertRepository,
    private readonly store: AlertStore,
    private readonly notices: AlertNoticeQueue,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
  ) {}

  list({ hubId }: Principal, { filter, sort, page }: ResourceQuery): Promise<Alert[]> {
    const { state, type, group, since } = filter;
    return this.alerts.list({
      hubId,
      groupId: group?.[0] ?? null,
      solved: state?.length === 1 ? state[0] === 'solved' : null,
      ...(type ? { priorities: type.flatMap((word) => priorityOf(word) ?? []) } : {}),
      since: since ? Date.parse(since[0]) : null,
      oldestFirst: sort.length > 0 && !sort[0].descending,
      skip: page.offset,
      take: page.size,
    });
  }

  async get({ hubId }: Principal, id: string): Promise<Alert> {
    return assertThere(await this.alerts.find(hubId, null, id));
  }

  /** Solved already it stays as it is. */
  solve(principal: Principal, id: string): Promise<Alert> {
    return this.mutations.run(principal, 'alerts-manage', async (mutation) => {
      const { tx, actor, now } = mutation;
      const alert = assertThere(await this.alerts.findLocked(tx, actor.hubId, null, id));
      if (!alert.solved) {
        await this.alerts.solve(tx, alert, creatorOf(actor), now);
        await this.notices.queue(tx, alert);
        await this.record(mutation, 'hub.alert.solve', alert, { state: 'new' }, { state: 'solved' });
      }
      return alert;
    });
  }

  /** The record keeps who deleted what kind of alert of which group, not what it said. */
  delete(principal: Principal, id: string): Promise<Alert> {
    return this.mutations.run(principal, 'alerts-manage', async (mutation) => {
      const { tx, actor } = mutation;
      const alert = assertThere(await this.alerts.find(actor.hubId, null, id));
      if ((await this.store.remove(tx, alert, [id])) === 0) {
        throw new AlertNotFoundError();
      }
      const facts = { type: typeOf(alert.priority), group_id: alert.groupId };
      await this.record(mutation, 'hub.alert.delete', alert, facts, {});
      return alert;
    });
  }

  private record(mutation: Mutation, event: string, { id }: Alert, before: object, after: object): Promise<void> {
    return this.activity.recordChange(mutation, event, { type: 'alert', id }, before, after);
  }
}

function assertThere(alert: Alert | null): Alert {
  if (!alert) {
    throw new AlertNotFoundError();
  }
  return alert;
}
