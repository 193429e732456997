import { maskKey, type Scope, scopeNames } from '../../../access/index.js';
import {
  contractTime,
  CreatorResponse,
  EventsResponse,
  isoOrNull,
  StateResponse,
} from '../../../common/http/contract.js';
import { taggedBy } from '../../../common/http/entity-tags.js';
import { type ApiKey } from '../api-key.entity.js';
import { type ApiKeyWithUse } from '../api-key.repository.js';
import { type ApiSecret } from '../api-secret.entity.js';

/** A secret that can be used now. */
class UsedSecretResponse {
  /** @example 0199e2f1c4d05b6e7f809112 */
  id: string;
  /** @example 2026-03-01T08:00:00.000Z */
  created_at: string;
  /** When it is refused, though its key lives on; null = with its key. @example 2026-03-02T08:00:00.000Z */
  ends_at: string | null;
  /** To about a minute; null = not yet. @example 2026-03-01T08:00:00.000Z */
  last_used_at: string | null;
  /** Where from; null = not yet. @example 192.0.2.10 */
  last_used_address: string | null;

  static from({ id, createdAt, endsAt, lastUsedAt, lastUsedAddress }: ApiSecret): UsedSecretResponse {
    return {
      id,
      created_at: contractTime(createdAt),
      ends_at: isoOrNull(endsAt),
      last_used_at: isoOrNull(lastUsedAt),
      last_used_address: lastUsedAddress,
    };
  }
}

class ApiKeyUsageResponse {
  /** When any secret of it was last used, to about a minute; null = not yet. @example 2026-03-01T08:00:00.000Z */
  last_used_at: string | null;
  /** Where from; null = not yet. @example 192.0.2.10 */
  last_used_address: string | null;
  /** Its secrets that can be used now, the oldest first: two during a rotation, none of a deleted key. */
  secrets: UsedSecretResponse[];
}

class ApiKeyMetaResponse {
  usage: ApiKeyUsageResponse;
}

/** An API key, in the management contract's shape, with this server's fields beside it. */
export class ApiKeyResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  hub_id: string;
  /** @example "ERP sync" */
  name: string;
  creator: CreatorResponse;
  /** Whole once, in the answer to its creation; masked ever after. @example hgk_0199e2f1a0c34b5d6e7f8091_**** */
  secret: string;
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  role_id: string;
  /** Where the key may be used from; null = anywhere. @example ["192.0.2.0/24"] */
  ips: string[] | null;
  state: StateResponse;
  events: EventsResponse;
  /** The user group whose data the key may touch; null = none. @example 0199e2f1b77d4e0a92c5d318 */
  group_id: string | null;
  /** @example ["read:lists"] */
  scopes: Scope[];
  /** When the key ends; null = never. @example 2030-01-01T00:00:00.000Z */
  expires_at: string | null;
  /** @example null */
  description: string | null;
  /** When any of its secrets was last used, to about a minute; null = not yet. @example 2026-03-01T08:00:00.000Z */
  last_used_at: string | null;
  /** Where from; null = not yet. @example 192.0.2.10 */
  last_used_address: string | null;
  /** Only with `meta=usage`. */
  meta?: ApiKeyMetaResponse;

  /** @param live its secrets that can be used now, when its usage was asked for */
  static from(key: ApiKeyWithUse, live?: readonly ApiSecret[]): ApiKeyResponse {
    const use = { last_used_at: isoOrNull(key.lastUsedAt), last_used_address: key.lastUsedAddress };
    const usage = live && { ...use, secrets: live.map((secret) => UsedSecretResponse.from(secret)) };
    return taggedBy(key, { ...shape(key, maskKey(key.id)), ...use, ...(usage ? { meta: { usage } } : {}) });
  }

  /** The only answer that holds a whole secret: to the maker, once. */
  static created(key: ApiKey, secret: string): ApiKeyResponse {
    return taggedBy(key, { ...shape(key, secret), last_used_at: null, last_used_address: null });
  }
}

function shape(key: ApiKey, secret: string): Omit<ApiKeyResponse, 'last_used_at' | 'last_used_address'> {
  return {
    id: key.id,
    hub_id: key.hubId,
    name: key.name,
    creator: { id: key.creatorId, type: key.creatorType },
    secret,
    role_id: key.roleId,
    ips: key.ips,
    state: { current: key.state, changed: contractTime(key.stateChangedAt) },
    events: EventsResponse.from(key),
    group_id: key.groupId,
    scopes: scopeNames(key.scopes),
    expires_at: isoOrNull(key.expiresAt),
    description: key.description,
  };
}
