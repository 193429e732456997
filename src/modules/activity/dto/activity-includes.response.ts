import { type PublicAccount } from '../public-accounts.js';

class AccountNameResponse {
  /** @example "Ada" */
  first: string;
  /** @example "Lovelace" */
  last: string;
}

class AccountEmailResponse {
  /** @example ada@example.com */
  address: string;
}

class SecondFactorResponse {
  /** @example true */
  verified: boolean;
}

/** What everybody in the hub may know of a person. */
export class ActivityAccountResponse implements PublicAccount {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  name: AccountNameResponse;
  email: AccountEmailResponse;
  two_factor_auth: SecondFactorResponse;
}

/** What an activity was about, as it is called now. */
export class ActivityComponentNameResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example api_key */
  type: string;
  /** @example "ERP sync" */
  name: string;
}
