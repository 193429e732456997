import { type CeilingError } from '../../access/index.js';
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../../common/errors/index.js';

export class ApiKeyNotFoundError extends NotFoundError {
  constructor() {
    super('hub.api-key', 'There is no such API key in this hub.');
  }
}

/** At the account door, which names keys by what they are called. */
export class HandleTakenError extends ConflictError {
  constructor(name: string) {
    super(`An API key named "${name}" exists already. Names are compared without case.`, { source: '/name' });
  }
}

export class UnaddressableNameError extends InvalidInputError {
  constructor() {
    super('A key cannot be named "." or "..": no URL could name it then.', { source: '/name' });
  }
}

export class UnknownRoleError extends InvalidInputError {
  constructor() {
    super('There is no such role in this hub. See GET /v1/hubs/current/roles.', { source: '/role_id' });
  }
}

export class UnknownGroupError extends InvalidInputError {
  constructor() {
    super('There is no such user group in this hub. See GET /v1/hubs/current/groups.', { source: '/group_id' });
  }
}

export class EmptyAddressListError extends InvalidInputError {
  constructor() {
    super('An empty list would let nobody in. Send null to lift the restriction.', { source: '/ips' });
  }
}

export class ExpiryInPastError extends InvalidInputError {
  constructor() {
    super('expires_at lies in the past. Send a later time, or null for a key that does not expire.', {
      source: '/expires_at',
    });
  }
}

export class LastRootKeyError extends ForbiddenError {
  constructor(keyId: string) {
    super(
      `The key ${keyId} is the last root key of the hub that lives without an end and works from your address. ` +
        'Make another one first, or nobody could get in.',
      { extra: { api_key: keyId } },
      '403.not-allowed',
    );
  }
}

/** A key that the actor may not touch, named: it may be another one than the one asked for. */
export class KeyInTheWayError extends ForbiddenError {
  constructor(keyId: string, { details: { detail = '', extra } }: CeilingError) {
    super(`${detail} The key in the way is ${keyId}.`, { extra: { ...extra, api_key: keyId } });
  }
}

export class OwnAddressError extends InvalidInputError {
  constructor() {
    super('These ips leave out the address you are calling from: the last root key of the hub would lock you out.', {
      source: '/ips',
    });
  }
}

export class SecretNotFoundError extends NotFoundError {
  constructor() {
    super('hub.api-key.secret', 'This API key has no such secret.');
  }
}

export class InactiveKeyError extends ForbiddenError {
  constructor() {
    const detail = 'The key is switched off, so a new secret would not work. Set its state to "live" first.';
    super(detail, {}, '403.invalid-state');
  }
}

export class KeyExpiredError extends ForbiddenError {
  constructor(expiredAt: number) {
    const since = new Date(expiredAt).toISOString();
    super(`The key has expired at ${since}. Give it a later expires_at first, or make a new key.`, {}, '403.expired');
  }
}

export class OverlapTooLongError extends InvalidInputError {
  constructor(longest: number) {
    super(
      `This hub allows an overlap of at most ${longest} seconds (security.rotation.max_overlap_seconds of the hub).`,
      { source: '/overlap_seconds', extra: { max_overlap_seconds: longest } },
      '422.max-exceeded',
    );
  }
}

/** The old secret of the rotation before still lives: a third one at a time would leave nobody sure who uses which. */
export class RotationRunningError extends ConflictError {
  constructor(secretId: string, endsAt: number) {
    const end = new Date(endsAt).toISOString();
    super(
      `The key is being rotated already: its older secret ${secretId} goes on until ${end}. ` +
        'Wait until then, or end one of the two with DELETE …/secrets/{id}.',
      { extra: { secret: secretId, ends_at: end } },
      '409.rotation-running',
    );
  }
}

export class RotatedMeanwhileError extends ConflictError {
  constructor() {
    super(
      'Somebody else rotated this key at the same time; their new secret is the valid one. See GET …/secrets.',
      {},
      '409.rotation-running',
    );
  }
}

export class LastSecretError extends ConflictError {
  constructor() {
    super(
      'This is the last live secret of the key. Rotate the key with overlap_seconds 0 to replace it, ' +
        'or switch the key off (state "inactive") or delete it.',
      {},
      '409.last-secret',
    );
  }
}
