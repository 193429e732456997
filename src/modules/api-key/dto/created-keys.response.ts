import { type ApiKey, type ApiKeyState } from '../api-key.entity.js';

export class CreatedKeyResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** @example "ERP sync" */
  name: string;
  /** As it is after the call. @example live */
  state: ApiKeyState;

  static from({ id, name, state }: ApiKey): CreatedKeyResponse {
    return { id, name, state };
  }
}

/** What a deleted key had made. */
export class CreatedByKeyResponse {
  /** The keys it had made, and those that they made in turn, that had not ended before the call. */
  api_keys: CreatedKeyResponse[];

  static from(keys: readonly ApiKey[]): CreatedByKeyResponse {
    return { api_keys: keys.map((key) => CreatedKeyResponse.from(key)) };
  }
}

export class DeletedKeyMetaResponse {
  created: CreatedByKeyResponse;
}
