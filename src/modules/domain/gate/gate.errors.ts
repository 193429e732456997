import { ForbiddenError } from '../../../common/errors/index.js';

/** 403: a rule of the host denies it. What the rule asks of a request stays with who wrote it. */
export class FirewallError extends ForbiddenError {
  constructor(reason: string | null) {
    const why = reason === null || reason === '' ? '.' : `: ${reason}`;
    super(`A rule of this host refuses the request${why}`, {}, '403.firewall');
  }
}
