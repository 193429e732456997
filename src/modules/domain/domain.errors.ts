import { ConflictError, InvalidInputError, NotFoundError } from '../../common/errors/index.js';

/** Never claimed, given up, or another hub's: all read the same. */
export class DomainNotFoundError extends NotFoundError {
  constructor() {
    super('hub.domain', 'There is no such domain in this hub.');
  }
}

export class HostNameError extends InvalidInputError {
  constructor() {
    super(
      'name is a host name such as shop.example.com: labels of letters, digits and hyphens, with at least one dot; ' +
        'without scheme, port, path, wildcard or percent-encoding, and no address.',
      { source: '/name' },
    );
  }
}

export class OwnHostError extends InvalidInputError {
  constructor(name: string) {
    super(`${name} is this server's own name or stands for the machine itself, so no hub can claim it.`, {
      source: '/name',
    });
  }
}

export class DomainClaimedError extends ConflictError {
  constructor(name: string) {
    super(`The hub has claimed ${name} already.`, { source: '/name' });
  }
}

export class TooManyDomainsError extends ConflictError {
  constructor(maximum: number) {
    super(
      `A hub has at most ${maximum} domains. Delete one that is not needed any more.`,
      { extra: { maximum } },
      '409.too-many-domains',
    );
  }
}

/** For the command line. */
export class DomainTakenError extends ConflictError {
  constructor(name: string) {
    super(`${name} is approved for another hub. Reject that claim first, or this one.`);
  }
}

/** For the command line. */
export class DomainApprovedError extends ConflictError {
  constructor(name: string) {
    super(`${name} is approved, and its rules act. Add --force to take it away from the hub with its rules and lists.`);
  }
}

/** For the command line. */
export class NoSuchClaimError extends NotFoundError {
  constructor(name: string, hubIds: readonly string[]) {
    const detail =
      hubIds.length > 1
        ? `${hubIds.length} hubs claim ${name}. Add --hub with one of: ${hubIds.join(', ')}.`
        : `No hub claims ${name}, or not the one that was named. See hubgate domain list.`;
    super('hub.domain', 'There is no such claim.', { detail });
  }
}

/** For the command line. */
export class DomainNotApprovedError extends NotFoundError {
  constructor(name: string) {
    super('hub.domain', 'There is no such domain.', {
      detail: `${name} is approved for no hub, so none of its rules act.`,
    });
  }
}
