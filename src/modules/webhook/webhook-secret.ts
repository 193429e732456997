import { createHmac, randomBytes } from 'node:crypto';

/** What Standard Webhooks put before a secret, so that it is known for one wherever it turns up. */
export const SECRET_PREFIX = 'whsec_';
const SECRET_BYTES = 32;

const DAY_SECONDS = 86_400;
/** How long the secret before may sign too: unless said, and at most. */
export const OVERLAP_SECONDS = DAY_SECONDS;
export const OVERLAP_SECONDS_MAX = 7 * DAY_SECONDS;

/** A secret that the receiver keeps too: the prefix, then the key in base64 (Standard Webhooks). */
export function newWebhookSecret(): string {
  return SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/**
 * The headers of one call, as Standard Webhooks want them: the receiver computes the HMAC-SHA256 of
 * `id.timestamp.body` with the key, compares it with one of the signatures, and refuses an old timestamp.
 * @param id the same at each attempt, so that a message that arrives twice can be told
 * @param now epoch milliseconds of this attempt
 * @param secrets the present one, and during a rotation the one before
 */
export function signatureHeaders(
  id: string,
  now: number,
  body: string,
  secrets: readonly string[],
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(now / 1000));
  const sign = (secret: string): string => {
    const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  };
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': secrets.map(sign).join(' ') };
}
