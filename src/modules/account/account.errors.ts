import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  TooManyRequestsError,
  UnauthenticatedError,
} from '../../common/errors/index.js';

export class AccountNotFoundError extends NotFoundError {
  constructor(detail = 'Check the e-mail address.') {
    super('account', 'There is no such account.', { detail });
  }
}

export class EmailTakenError extends ConflictError {
  constructor(email: string) {
    super(`An account with the address ${email} exists.`, { source: '/email' });
  }
}

export class EmailInvalidError extends InvalidInputError {
  constructor(source = '/email') {
    super('An e-mail address reads like name@example.com; letters beyond ASCII are not accepted.', { source });
  }
}

export class WeakPasswordError extends InvalidInputError {
  constructor(detail: string, source: string) {
    super(detail, { source });
  }
}

export class SessionNotFoundError extends NotFoundError {
  constructor() {
    super('account.session', 'There is no such session.', {
      detail: 'It may have ended. See GET /v1/account/sessions.',
    });
  }
}

/** 404 with one text for a token that was never issued, was used, or has ended. */
export class InviteTokenError extends NotFoundError {
  constructor() {
    const detail = 'The token was used, has ended, or the invite was taken back. Ask for a new invite.';
    super('hub.invitation', 'There is no such invite.', { detail, source: '/invite_token' });
  }
}

export class VerificationTokenError extends NotFoundError {
  constructor() {
    const detail = 'The token was used, has ended, or is not of this account. Ask for a new one.';
    super('email-verification', 'There is no such verification.', { detail, source: '/token' });
  }
}

export class AlreadyRegisteredError extends ConflictError {
  constructor() {
    super('You have an account with this address already. Sign in and accept the invite there.');
  }
}

export class AlreadyVerifiedError extends ConflictError {
  constructor() {
    super('The address of this account was proved already.');
  }
}

export class NoPendingSecretError extends ForbiddenError {
  constructor() {
    super('There is no secret to confirm. Begin with POST /v1/account/two-factor.', {}, '403.invalid-state');
  }
}

export class NoSecondFactorError extends ForbiddenError {
  constructor() {
    super('This account has no second factor.', {}, '403.invalid-state');
  }
}

/** 409: without this account nobody could get into these hubs any more. */
export class LastOwnerError extends ConflictError {
  constructor(hubs: readonly string[]) {
    const detail = 'You are the last way into a hub: make somebody else an owner, or delete the hub, first.';
    super(detail, { extra: { hubs } }, '409.in-use');
  }
}

/** The account was changed while this request was looking at it. */
export class ChangedMeanwhileError extends ConflictError {
  constructor() {
    super('The account was changed at the same time. Try again.');
  }
}

/** 401 with one text for everything that could be wrong: who has an account here is not told. */
export class SignInRefusedError extends UnauthenticatedError {
  constructor() {
    super('The e-mail address or the password is wrong, or the one-time password has ended.');
  }
}

/** The password was right; without more the door stays shut. */
export class CodeRequiredError extends ForbiddenError {
  constructor() {
    super('Send totp, a code of the authenticator app, or recovery_code.', {}, '403.2fa-required');
  }
}

export class CodeFailedError extends ForbiddenError {
  constructor() {
    super('The code is wrong, has ended, or was used before. Wait for the next one.', {}, '403.2fa-failed');
  }
}

export class WrongPasswordError extends ForbiddenError {
  constructor(source: string) {
    super('The current password is wrong.', { source }, '403.not-allowed');
  }
}

export class TooManyAttemptsError extends TooManyRequestsError {
  constructor(retryAfterSeconds: number) {
    super('Too many attempts failed. Wait, then try again.', retryAfterSeconds);
  }
}
