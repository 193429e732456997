import { Injectable } from '@nestjs/common';
import { authorizeData, creatorOf, type DataRight, GROUP_ALERTS, type Principal } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { Database } from '../../database/index.js';
import { AlertNoticeQueue } from './alert-notice-queue.js';
import { type GroupOfAlerts } from './alert-count.repository.js';
import { type AlertRange } from './alert-page.js';
import { AlertRate } from './alert-rate.js';
import { AlertStore } from './alert-store.js';
import { type AlertPriority } from './alert-type.js';
import { Alert } from './alert.entity.js';
import { AlertNotFoundError } from './alert.errors.js';
import { AlertRepository } from './alert.repository.js';

/** Alerts that one transaction solves or removes: short enough never to hold the one writer of SQLite for long. */
const AT_ONCE = 100;
/** Alerts that one request solves or removes. */
export const ALERTS_PER_REQUEST_MAX = 2000;

export interface AlertInput {
  readonly priority: AlertPriority;
  readonly message: string;
  readonly boxId: string | null;
  readonly boxName: string | null;
}

export type AlertQuery = Pick<AlertRange, 'solved' | 'priorities' | 'since' | 'skip' | 'take'>;

export interface AlertPageResult {
  readonly alerts: readonly Alert[];
  readonly more: boolean;
}

/** How many alerts something was done to, and whether there may be more. */
export interface Counted {
  readonly count: number;
  readonly more: boolean;
}

/** The alerts of the caller's own user group. Those of others are as if they were not there. */
@Injectable()
export class AlertService {
  constructor(
    private readonly alerts: AlertRepository,
    private readonly store: AlertStore,
    private readonly notices: AlertNoticeQueue,
    private readonly rate: AlertRate,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Whoever has subscribed hears of it after the commit. */
  async send(principal: Principal, input: AlertInput): Promise<Alert> {
    const group = groupOf(principal, 'write');
    this.rate.take(principal.hubId, principal.record.subjectId);
    return this.database.transaction(async (tx) => {
      const alert = newAlert(principal, group, input, this.clock.now());
      await this.store.add(tx, alert);
      await this.notices.queue(tx, alert);
      return alert;
    });
  }

  /** The newest first. */
  async list(principal: Principal, query: AlertQuery): Promise<AlertPageResult> {
    const range = { ...groupOf(principal, 'read'), ...query };
    const found = await this.alerts.list({ ...range, take: query.take + 1 });
    return { alerts: found.slice(0, query.take), more: found.length > query.take };
  }

  async get(principal: Principal, id: string): Promise<Alert> {
    const { hubId, groupId } = groupOf(principal, 'read');
    const alert = await this.alerts.find(hubId, groupId, id);
    if (!alert) {
      throw new AlertNotFoundError();
    }
    return alert;
  }

  /** Solved already it stays as it is, and nobody is told again. */
  async solve(principal: Principal, id: string): Promise<Counted> {
    const { hubId, groupId } = groupOf(principal, 'write');
    return this.database.transaction(async (tx) => {
      const alert = await this.alerts.findLocked(tx, hubId, groupId, id);
      if (!alert) {
        throw new AlertNotFoundError();
      }
      if (alert.solved) {
        return { count: 0, more: false };
      }
      await this.alerts.solve(tx, alert, creatorOf(principal), this.clock.now());
      await this.notices.queue(tx, alert);
      return { count: 1, more: false };
    });
  }

  async solveAll(principal: Principal): Promise<Counted> {
    const { hubId, groupId } = groupOf(principal, 'write');
    return inParts(() =>
      this.database.transaction(async (tx) => {
        const by = creatorOf(principal);
        const solved = await this.alerts.solveSome(tx, hubId, groupId, AT_ONCE, by, this.clock.now());
        for (const alert of solved) {
          await this.notices.queue(tx, alert);
        }
        return solved.length;
      }),
    );
  }

  /** Solved or not. */
  async remove(principal: Principal, id: string): Promise<Counted> {
    const group = groupOf(principal, 'write');
    if (!(await this.alerts.find(group.hubId, group.groupId, id))) {
      throw new AlertNotFoundError();
    }
    const count = await this.database.transaction((tx) => this.store.remove(tx, group, [id]));
    if (count === 0) {
      throw new AlertNotFoundError();
    }
    return { count, more: false };
  }

  /** Only those that are solved: what nobody has dealt with never goes by accident. */
  async removeSolved(principal: Principal): Promise<Counted> {
    const group = groupOf(principal, 'write');
    return inParts(() => this.store.removeSolved(group, AT_ONCE));
  }
}

/** Rights are about the alerts of the caller's own group; without a group there are none. */
function groupOf(principal: Principal, right: DataRight): GroupOfAlerts {
  const { hubId, record } = principal;
  const groupId = record.group?.id ?? '';
  authorizeData(principal, right, { kind: GROUP_ALERTS, hubId, groupId });
  return { hubId, groupId };
}

async function inParts(part: () => Promise<number>): Promise<Counted> {
  let count = 0;
  let last = AT_ONCE;
  while (last === AT_ONCE && count < ALERTS_PER_REQUEST_MAX) {
    last = await part();
    count += last;
  }
  return { count, more: last === AT_ONCE };
}

function newAlert(principal: Principal, group: GroupOfAlerts, input: AlertInput, now: number): Alert {
  const { id, type } = creatorOf(principal);
  return Object.assign(new Alert(), {
    id: newId(now),
    ...group,
    ...input,
    solved: false,
    creatorType: type,
    creatorId: id,
    createdAt: now,
    solverType: null,
    solverId: null,
    solvedAt: null,
  });
}
