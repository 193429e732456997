import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  type ErrorDetails,
  TooManyRequestsError,
} from '../../common/errors/index.js';

const HOUR_SECONDS = 3600;

export class MemberNotFoundError extends NotFoundError {
  constructor() {
    super('hub.membership', 'There is no such member in this hub.');
  }
}

export class InviteNotFoundError extends NotFoundError {
  constructor(detail?: string) {
    super('hub.invitation', 'There is no such invite.', detail === undefined ? {} : { detail });
  }
}

export class UnknownRoleError extends InvalidInputError {
  constructor() {
    super('There is no such role in this hub. See GET /v1/hubs/current/roles.', { source: '/role_id' });
  }
}

export class RecipientInvalidError extends InvalidInputError {
  constructor() {
    super('An e-mail address reads like name@example.com; letters beyond ASCII are not accepted.', {
      source: '/recipient',
    });
  }
}

export class AlreadyMemberError extends ConflictError {
  constructor(details: ErrorDetails = {}) {
    super('This person is a member of the hub already. Change the role there instead.', details);
  }
}

export class AlreadyInvitedError extends ConflictError {
  constructor(email: string) {
    super(`${email} has a pending invite to this hub. Revoke it first to send another one.`, { source: '/recipient' });
  }
}

export class TooManyInvitesError extends InvalidInputError {
  constructor(max: number) {
    super(`A hub has at most ${max} pending invites. Revoke some first.`, {}, '422.max-exceeded');
  }
}

export class InvitedTooOftenError extends TooManyRequestsError {
  constructor(max: number) {
    super(`This address was invited to the hub ${max} times in a day. Try again tomorrow.`, HOUR_SECONDS);
  }
}

export class InviteEndedError extends ForbiddenError {
  constructor() {
    super('The invite has ended. Ask for another one.', {}, '403.expired');
  }
}

/** Who sent it has left, or may no longer give away this role. */
export class InviteVoidError extends ForbiddenError {
  constructor() {
    super('Who sent this invite may no longer give it: it is void. Ask for another one.', {}, '403.not-approved');
  }
}

export class AnswerMissingError extends InvalidInputError {
  constructor() {
    super('Send either "accept": true or "decline": true.', { source: '' }, '422.missing-argument');
  }
}

export class LastRootMemberError extends ForbiddenError {
  constructor() {
    super(
      'This is the last root member, and no root key that never ends works from your address. ' +
        'Make another root member or key first, or nobody could get in.',
      {},
      '403.not-allowed',
    );
  }
}

/** Somebody who steps down would leave keys above themselves, which they could then not touch any more. */
export class KeysAboveError extends ForbiddenError {
  constructor(keyIds: readonly string[]) {
    super(
      'Keys that you made would rank above you, and you could not touch them any more. ' +
        'Give them a lower role or delete them first; they are in extra.api_keys.',
      { extra: { api_keys: keyIds } },
      '403.not-allowed',
    );
  }
}
