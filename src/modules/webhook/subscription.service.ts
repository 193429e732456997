import { Injectable } from '@nestjs/common';
import { assertMayGrant, authorize, type Mutation, Mutations, type Principal } from '../../access/index.js';
import { TooManyRequestsError } from '../../common/errors/index.js';
import { newId } from '../../common/ids.js';
import { Precondition } from '../../common/precondition.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { Database } from '../../database/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { GroupService } from '../group/index.js';
import { testPayload } from './alert-notice.js';
import { AlertSubscription } from './alert-subscription.entity.js';
import { type CreateAlertSubscriptionDto, type UpdateAlertSubscriptionDto } from './dto/subscription.dto.js';
import { editOf, newSubscription, subscriptionFacts } from './subscription-edit.js';
import { SubscriptionSecrets } from './subscription-secrets.js';
import { SubscriptionRepository } from './subscription.repository.js';
import {
  SubscriptionNotFoundError,
  SubscriptionOffError,
  TooManySubscriptionsError,
  UnknownGroupError,
} from './subscription.errors.js';
import { WebhookOutbox } from './webhook-outbox.js';
import { OVERLAP_SECONDS } from './webhook-secret.js';
import { WebhookWorker } from './webhook-worker.js';

export const SUBSCRIPTIONS_MAX = 50;
const CAPABILITY = 'alerts-manage';
const SECOND_MS = 1000;
const RETRY_SECONDS = 60;

/** What a subscription does: a key that is bound to addresses, or ends, would leave behind more than it has. */
const SENDS_FOR_EVER = { widens: true };

/** A subscription with the only copy of its new secret. */
export interface WithSecret {
  readonly subscription: AlertSubscription;
  readonly secret: string;
}

/** Who is told of alerts. The capability is about the alerts of every user group, so no group limits its holders here. */
@Injectable()
export class SubscriptionService {
  constructor(
    private readonly subscriptions: SubscriptionRepository,
    private readonly outbox: WebhookOutbox,
    private readonly secrets: SubscriptionSecrets,
    private readonly groups: GroupService,
    private readonly worker: WebhookWorker,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
    private readonly database: Database,
  ) {}

  list(principal: Principal, query: ResourceQuery): Promise<AlertSubscription[]> {
    return this.subscriptions.list(principal.hubId, query);
  }

  async get(principal: Principal, id: string): Promise<AlertSubscription> {
    const subscription = await this.subscriptions.find(principal.hubId, id);
    if (!subscription) {
      throw new SubscriptionNotFoundError();
    }
    authorize(principal, 'read', subscription);
    return subscription;
  }

  create(principal: Principal, input: CreateAlertSubscriptionDto): Promise<WithSecret> {
    return this.mutations.run(principal, CAPABILITY, async (mutation) => {
      const { tx, actor } = mutation;
      assertMayGrant(actor, SENDS_FOR_EVER);
      await this.assertGroup(mutation, input.group_id);
      if ((await this.subscriptions.countOf(tx, actor.hubId)) >= SUBSCRIPTIONS_MAX) {
        throw new TooManySubscriptionsError(SUBSCRIPTIONS_MAX);
      }
      const subscription = newSubscription(mutation, input);
      const { text, sealed } = this.secrets.make(subscription);
      subscription.secret = sealed;
      await this.subscriptions.insert(tx, subscription);
      await this.outbox.openQuota(tx, actor.hubId);
      await this.record(mutation, 'create', subscription, {}, subscriptionFacts(subscription));
      return { subscription, secret: text };
    });
  }

  update(
    principal: Principal,
    id: string,
    input: UpdateAlertSubscriptionDto,
    precondition = Precondition.NONE,
  ): Promise<AlertSubscription> {
    return this.mutations.run(principal, CAPABILITY, async (mutation) => {
      const subscription = await this.getEditable(mutation, id);
      if (widens(input)) {
        assertMayGrant(mutation.actor, SENDS_FOR_EVER);
      }
      precondition.assertHolds(subscription);
      if (input.group_id !== subscription.groupId) {
        await this.assertGroup(mutation, input.group_id);
      }
      const before = subscriptionFacts(subscription);
      await this.write(mutation, subscription, editOf(subscription, input, mutation.now));
      if (subscription.state === 'off') {
        await this.forgetWaiting(mutation, subscription);
      }
      await this.record(mutation, 'update', subscription, before, subscriptionFacts(subscription));
      return subscription;
    });
  }

