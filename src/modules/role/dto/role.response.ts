import { type CapabilitySet } from '../../../access/index.js';
import { contractTime, CreatorResponse, EventsResponse, StateResponse } from '../../../common/http/contract.js';
import { type DefaultRole } from '../default-roles.js';
import { taggedBy } from '../../../common/http/entity-tags.js';
import { type Role } from '../role.entity.js';
import { type RoleCounts } from '../role.repository.js';

class CapabilitiesResponse {
  /** @example false */
  all: boolean;
  /** @example ["api-keys-manage"] */
  specific: string[];

  static from({ all, specific }: CapabilitySet): CapabilitiesResponse {
    return { all, specific: [...specific] };
  }
}

class RoleCountsResponse {
  /** Members who hold it now. @example 3 */
  members: number;
  /** Keys that hold it now; deleted ones do not count. @example 12 */
  api_keys: number;
}

class RoleMetaResponse {
  counts: RoleCountsResponse;
}

/** A role that every new hub gets, before it has an id. */
export class DefaultRoleResponse {
  /** @example Admin */
  name: string;
  /** @example admin */
  identifier: string;
  /** @example false */
  root: boolean;
  capabilities: CapabilitiesResponse;

  static from({ name, identifier, root, capabilities }: DefaultRole): DefaultRoleResponse {
    return { name, identifier, root, capabilities: CapabilitiesResponse.from(capabilities) };
  }
}

export class DefaultRolesMetaResponse {
  /** The rank that each starts with, by its identifier. @example { "admin": 7 } */
  ranks: Record<string, number>;

  static from(roles: readonly DefaultRole[]): DefaultRolesMetaResponse {
    return { ranks: Object.fromEntries(roles.map(({ identifier, rank }) => [identifier, rank])) };
  }
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
  /** Only with `meta=counts`. */
  meta?: RoleMetaResponse;

  static from(role: Role, counts?: RoleCounts): RoleResponse {
    return taggedBy(role, {
      id: role.id,
      name: role.name,
      identifier: role.identifier,
      root: role.root,
      default: role.defaultOf,
      rank: role.rank,
      creator: { id: role.creatorId, type: role.creatorType },
      capabilities: CapabilitiesResponse.from(role.capabilities),
      ...(role.extra ? { extra: role.extra } : {}),
      hub_id: role.hubId,
      state: {
        current: role.deletedAt === null ? 'live' : 'deleted',
        changed: contractTime(role.deletedAt ?? role.createdAt),
      },
      events: EventsResponse.from(role),
      ...(counts ? { meta: { counts: { members: counts.members, api_keys: counts.apiKeys } } } : {}),
    });
  }
}
