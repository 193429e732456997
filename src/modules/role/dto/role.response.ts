import { contractTime, CreatorResponse, EventsResponse, StateResponse } from '../../../common/http/contract.js';
import { taggedBy } from '../../../common/http/entity-tags.js';
import { type Role } from '../role.entity.js';

class CapabilitiesResponse {
  /** @example false */
  all: boolean;
  /** @example ["api-keys-manage"] */
  specific: string[];
}

/** A role, in the management contract's shape. */
export class RoleResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** A label for people. @example "Admin" */
  name: string | null;
  /** @example admin */
  identifier: string;
  /** The role of last resort: it can do everything and cannot be changed. @example false */
  root: boolean;
  /** The default role that it was made from; null = made by hand. @example admin */
  default: string | null;
  /** @example 7 */
  rank: number;
  creator: CreatorResponse;
  capabilities: CapabilitiesResponse;
  /** Left out when there is none: the contract does not allow null here. */
  extra?: Record<string, string>;
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  hub_id: string;
  state: StateResponse;
  events: EventsResponse;

  static from(role: Role): RoleResponse {
    return taggedBy(role, {
      id: role.id,
      name: role.name,
      identifier: role.identifier,
      root: role.root,
      default: role.defaultOf,
      rank: role.rank,
      creator: { id: role.creatorId, type: role.creatorType },
      capabilities: { all: role.capabilities.all, specific: [...role.capabilities.specific] },
      ...(role.extra ? { extra: role.extra } : {}),
      hub_id: role.hubId,
      state: {
        current: role.deletedAt === null ? 'live' : 'deleted',
        changed: contractTime(role.deletedAt ?? role.createdAt),
      },
      events: EventsResponse.from(role),
    });
  }
}