  /** The row stays, without its secrets and the path of its address; what waits is not sent any more. */
  delete(principal: Principal, id: string, precondition = Precondition.NONE): Promise<AlertSubscription> {
    return this.mutations.run(principal, CAPABILITY, async (mutation) => {
      const subscription = await this.getEditable(mutation, id);
      precondition.assertHolds(subscription);
      const { url } = subscription;
      await this.end(mutation, subscription);
      return Object.assign(new AlertSubscription(), subscription, { url });
    });
  }

  /** Deleted from now on; who calls has asked whether it may be. */
  async end(mutation: Mutation, subscription: AlertSubscription): Promise<void> {
    const { tx, now } = mutation;
    const before = subscriptionFacts(subscription);
    const { origin } = new URL(subscription.url);
    const gone = { deletedAt: now, secret: null, previousSecret: null, previousEndsAt: null, url: origin };
    await this.write(mutation, subscription, { ...gone, revision: subscription.revision + 1 });
    await this.outbox.removeAllOf(tx, subscription);
    await this.record(mutation, 'delete', subscription, before, {});
  }

  /** For a while calls are signed with both, so that the receiver can change over when it likes. */
  rotate(principal: Principal, id: string, overlapSeconds = OVERLAP_SECONDS): Promise<WithSecret> {
    return this.mutations.run(principal, CAPABILITY, async (mutation) => {
      const { now } = mutation;
      const subscription = await this.getEditable(mutation, id);
      const { text, sealed } = this.secrets.make(subscription);
      const both = overlapSeconds > 0;
      const previousEndsAt = both ? now + overlapSeconds * SECOND_MS : null;
      await this.write(mutation, subscription, {
        secret: sealed,
        previousSecret: both ? subscription.secret : null,
        previousEndsAt,
        revision: subscription.revision + 1,
        updatedAt: now,
      });
      await this.record(mutation, 'rotate', subscription, {}, { previous_secret_ends_at: previousEndsAt });
      return { subscription, secret: text };
    });
  }

  /** Queues a message as an alert would, within the same quota. Returns its id. */
  test(principal: Principal, id: string): Promise<string> {
    return this.mutations.run(principal, CAPABILITY, async (mutation) => {
      const { tx, actor, now } = mutation;
      const subscription = await this.getEditable(mutation, id);
      if (subscription.state === 'off') {
        throw new SubscriptionOffError();
      }
      const wanted = [{ subscriptionId: id, body: testPayload(newId(now), now) }];
      const [queued] = await this.outbox.insert(tx, actor.hubId, wanted, now);
      if (!queued) {
        throw new TooManyRequestsError('The hub has queued as many messages as it may. Try later.', RETRY_SECONDS);
      }
      await this.record(mutation, 'test', subscription, {}, {});
      this.database.afterTransaction((outcome) => outcome === 'committed' && this.worker.wake());
      return queued.id;
    });
  }

  private async getEditable({ tx, actor }: Mutation, id: string): Promise<AlertSubscription> {
    const subscription = await this.subscriptions.find(actor.hubId, id, tx);
    if (!subscription) {
      throw new SubscriptionNotFoundError();
    }
    authorize(actor, 'update', subscription);
    return subscription;
  }

  private async assertGroup({ tx, actor }: Mutation, groupId: string | null | undefined): Promise<void> {
    if (groupId && !(await this.groups.findFacts(tx, actor.hubId, groupId))) {
      throw new UnknownGroupError();
    }
  }

  private async write(
    { tx }: Mutation,
    subscription: AlertSubscription,
    columns: Partial<AlertSubscription>,
  ): Promise<void> {
    await this.subscriptions.update(tx, subscription, columns);
    Object.assign(subscription, columns);
  }

  private async forgetWaiting({ tx }: Mutation, subscription: AlertSubscription): Promise<void> {
    const waiting = await this.outbox.removeAllOf(tx, subscription);
    await this.subscriptions.count(tx, [subscription.id], 'dropped', waiting);
    subscription.dropped += waiting;
  }

  private async record(
    mutation: Mutation,
    verb: string,
    { id }: AlertSubscription,
    before: object,
    after: object,
  ): Promise<void> {
    const component = { type: 'alert_subscription', id };
    await this.activity.recordChange(mutation, `hub.alert-subscription.${verb}`, component, before, after);
  }
}

/** Whether more may go out afterwards, or elsewhere. To switch off and to describe is nothing of the kind. */
function widens({ url, group_id, state }: UpdateAlertSubscriptionDto): boolean {
  return url !== undefined || group_id !== undefined || state === 'active';
}
