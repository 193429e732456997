import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../../common/errors/index.js';

export class HubNotFoundError extends NotFoundError {
  constructor() {
    super('hub', 'There is no such hub.');
  }
}

/** For the command line only: at the doors it would tell of hubs that are not the caller's. */
export class HubNameTakenError extends ConflictError {
  constructor(name: string) {
    super(`A hub named "${name}" exists already. Choose another name; names are compared without case.`);
  }
}

export class HubNameInvalidError extends InvalidInputError {
  constructor() {
    super('A hub name has 1 to 200 characters, not all of them blank.', { source: '/name' });
  }
}

/** Whoever demands a second factor shows that they have one: nobody locks everybody out, themselves included. */
export class ProveSecondFactorError extends ForbiddenError {
  constructor() {
    super(
      'Sign in with a second factor first: with force_2fa, members get in with one only, you included.',
      { source: '/security/force_2fa' },
      '403.2fa-required',
    );
  }
}

/** A key has no second factor; only root could put right what it does to people. */
export class ForceSecondFactorByKeyError extends ForbiddenError {
  constructor() {
    super(
      'A key can set force_2fa only with the root role. A member who signed in with a second factor can, too.',
      { source: '/security/force_2fa' },
      '403.not-allowed',
    );
  }
}
