import { contractTime } from '../../../common/http/contract.js';
import { type Account } from '../account.entity.js';

class AccountNameResponse {
  /** @example Ada */
  first: string;
  /** @example Example */
  last: string;
}

class AccountEmailResponse {
  /** @example ada@example.com */
  address: string;
}

class TwoFactorResponse {
  /** Whether a second factor is asked for when they sign in; false of who is no member. @example true */
  verified: boolean;
}

class PublicAccountEventsResponse {
  /** The zero time of who is no member. @example 2026-03-01T08:00:00.000Z */
  last_login: string;
}

/** What members of a hub see of each other, and of who left the name and address (management contract §2.4, PublicAccount). */
export class PublicAccountResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  name: AccountNameResponse;
  email: AccountEmailResponse;
  two_factor_auth: TwoFactorResponse;
  events: PublicAccountEventsResponse;

  /** @param isMember of a hub of whoever sees it; how somebody signs in elsewhere is nobody's business */
  static from(
    { id, firstName, lastName, email, totpConfirmedAt, lastLoginAt }: Account,
    isMember: boolean,
  ): PublicAccountResponse {
    return {
      id,
      name: { first: firstName, last: lastName },
      email: { address: email },
      two_factor_auth: { verified: isMember && totpConfirmedAt !== null },
      events: { last_login: contractTime(isMember ? lastLoginAt : null) },
    };
  }
}
