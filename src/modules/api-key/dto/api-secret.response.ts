import { maskKey } from '../../../access/index.js';
import { contractTime, isoOrNull, StateResponse } from '../../../common/http/contract.js';
import { isLive, type RotatedSecret, type SecretAtTime } from '../secret.service.js';

/** One secret of an API key, and its own last use. */
export class ApiSecretResponse {
  /** @example 0199e2f1c4d05b6e7f809112 */
  id: string;
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  api_key_id: string;
  /** Whole once, in the answer to the rotation that made it; masked ever after. @example hgk_0199e2f1a0c34b5d6e7f8091_**** */
  secret: string;
  /** `live`, or `ended` since `changed`. */
  state: StateResponse;
  /** @example 2026-03-01T08:00:00.000Z */
  created_at: string;
  /** When it is refused, though its key lives on; null = it lasts as long as its key. @example 2026-03-02T08:00:00.000Z */
  ends_at: string | null;
  /** When it was last used, to about a minute; null = not yet. @example 2026-03-01T08:00:00.000Z */
  last_used_at: string | null;
  /** Where from; null = not yet. @example 192.0.2.10 */
  last_used_address: string | null;

  static from(secret: SecretAtTime): ApiSecretResponse {
    return shape(secret, maskKey(secret.secret.keyId));
  }

  /** The only answer that holds a whole secret: to whoever rotated, once. */
  static made({ made, text }: RotatedSecret): ApiSecretResponse {
    return shape(made, text);
  }
}

function shape({ secret, now }: SecretAtTime, text: string): ApiSecretResponse {
  const { id, keyId, createdAt, endsAt, lastUsedAt, lastUsedAddress } = secret;
  const live = isLive(secret, now);
  return {
    id,
    api_key_id: keyId,
    secret: text,
    state: { current: live ? 'live' : 'ended', changed: contractTime(live ? createdAt : endsAt) },
    created_at: contractTime(createdAt),
    ends_at: isoOrNull(endsAt),
    last_used_at: isoOrNull(lastUsedAt),
    last_used_address: lastUsedAddress,
  };
}

export class RotationMetaResponse {
  /** The secret that was replaced, masked; null when the key had none left. */
  replaced: ApiSecretResponse | null;
}
