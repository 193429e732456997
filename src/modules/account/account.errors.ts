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
