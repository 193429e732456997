import { maskKey } from '../../../access/index.js';
import { contractTime } from '../../../common/http/contract.js';
import { type ApiKey } from '../api-key.entity.js';

/** An API key, in the account contract's shape. */
export class AccountApiKeyResponse {
  /** What the key is called here, and found by. @example "CI pipeline" */
  name: string;
  /** @example 2026-03-01T08:00:00.000Z */
  created: string;
  /** Whole in the answer to its creation; masked ever after, unless the hub keeps its secrets readable and you could rotate this key. @example hgk_0199e2f1a0c34b5d6e7f8091_**** */
  value: string;

  /** @param value the whole secret, where it may be shown */
  static from({ id, handle, name, createdAt }: ApiKey, value: string = maskKey(id)): AccountApiKeyResponse {
    return { name: handle ?? name, created: contractTime(createdAt), value };
  }
}
