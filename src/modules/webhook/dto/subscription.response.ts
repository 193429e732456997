import {
  contractTime,
  CreatorResponse,
  EventsResponse,
  isoOrNull,
  StateResponse,
} from '../../../common/http/contract.js';
import { taggedBy } from '../../../common/http/entity-tags.js';
import { type AlertSubscription } from '../alert-subscription.entity.js';
import { SECRET_PREFIX } from '../webhook-secret.js';

/** What became of the messages so far. */
class DeliveriesResponse {
  /** Arrived. @example 120 */
  delivered: number;
  /** Calls that failed; each message is tried for three days. @example 2 */
  failed: number;
  /** Never sent, or given up. @example 0 */
  dropped: number;
  /** @example 2026-03-01T08:00:00.000Z */
  last_delivered_at: string | null;
  /** @example 2026-03-01T07:59:00.000Z */
  last_failed_at: string | null;
  /** Why the last failed call failed: `network-refused`, `unresolved`, `unreachable`, `timeout`, `too-long`, `bad-answer`, or a status. @example "status 500" */
  last_failure: string | null;
}

/** An address that is told of alerts. */
export class AlertSubscriptionResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  hub_id: string;
  /** Null = the alerts of every user group. @example null */
  group_id: string | null;
  /** @example https://hooks.example.com/alerts */
  url: string;
  /** @example "Night shift" */
  description: string | null;
  /** Whole once, in the answer that made it; masked ever after. @example whsec_**** */
  secret: string;
  /** Until when calls are signed with the secret before, too; null = no rotation is under way. @example null */
  previous_secret_ends_at: string | null;
  /** `active`, `failing` (the last calls failed; it is still tried) or `off`. */
  state: StateResponse;
  deliveries: DeliveriesResponse;
  creator: CreatorResponse;
  events: EventsResponse;

  /** @param secret the whole one, for whoever made it just now */
  static from(subscription: AlertSubscription, secret = `${SECRET_PREFIX}****`): AlertSubscriptionResponse {
    const { id, hubId, groupId, url, description, state, stateChangedAt, previousEndsAt } = subscription;
    const { creatorId, creatorType, delivered, failed, dropped } = subscription;
    return taggedBy(subscription, {
      id,
      hub_id: hubId,
      group_id: groupId,
      url,
      description,
      secret,
      previous_secret_ends_at: isoOrNull(previousEndsAt),
      state: { current: state, changed: contractTime(stateChangedAt) },
      deliveries: {
        delivered,
        failed,
        dropped,
        last_delivered_at: isoOrNull(subscription.lastDeliveredAt),
        last_failed_at: isoOrNull(subscription.lastFailedAt),
        last_failure: subscription.lastFailure,
      },
      creator: { id: creatorId, type: creatorType },
      events: EventsResponse.from(subscription),
    });
  }
}

/** A message that was queued. */
export class QueuedTestResponse {
  /** As in the header `webhook-id` of the call. @example 0199e2f1c4d05b6e7f809112 */
  webhook_id: string;
}
