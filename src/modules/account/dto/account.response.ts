import { contractTime, EventsResponse, StateResponse } from '../../../common/http/contract.js';
import { type Account } from '../account.entity.js';

class AccountNameResponse {
  /** @example Ada */
  first: string;
  /** @example Lovelace */
  last: string;
}

class AccountEmailResponse {
  /** @example ada@example.com */
  address: string;
  /** Whether it was proved. @example true */
  verified: boolean;
  /** @example 2026-03-01T08:00:00.000Z */
  added: string;
}

class TwoFactorStateResponse {
  /** Whether a second factor is asked for. @example true */
  verified: boolean;
}

class AccountEventsResponse extends EventsResponse {
  /** The zero time until the first. @example 2026-03-01T08:00:00.000Z */
  last_login: string;
}

/** An account, in the management contract's shape (both spellings of allow_support_login, as it requires). */
export class AccountResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  name: AccountNameResponse;
  email: AccountEmailResponse;
  two_factor_auth: TwoFactorStateResponse | null;
  /** @example false */
  allow_support_login: boolean;
  /** @example false */
  allow_support_logins: boolean;
  state: StateResponse;
  events: AccountEventsResponse;

  static from(account: Account): AccountResponse {
    const { id, email, verifiedAt, createdAt, state, stateChangedAt } = account;
    return {
      id,
      name: nameOf(account),
      email: { address: email, verified: verifiedAt !== null, added: contractTime(createdAt) },
      two_factor_auth: account.totpConfirmedAt === null ? null : { verified: true },
      allow_support_login: false,
      allow_support_logins: false,
      state: { current: state, changed: contractTime(stateChangedAt) },
      events: eventsOf(account),
    };
  }
}

function eventsOf({ createdAt, updatedAt, deletedAt, lastLoginAt }: Account): AccountEventsResponse {
  return {
    created: contractTime(createdAt),
    updated: contractTime(updatedAt),
    deleted: contractTime(deletedAt),
    last_login: contractTime(lastLoginAt),
  };
}

function nameOf({ firstName, lastName }: Account): AccountNameResponse {
  return { first: firstName, last: lastName };
}

/** What a 202 says (management contract §5). There is no `job`: the work is done already. */
export class AccountDeletionResponse {
  /** @example account.delete */
  action: string;
}
