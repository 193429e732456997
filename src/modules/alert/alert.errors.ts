import { ConflictError, InvalidInputError, NotFoundError, TooManyRequestsError } from '../../common/errors/index.js';

/** Never was, was deleted, or belongs to another group or hub: all read the same. */
export class AlertNotFoundError extends NotFoundError {
  constructor() {
    super('hub.alert', 'There is no such alert.');
  }
}

/** 409: nothing may be thrown away by itself, because nobody has dealt with any of them yet. */
export class AlertsFullError extends ConflictError {
  constructor(whose: 'user group' | 'hub', maximum: number) {
    super(
      `The ${whose} has ${maximum} alerts, which is as many as can be, and none of the group’s is solved. ` +
        'Solve some (PUT …/alerts/solve) or delete some first.',
      { extra: { maximum } },
      '409.alerts-full',
    );
  }
}

export class TooManyAlertsError extends TooManyRequestsError {
  constructor(whose: 'key' | 'hub', maximum: number, retryAfterSeconds: number) {
    super(`This ${whose} sends more than ${maximum} alerts a minute. Wait, then try again.`, retryAfterSeconds);
  }
}

/** One alert by its id, or all of them: not neither, and not both. */
export class WhichAlertsError extends InvalidInputError {
  constructor(both: boolean) {
    super(
      both
        ? 'Send notificationId for one alert, or all for all of them, not both.'
        : 'Send notificationId for one alert, or {"all": true}.',
      { source: both ? '/all' : '/notificationId' },
      both ? '422.invalid-argument' : '422.missing-argument',
    );
  }
}
