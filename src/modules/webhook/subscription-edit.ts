import { createHash } from 'node:crypto';
import { creatorOf, type Mutation } from '../../access/index.js';
import { newId } from '../../common/ids.js';
import { bornOf } from '../../database/index.js';
import { AlertSubscription } from './alert-subscription.entity.js';
import { type CreateAlertSubscriptionDto, type UpdateAlertSubscriptionDto } from './dto/subscription.dto.js';

/** Still without its secret, whose seal needs the id. */
export function newSubscription({ actor, now }: Mutation, input: CreateAlertSubscriptionDto): AlertSubscription {
  return Object.assign(new AlertSubscription(), {
    id: newId(now),
    hubId: actor.hubId,
    groupId: input.group_id ?? null,
    url: input.url,
    description: input.description ?? null,
    secret: null,
    previousSecret: null,
    previousEndsAt: null,
    state: 'active',
    stateChangedAt: now,
    failures: 0,
    delivered: 0,
    failed: 0,
    dropped: 0,
    lastDeliveredAt: null,
    lastFailedAt: null,
    lastFailure: null,
    revision: 1,
    ...bornOf(creatorOf(actor), now),
  } as const);
}

/** What the change sets; undefined leaves. A state that is asked for begins anew, so that `failing` can become `active`. */
export function editOf(
  subscription: AlertSubscription,
  { url, group_id, description, state }: UpdateAlertSubscriptionDto,
  now: number,
): Partial<AlertSubscription> {
  const moves = state !== undefined && state !== subscription.state;
  return {
    ...(url !== undefined && { url }),
    ...(group_id !== undefined && { groupId: group_id }),
    ...(description !== undefined && { description }),
    ...(moves && { state, stateChangedAt: now, failures: 0 }),
    revision: subscription.revision + 1,
    updatedAt: now,
  };
}

/** What the audit compares. The path of an address is often its password, so only a digest tells that it changed. */
export function subscriptionFacts({ url, groupId, description, state }: AlertSubscription): Record<string, unknown> {
  const digest = createHash('sha256').update(url).digest('hex').slice(0, 16);
  return { address: new URL(url).origin, address_digest: digest, group_id: groupId, description, state };
}
