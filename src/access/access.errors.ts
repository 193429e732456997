import { ForbiddenError, UnauthenticatedError } from '../common/errors/index.js';

/** 401 with one text for every credential that does not exist, is garbled, disabled or deleted: nothing to learn. */
export class BadCredentialError extends UnauthenticatedError {
  constructor(what: string) {
    super(`${what} Check that it was copied whole and has not been revoked.`);
  }
}

/** 401: nothing was presented, or not in the way that this door asks for. */
export class MissingCredentialError extends UnauthenticatedError {}

export class ExpiredCredentialError extends UnauthenticatedError {
  constructor(what: string) {
    super(what, {}, '401.auth-expired');
  }
}

/** The key lives, but this secret of it was replaced or ended. */
export class EndedSecretError extends ExpiredCredentialError {
  constructor() {
    super('This secret of the API key has ended. Use the newer one.');
  }
}

export class AddressDeniedError extends ForbiddenError {
  constructor(address: string | null) {
    const seen = address ?? 'unknown';
    super(
      `The key may not be used from ${seen}. Ask for this address to be added to the key's ips.`,
      {},
      '403.invalid-ip',
    );
  }
}

export class WrongHubError extends ForbiddenError {
  constructor() {
    super(
      'X-Hub-Id does not name the hub of this credential. Leave it out, or send the right id.',
      {},
      '403.wrong-hub',
    );
  }
}

/** 403 that names the missing capability in `extra.capability`. */
export class MissingCapabilityError extends ForbiddenError {
  constructor(capability: string | undefined) {
    const detail = capability ? `The role lacks the capability ${capability}.` : 'The role does not allow this.';
    super(detail, capability ? { extra: { capability } } : {});
  }
}

export class MissingScopeError extends ForbiddenError {
  constructor(scope: string) {
    super(`The key lacks the scope ${scope}, or the token was issued without it.`, { extra: { scope } });
  }
}

export class MissingRightError extends ForbiddenError {
  constructor(right: string) {
    super(`The key's user group does not grant the right "${right}" here.`, { extra: { right } });
  }
}

/** 403: the actor would give away what it does not hold; lists exactly what. */
export class CeilingError extends ForbiddenError {
  constructor(missing: readonly string[], capability?: string) {
    const extra = { missing, ...(capability ? { capability } : {}) };
    super(`You cannot grant what you do not hold: ${missing.join('; ')}.`, { extra });
  }
}
