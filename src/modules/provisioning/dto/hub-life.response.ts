import { type CreatedApiKey } from '../../api-key/index.js';
import { type Hub, HubResponse } from '../../hub/index.js';
import { type Membership, MembershipResponse } from '../../member/index.js';

class HubMetaResponse {
  /** Your own membership; absent for a key, which is no member. */
  membership?: MembershipResponse;
}

/** A hub, with what `meta` asks for. */
export class HubWithMetaResponse extends HubResponse {
  meta?: HubMetaResponse;

  /** @param own null for a key; left out where it is not asked for */
  static withMembership(hub: Hub, own?: Membership | null): HubWithMetaResponse {
    const meta = own ? { membership: MembershipResponse.from(own) } : {};
    return Object.assign(new HubWithMetaResponse(), HubResponse.from(hub), own === undefined ? {} : { meta });
  }
}

class OwnerKeyResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** Shown this once. @example hgk_0199e2f1a0c34b5d6e7f8091_... */
  secret: string;
}

export class CreatedHubMetaResponse {
  /** The owner key of the new hub, where a key made it; null for a person, who is its root member. */
  api_key: OwnerKeyResponse | null;

  static from(made: CreatedApiKey | null): CreatedHubMetaResponse {
    return { api_key: made && { id: made.key.id, secret: made.secret } };
  }
}
