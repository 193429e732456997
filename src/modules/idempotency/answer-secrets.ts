import { KEY_PATTERN_SOURCE, KEY_PREFIX, maskKey } from '../../access/index.js';

/** Everything that an answer shows once: how it looks, and how later reads show it. A new kind of secret gets a line. */
const SECRETS: readonly { readonly pattern: RegExp; readonly mask: (secret: string) => string }[] = [
  {
    pattern: new RegExp(KEY_PATTERN_SOURCE, 'g'),
    mask: (key) => maskKey(key.slice(KEY_PREFIX.length, KEY_PREFIX.length + 24)),
  },
];

/** The text as it may be kept: the same when there is no secret in it. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce((masked, { pattern, mask }) => masked.replaceAll(pattern, mask), text);
}
