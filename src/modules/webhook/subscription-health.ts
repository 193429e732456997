import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { platformPrincipal } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { Database } from '../../database/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { AlertSubscription, type SubscriptionState } from './alert-subscription.entity.js';
import { backOffMs, GIVE_UP_AFTER_MS } from './back-off.js';
import { SubscriptionRepository } from './subscription.repository.js';
import { type WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookOutbox } from './webhook-outbox.js';

/** So many failed calls in a row, and the subscription is said to be failing. */
export const FAILING_AFTER = 5;

/** Keeps account of what became of each call, and says in the hub's activity when a subscription turns. */
@Injectable()
export class SubscriptionHealth {
  constructor(
    private readonly subscriptions: SubscriptionRepository,
    private readonly outbox: WebhookOutbox,
    private readonly activity: ActivityRecorder,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async arrived(subscription: AlertSubscription, delivery: WebhookDelivery): Promise<void> {
    await this.database.transaction(async (tx) => {
      const now = this.clock.now();
      await this.outbox.remove(tx, delivery);
      await this.subscriptions.count(tx, [subscription.id], 'delivered');
      await this.subscriptions.update(tx, subscription, { failures: 0, lastDeliveredAt: now });
      await this.turn(tx, subscription, 'failing', 'active', 'a call succeeded');
    });
  }

  /** The receiver said that it will never want any again (410). */
  async unwanted(subscription: AlertSubscription, failure: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.noteFailure(tx, subscription, failure);
      await this.switchOff(tx, subscription, 'the receiver answered 410 Gone');
    });
  }

  /** Tried again later, for three days; then given up, and so is a subscription that took nothing all that time. */
  async failed(subscription: AlertSubscription, delivery: WebhookDelivery, failure: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const now = this.clock.now();
      const { failures, lastDeliveredAt } = await this.noteFailure(tx, subscription, failure);
      if (failures >= FAILING_AFTER) {
        await this.turn(tx, subscription, 'active', 'failing', `${failures} calls in a row failed: ${failure}`);
      }
      if (now - delivery.createdAt < GIVE_UP_AFTER_MS) {
        await this.outbox.postpone(tx, delivery, now + backOffMs(delivery.attempts));
        return;
      }
      await this.outbox.remove(tx, delivery);
      await this.subscriptions.count(tx, [subscription.id], 'dropped');
      if ((lastDeliveredAt ?? 0) < delivery.createdAt) {
        await this.switchOff(tx, subscription, 'nothing could be delivered for three days');
      }
    });
  }

  /** It was not called, so nothing is counted. */
  async notTried(delivery: WebhookDelivery, pauseMs: number): Promise<void> {
    const { id, attempts } = delivery;
    const untried = { id, attempts: attempts - 1 };
    const at = this.clock.now() + pauseMs;
    await this.database.transaction((tx) => this.outbox.postpone(tx, untried, at));
  }

  /** Says how many messages a hub could not queue. */
  async tellDropped(hubId: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const now = this.clock.now();
      const dropped = await this.outbox.takeDropped(tx, hubId, now);
      if (dropped > 0) {
        await this.activity.record(tx, platformPrincipal(hubId), now, {
          event: 'hub.alert-subscription.drop',
          status: 'alert',
          component: { type: 'hub', id: hubId },
          annotations: { dropped },
        });
      }
    });
  }

  private async noteFailure(
    tx: EntityManager,
    { id }: AlertSubscription,
    lastFailure: string,
  ): Promise<Pick<AlertSubscription, 'failures' | 'lastDeliveredAt'>> {
    await this.subscriptions.noteFailure(tx, id, lastFailure, this.clock.now());
    return (await tx.findOneBy(AlertSubscription, { id })) ?? { failures: 0, lastDeliveredAt: null };
  }

  private async switchOff(tx: EntityManager, subscription: AlertSubscription, reason: string): Promise<void> {
    for (const from of ['active', 'failing'] as const) {
      await this.turn(tx, subscription, from, 'off', reason);
    }
    const waiting = await this.outbox.removeAllOf(tx, subscription);
    await this.subscriptions.count(tx, [subscription.id], 'dropped', waiting);
  }

  private async turn(
    tx: EntityManager,
    subscription: AlertSubscription,
    from: SubscriptionState,
    to: SubscriptionState,
    reason: string,
  ): Promise<void> {
    const now = this.clock.now();
    if (await this.subscriptions.move(tx, subscription, from, to, now)) {
      await this.activity.record(tx, platformPrincipal(subscription.hubId), now, {
        event: 'hub.alert-subscription.state',
        status: to === 'active' ? 'success' : 'alert',
        component: { type: 'alert_subscription', id: subscription.id },
        changes: { state: { before: from, after: to } },
        annotations: { reason },
      });
    }
  }
}
