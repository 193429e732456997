import { hash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { isId } from '../common/ids.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;

/** How every key begins. */
export const KEY_PREFIX = 'hgk_';

/** One pattern for secret scanners, without anchors: `hgk_`, the key's id, 32 random characters, a checksum of 6. */
export const KEY_PATTERN_SOURCE = `${KEY_PREFIX}[0-9a-f]{24}_[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}`;

const KEY = new RegExp(`^${KEY_PATTERN_SOURCE}$`);
const KEY_LENGTH = KEY_PREFIX.length + 24 + 1 + RANDOM_LENGTH + CHECKSUM_LENGTH;

/** A secret just made. `text` is shown once and kept nowhere; `digest` is what is stored. */
export interface GeneratedKeySecret {
  readonly text: string;
  readonly digest: Buffer;
}

export interface ParsedKeySecret {
  readonly keyId: string;
  /** SHA-256 of the whole text, 32 bytes, as stored. */
  readonly digest: Buffer;
}

/**
 * A new secret for a key: 32 characters of base62 from the CSPRNG without bias (190 bits), and the CRC-32 of all
 * before it as six base62 digits, by which typing errors and truncation are refused without a look-up.
 */
export function generateKeySecret(keyId: string): GeneratedKeySecret {
  if (!isId(keyId)) {
    throw new TypeError('A key id is 24 lowercase hex characters.');
  }
  let body = `${KEY_PREFIX}${keyId}_`;
  for (let index = 0; index < RANDOM_LENGTH; index += 1) {
    body += ALPHABET.charAt(randomInt(ALPHABET.length));
  }
  const text = body + checksum(body);
  return { text, digest: digestOf(text) };
}

/**
 * Reads what a caller presents. Null for a wrong prefix, length, alphabet or checksum; the text is taken as it is,
 * without trimming or folding case, so that one secret has one spelling. Says nothing about whether the key exists.
 */
export function parseKeySecret(text: string): ParsedKeySecret | null {
  if (text.length !== KEY_LENGTH || !KEY.test(text)) {
    return null;
  }
  const body = text.slice(0, -CHECKSUM_LENGTH);
  if (checksum(body) !== text.slice(-CHECKSUM_LENGTH)) {
    return null;
  }
  return { keyId: body.slice(KEY_PREFIX.length, KEY_PREFIX.length + 24), digest: digestOf(text) };
}

/** Whether a credential claims to be a key, well formed or not, to choose who verifies it and what the refusal says. */
export function looksLikeKey(text: string): boolean {
  return text.startsWith(KEY_PREFIX);
}

/** How a key is shown after its making; without the id if that is not one, so that a secret passed here stays hidden. */
export function maskKey(keyId: string): string {
  return isId(keyId) ? `${KEY_PREFIX}${keyId}_****` : `${KEY_PREFIX}****`;
}

/** CRC-32 in base62, always six digits (2^32 < 62^6), so that each value has exactly one form. */
function checksum(body: string): string {
  let rest = crc32(body);
  let digits = '';
  for (let index = 0; index < CHECKSUM_LENGTH; index += 1) {
    digits = ALPHABET.charAt(rest % ALPHABET.length) + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}

function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
