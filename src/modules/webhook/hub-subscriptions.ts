import { Injectable } from '@nestjs/common';
import { type Mutation } from '../../access/index.js';
import { SubscriptionRepository } from './subscription.repository.js';
import { SubscriptionService } from './subscription.service.js';
import { WebhookOutbox } from './webhook-outbox.js';

/** The subscriptions of a hub all together, for what ends whole hubs. */
@Injectable()
export class HubSubscriptions {
  constructor(
    private readonly subscriptions: SubscriptionRepository,
    private readonly service: SubscriptionService,
    private readonly outbox: WebhookOutbox,
  ) {}

  /** Ends at most so many, each with its activity and without its secrets. Returns how many there were. */
  async endSome(mutation: Mutation, limit: number): Promise<number> {
    const some = await this.subscriptions.findSome(mutation.tx, mutation.actor.hubId, limit);
    for (const subscription of some) {
      await this.service.end(mutation, subscription);
    }
    return some.length;
  }

  /** Wipes at most so many messages that wait, in a transaction of its own; false when nothing of them is left. */
  wipeSome(hubId: string, limit: number): Promise<boolean> {
    return this.outbox.wipeSome(hubId, limit);
  }
}
