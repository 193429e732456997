import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { Database } from '../../database/index.js';
import { type AlertNotice, payloadOf } from './alert-notice.js';
import { SubscriptionRepository } from './subscription.repository.js';
import { WebhookOutbox } from './webhook-outbox.js';
import { WebhookWorker } from './webhook-worker.js';

/** Tells subscribers of alerts: if and only if the alert commits, soon after, at least once. */
@Injectable()
export class AlertWebhooks {
  constructor(
    private readonly subscriptions: SubscriptionRepository,
    private readonly outbox: WebhookOutbox,
    private readonly worker: WebhookWorker,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Queues a message for whoever is subscribed to the alerts of its group. It calls nobody and never refuses: what
   * exceeds the hub's quota is dropped and counted.
   * @param tx the transaction of the alert; it is the current one
   */
  async queue(tx: EntityManager, notice: AlertNotice): Promise<void> {
    const { hubId, groupId } = notice;
    const subscribed = await this.subscriptions.findSubscribed(tx, hubId, groupId);
    if (subscribed.length === 0) {
      return;
    }
    const body = payloadOf(notice);
    const wanted = subscribed.map(({ id }) => ({ subscriptionId: id, body }));
    const queued = await this.outbox.insert(tx, hubId, wanted, this.clock.now());
    const left = subscribed.slice(queued.length).map(({ id }) => id);
    await this.subscriptions.count(tx, left, 'dropped');
    this.database.afterTransaction((outcome) => outcome === 'committed' && this.worker.wake());
  }
}
