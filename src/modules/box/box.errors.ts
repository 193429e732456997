import { ConflictError, InvalidInputError, NotFoundError, TooManyRequestsError } from '../../common/errors/index.js';

/** Never was, was deleted, belongs to another hub, or may not be seen: all read the same. */
export class BoxNotFoundError extends NotFoundError {
  constructor() {
    super('hub.box', 'There is no such box in this hub.');
  }
}

export class BoxIdTakenError extends ConflictError {
  constructor(boxId: string) {
    super(`A box with the box id "${boxId}" exists already. Box ids are compared without case.`, {
      source: '/box_id',
    });
  }
}

export class BoxAddressError extends InvalidInputError {
  constructor() {
    super('address is host, host:port, or either behind http:// or https://, without a path; or null.', {
      source: '/address',
    });
  }
}

export class NoBoxTokenError extends ConflictError {
  constructor() {
    super('The box has no token to end.', {}, '409.not-begun');
  }
}

export class TooManyReportsError extends TooManyRequestsError {
  constructor(perMinute: number) {
    super(`A box may report ${perMinute} times a minute. Report less often.`, 60);
  }
}
