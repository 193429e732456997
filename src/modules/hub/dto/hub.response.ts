import { contractTime, CreatorResponse, EventsResponse, StateResponse } from '../../../common/http/contract.js';
import { securityOf } from '../hub-security.js';
import { type Hub } from '../hub.entity.js';

class RotationPolicyResponse {
  /** How long an old secret of a key may go on beside the new one, at most. @example 604800 */
  max_overlap_seconds: number;
  /** Whether the use of a secret that has ended switches its key off. @example false */
  disable_on_reuse: boolean;
}

class HubSecurityResponse {
  force_2fa: boolean;
  /** Whether the keys of the hub and their tokens are taken at its own domains only. */
  require_domain: boolean;
  /** Whether the account door shows the secrets of keys again, to whoever could rotate them. @example false */
  readable_secrets: boolean;
  rotation: RotationPolicyResponse;
}

class HubWebhooksResponse {
  server_deployed: string | null;
  server_deleted: string | null;
}

/** A hub, in the management contract's shape. What this server has no use for is there and empty. */
export class HubResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example plant-nord */
  identifier: string;
  /** @example "Plant Nord" */
  name: string;
  creator: CreatorResponse;
  events: EventsResponse;
  state: StateResponse;
  security: HubSecurityResponse;
  webhooks: HubWebhooksResponse;
  /** Always null: nothing is billed here. */
  billing: object | null;
  integrations: object;

  static from(hub: Hub): HubResponse {
    return {
      id: hub.id,
      identifier: hub.identifier,
      name: hub.name,
      creator: { id: hub.creatorId, type: hub.creatorType },
      events: EventsResponse.from(hub),
      state: { current: hub.state, changed: contractTime(hub.stateChangedAt) },
      security: securityOf(hub.security),
      webhooks: { server_deployed: null, server_deleted: null },
      billing: null,
      integrations: {},
    };
  }
}

class CapabilityMetaResponse {
  /** What each capability allows, in words. */
  captions: Record<string, string>;
}

export { CapabilityMetaResponse };
