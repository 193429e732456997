import { SECRET_PATTERN_SOURCE } from '../../access/index.js';

const SECRETS = new RegExp(SECRET_PATTERN_SOURCE, 'g');
/** The kind and the id it belongs to, as in `hgk_0199e2f1a0c34b5d6e7f8091_`: later reads show no more. */
const SHOWN_LENGTH = 29;

/** The secret of a webhook, which names nobody (Standard Webhooks). */
const WEBHOOK_SECRETS = /whsec_[\w+/]{16,}={0,2}/g;

/** The text as it may be kept: the same when there is no secret in it. */
export function withoutSecrets(text: string): string {
  const own = text.replaceAll(SECRETS, (secret) => `${secret.slice(0, SHOWN_LENGTH)}****`);
  return own.replaceAll(WEBHOOK_SECRETS, 'whsec_****');
}
