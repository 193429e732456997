import { hash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { isId } from '../common/ids.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;
const PREFIX_LENGTH = 4;

/** How each kind of secret begins: API keys, sessions, one-time tokens that are mailed, and the tokens of boxes. */
const PREFIXES = { key: 'hgk_', session: 'hgs_', 'one-time': 'hgt_', box: 'hgb_' } as const;
export type SecretKind = keyof typeof PREFIXES;

/** How every key begins. */
export const KEY_PREFIX = PREFIXES.key;

const TAIL = `[0-9a-f]{24}_[0-9A-Za-z]{${RANDOM_LENGTH + CHECKSUM_LENGTH}}`;

/** One pattern for secret scanners, without anchors: `hgk_`, the key's id, 32 random characters, a checksum of 6. */
export const KEY_PATTERN_SOURCE = `${KEY_PREFIX}${TAIL}`;

/** As above, for every secret of this server. */
export const SECRET_PATTERN_SOURCE = `(?:${Object.values(PREFIXES).join('|')})${TAIL}`;

const SECRET = new RegExp(`^${SECRET_PATTERN_SOURCE}$`);
const SECRET_LENGTH = PREFIX_LENGTH + 24 + 1 + RANDOM_LENGTH + CHECKSUM_LENGTH;

/** A secret just made. `text` is shown once and kept nowhere; `digest` is what is stored. */
export interface GeneratedSecret {
  readonly text: string;
  readonly digest: Buffer;
}

export interface ParsedSecret {
  /** Of the key, the session, the box, or what the one-time token is for. */
  readonly id: string;
  /** SHA-256 of the whole text, 32 bytes, as stored. */
  readonly digest: Buffer;
}

/**
 * A new secret: its kind, the id it belongs to, 32 characters of base62 from the CSPRNG without bias (190 bits), and
 * the CRC-32 of all before it as six base62 digits, by which typing errors and truncation are refused without a look-up.
 */
export function generateSecret(kind: SecretKind, id: string): GeneratedSecret {
  if (!isId(id)) {
    throw new TypeError('An id is 24 lowercase hex characters.');
  }
  let body = `${PREFIXES[kind]}${id}_`;
  for (let index = 0; index < RANDOM_LENGTH; index += 1) {
    body += ALPHABET.charAt(randomInt(ALPHABET.length));
  }
  const text = body + checksum(body);
  return { text, digest: digestOf(text) };
}

export function generateKeySecret(keyId: string): GeneratedSecret {
  return generateSecret('key', keyId);
}

/**
 * Reads what a caller presents. Null for another kind, a wrong length, alphabet or checksum; the text is taken as it
 * is, without trimming or folding case, so that one secret has one spelling. Says nothing about whether it exists.
 */
export function parseSecret(kind: SecretKind, text: string): ParsedSecret | null {
  if (text.length !== SECRET_LENGTH || !looksLike(kind, text) || !SECRET.test(text)) {
    return null;
  }
  const body = text.slice(0, -CHECKSUM_LENGTH);
  if (checksum(body) !== text.slice(-CHECKSUM_LENGTH)) {
    return null;
  }
  return { id: body.slice(PREFIX_LENGTH, PREFIX_LENGTH + 24), digest: digestOf(text) };
}

export function parseKeySecret(text: string): ParsedSecret | null {
  return parseSecret('key', text);
}

/** Whether a credential claims to be of this kind, well formed or not, to choose who verifies it. */
export function looksLike(kind: SecretKind, text: string): boolean {
  return text.startsWith(PREFIXES[kind]);
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
