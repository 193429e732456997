import { type CeilingError } from '../../access/index.js';
import { ForbiddenError, InvalidInputError, NotFoundError } from '../../common/errors/index.js';

export class ApiKeyNotFoundError extends NotFoundError {
  constructor() {
    super('hub.api-key', 'There is no such API key in this hub.');
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
