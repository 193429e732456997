import { SECRET_PATTERN_SOURCE } from '../../access/index.js';

const SECRETS = new RegExp(SECRET_PATTERN_SOURCE, 'g');
/** The kind and the id it belongs to, as in `hgk_0199e2f1a0c34b5d6e7f8091_`: later reads show no more. */
const SHOWN_LENGTH = 29;

/** The text as it may be kept: the same when there is no secret in it. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(SECRETS, (secret) => `${secret.slice(0, SHOWN_LENGTH)}****`);
}
