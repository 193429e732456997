import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Database } from '../../database/index.js';
import { OutboundClient, OutboundFailure } from '../outbound/index.js';
import { type AlertSubscription } from './alert-subscription.entity.js';
import { SubscriptionHealth } from './subscription-health.js';
import { SubscriptionSecrets } from './subscription-secrets.js';
import { SubscriptionRepository } from './subscription.repository.js';
import { type WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookOutbox } from './webhook-outbox.js';
import { signatureHeaders } from './webhook-secret.js';

const ANSWER_WITHIN_MS = 10_000;
/** Nobody reads it; a receiver that says more than this is no receiver. */
const ANSWER_BYTES_MAX = 65_536;
const LEFT_ALONE_MS = 30_000;
const GONE = 410;

/** What became of one call: it arrived, it was not tried, or a short word for the failure. */
type Outcome = 'arrived' | 'not tried' | { readonly failure: string };

/** Sends one message and settles what becomes of it. */
@Injectable()
export class WebhookCaller {
  private readonly logger = new Logger('Webhooks');

  constructor(
    private readonly outbound: OutboundClient,
    private readonly subscriptions: SubscriptionRepository,
    private readonly secrets: SubscriptionSecrets,
    private readonly outbox: WebhookOutbox,
    private readonly health: SubscriptionHealth,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws whatever the database throws; the claim then ends by itself */
  async deliver(delivery: WebhookDelivery): Promise<void> {
    const subscription = await this.subscriptions.find(delivery.hubId, delivery.subscriptionId);
    if (!subscription || subscription.state === 'off') {
      await this.database.transaction((tx) => this.outbox.remove(tx, delivery));
      return;
    }
    await this.settle(subscription, delivery, await this.call(subscription, delivery));
  }

  private async call(subscription: AlertSubscription, { id, body }: WebhookDelivery): Promise<Outcome> {
    const now = this.clock.now();
    const signed = signatureHeaders(id, now, body, this.secrets.signing(subscription, now));
    try {
      const { status } = await this.outbound.send({
        hubId: subscription.hubId,
        purpose: 'webhook',
        url: subscription.url,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'hubgate', ...signed },
        body,
        timeoutMilliseconds: ANSWER_WITHIN_MS,
        maxAnswerBytes: ANSWER_BYTES_MAX,
        circuit: subscription.id,
      });
      return status >= 200 && status < 300 ? 'arrived' : { failure: `status ${status}` };
    } catch (error) {
      if (!(error instanceof OutboundFailure)) {
        throw error;
      }
      return error.kind === 'circuit-open' ? 'not tried' : { failure: error.kind };
    }
  }

  private async settle(subscription: AlertSubscription, delivery: WebhookDelivery, outcome: Outcome): Promise<void> {
    if (outcome === 'arrived') {
      return this.health.arrived(subscription, delivery);
    }
    if (outcome === 'not tried') {
      return this.health.notTried(delivery, LEFT_ALONE_MS);
    }
    const { failure } = outcome;
    this.logger.debug({ subscription: subscription.id, delivery: delivery.id, failure }, 'a webhook call failed');
    await (failure === `status ${GONE}`
      ? this.health.unwanted(subscription, failure)
      : this.health.failed(subscription, delivery, failure));
  }
}
