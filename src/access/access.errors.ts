import { ConflictError, ForbiddenError, UnauthenticatedError } from '../common/errors/index.js';

/** 401 with one text for every credential that does not exist, is garbled, disabled or deleted: nothing to learn. */
export class BadCredentialError extends UnauthenticatedError {
  constructor(what: string) {
    super(`${what} Check that it was copied whole and has not been revoked.`);
  }
}

/** 401: nothing was presented, or not in the way that this door asks for. */
export class MissingCredentialError extends UnauthenticatedError {}

/** 403: a rule of the host denies it. What the rule asks of a request stays with who wrote it. */
export class FirewallError extends ForbiddenError {
  constructor(reason: string | null) {
    const why = reason === null || reason === '' ? '.' : `: ${reason}`;
    super(`A rule of this host refuses the request${why}`, {}, '403.firewall');
  }
}

/** 401: a rule of the host lets in only who shows a credential. */
export class ChallengedError extends UnauthenticatedError {
  constructor(detail: string) {
    super(detail, {}, '401.firewall');
  }
}

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

/** 403: the hub lets members in with a second factor only, and this session has proved none. */
export class SecondFactorRequiredError extends ForbiddenError {
  constructor() {
    super(
      'This hub asks its members for a second factor. Set one up (POST /v1/account/two-factor) and sign in with it.',
      {},
      '403.2fa-required',
    );
  }
}

/** 403: the password was handed out by the server. */
export class NewPasswordRequiredError extends ForbiddenError {
  constructor() {
    super('Choose a password of your own first: PUT /v1/account/password.', {}, '403.not-ready');
  }
}

/** 403: only a person has an account; a key does not. */
export class SessionRequiredError extends ForbiddenError {
  constructor() {
    super(
      'This is for people: sign in (POST /v1/auth/login) and send the session as the bearer.',
      {},
      '403.not-allowed',
    );
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

/** 403: the hub takes its keys and their tokens at its own hosts only, and this one is none of them. */
export class WrongDomainError extends ForbiddenError {
  constructor() {
    super(
      "The hub of this key takes it only at the hub's own domains. Send the request to one of them.",
      {},
      '403.wrong-domain',
    );
  }
}

/** 409: the change would shut out whoever makes it. */
export class LockOutError extends ConflictError {
  constructor(what: string, source?: string) {
    super(`${what} Send it with ?force=true to have it nevertheless.`, { source }, '409.lock-out');
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

/** 403: a session that is at home in several hubs, or in none, and does not say which it means. */
export class HubNotNamedError extends ForbiddenError {
  constructor(hubs: number) {
    const detail =
      hubs === 0
        ? 'You are a member of no hub. Accept an invite (GET /v1/account/invites), or ask for one.'
        : 'You are a member of several hubs: send X-Hub-Id with the id of one of them (GET /v1/hubs).';
    super(detail, {}, '403.wrong-hub');
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
