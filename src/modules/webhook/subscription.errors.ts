import { ConflictError, InvalidInputError, NotFoundError } from '../../common/errors/index.js';

export class SubscriptionNotFoundError extends NotFoundError {
  constructor() {
    super('hub.alert-subscription', 'There is no such alert subscription in this hub.');
  }
}

export class UnknownGroupError extends InvalidInputError {
  constructor() {
    super('There is no such user group in this hub. Send the id of one, or null for the alerts of all.', {
      source: '/group_id',
    });
  }
}

export class TooManySubscriptionsError extends ConflictError {
  constructor(max: number) {
    super(
      `A hub has at most ${max} alert subscriptions. Delete one that is not needed any more.`,
      {},
      '409.too-many-subscriptions',
    );
  }
}

export class SubscriptionOffError extends ConflictError {
  constructor() {
    super('The subscription is off, so nothing is sent. Set its state to "active" first.', {}, '409.subscription-off');
  }
}
