import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { newId } from '../common/ids.js';
import { SECRET_MARK } from '../common/query/refusal.js';
import {
  generateKeySecret,
  generateSecret,
  KEY_PATTERN_SOURCE,
  KEY_PREFIX,
  looksLike,
  maskKey,
  parseKeySecret,
} from './key-secret.js';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DIGITS = BASE62.split('');
const KEY_ID = '0198c0ffee00a1b2c3d4e5f6';
const LENGTH = 67;

function base62(value: number): string {
  return value === 0 ? '' : base62(Math.floor(value / 62)) + BASE62.charAt(value % 62);
}

/** A second, independent statement of the format. */
function signed(body: string): string {
  return body + base62(crc32(body)).padStart(6, '0');
}

describe('a generated secret', () => {
  it('has the documented form and reads back as its key with its digest', () => {
    for (let round = 0; round < 500; round += 1) {
      const keyId = newId();
      const { text, digest } = generateKeySecret(keyId);
      expect(text).toMatch(/^hgk_[0-9a-f]{24}_[0-9A-Za-z]{38}$/);
      expect(text).toBe(signed(text.slice(0, -6)));
      expect(digest).toEqual(createHash('sha256').update(text).digest());
      expect(parseKeySecret(text)).toEqual({ id: keyId, digest });
    }
  });

  it('keeps a checksum with leading zeros six digits long', () => {
    const bodies = Array.from(
      { length: 400 },
      (_, index) => `${KEY_PREFIX}${KEY_ID}_${String(index).padStart(32, 'x')}`,
    );
    const short = bodies.map(signed).filter((text) => text.at(-6) === '0');
    expect(short.length).toBeGreaterThan(0);
    for (const text of short) {
      expect(text).toHaveLength(LENGTH);
      expect(parseKeySecret(text)?.id).toBe(KEY_ID);
    }
  });

  it('is never made twice and uses each character about equally often', () => {
    const randoms = Array.from({ length: 4_000 }, () => generateKeySecret(KEY_ID).text.slice(29, 61));
    expect(new Set(randoms).size).toBe(randoms.length);
    const counts = new Map<string, number>();
    for (const character of randoms.join('')) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    const expected = (randoms.length * 32) / 62;
    const chiSquare = DIGITS.reduce((sum, one) => sum + ((counts.get(one) ?? 0) - expected) ** 2 / expected, 0);
    expect([...counts.keys()].toSorted().join('')).toBe(BASE62);
    expect(chiSquare).toBeLessThan(150);
  });

  it.each(['', 'x', KEY_ID.toUpperCase(), `${KEY_ID}0`, `${KEY_ID}\n`])(
    'is not made for %j, which is no id',
    (keyId) => {
      expect(() => generateKeySecret(keyId)).toThrow(TypeError);
    },
  );
});

describe('a presented secret', () => {
  const { text } = generateKeySecret(KEY_ID);

  it('is refused when cut short anywhere (incident 17)', () => {
    for (let length = 0; length < text.length; length += 1) {
      expect(parseKeySecret(text.slice(0, length))).toBeNull();
      expect(parseKeySecret(text.slice(text.length - length))).toBeNull();
    }
  });

  it('is refused with any one character changed, at every position', () => {
    const alphabet = `${Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')}\0\n\u00e9Ａ`;
    const accepted: string[] = [];
    for (let position = 0; position < text.length; position += 1) {
      for (const other of alphabet) {
        const changed = text.slice(0, position) + other + text.slice(position + 1);
        if (changed !== text && parseKeySecret(changed) !== null) {
          accepted.push(changed);
        }
      }
    }
    expect(accepted).toEqual([]);
  });

  it('is refused with two neighbours swapped or one character doubled or dropped', () => {
    const slips = Array.from({ length: text.length - 1 }, (_, position) => {
      const [head, one, two] = [text.slice(0, position), text.charAt(position), text.charAt(position + 1)];
      const tail = text.slice(position + 2);
      return [head + one + one + two + tail, head + two + tail, head + two + one + tail];
    });
    const others = slips.flat().filter((slip) => slip !== text);
    expect(others.length).toBeGreaterThan(2 * text.length);
    expect(others.filter((slip) => parseKeySecret(slip) !== null)).toEqual([]);
  });

  it.each([
    ['upper case', text.toUpperCase()],
    ['lower case', text.toLowerCase()],
    ['a blank before', ` ${text}`],
    ['a line end after', `${text}\n`],
    ['quotes', `"${text}"`],
    ['the scheme', `Bearer ${text}`],
    ['another prefix, with a right checksum', signed(`hgx_${text.slice(4, -6)}`)],
    ['an upper-case id, with a right checksum', signed(`hgk_${KEY_ID.toUpperCase()}_${text.slice(29, -6)}`)],
    ['a wrong alphabet, with a right checksum', signed(`${text.slice(0, 29)}${'-'.repeat(32)}`)],
    ['one character too few, with a right checksum', signed(text.slice(0, -7))],
    ['one character too many, with a right checksum', signed(`${text.slice(0, -6)}a`)],
    ['the masked form', maskKey(KEY_ID)],
    ['a megabyte', text.repeat(16_000)],
  ])('is refused with %s', (_what, changed) => {
    expect(parseKeySecret(changed)).toBeNull();
  });

  it('is refused when it is made up, 100 000 times', () => {
    const random = fc.array(fc.constantFrom(...DIGITS), { minLength: 38, maxLength: 38 });
    const wellFormed = random.map((characters) => `${KEY_PREFIX}${KEY_ID}_${characters.join('')}`);
    const made = fc.sample(fc.oneof(wellFormed, fc.string()), 100_000);
    expect(made.filter((one) => parseKeySecret(one) !== null)).toEqual([]);
  });
});

describe('what is shown and scanned for', () => {
  it('masks to the id and four stars', () => {
    expect(maskKey(KEY_ID)).toBe(`hgk_${KEY_ID}_****`);
  });

  it('hides whatever is passed instead of an id', () => {
    expect(maskKey(generateKeySecret(KEY_ID).text)).toBe('hgk_****');
  });

  it('finds a whole secret inside other text', () => {
    const { text } = generateKeySecret(KEY_ID);
    expect(`curl -H "apiKey: ${text}" x`.match(new RegExp(KEY_PATTERN_SOURCE))?.[0]).toBe(text);
    expect(new RegExp(KEY_PATTERN_SOURCE).test(maskKey(KEY_ID))).toBe(false);
  });

  it('tells what claims to be a key from other credentials', () => {
    expect([KEY_PREFIX, `${KEY_PREFIX}x`, generateKeySecret(KEY_ID).text].map((one) => looksLike('key', one))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['', 'HGK_x', ' hgk_x', 'eyJhbGciOiJFUzI1NiJ9.e30.x'].map((one) => looksLike('key', one))).toEqual(
      Array(4).fill(false),
    );
  });

  it('has the prefix that query strings refuse', () => {
    const kinds = ['key', 'session', 'one-time'] as const;
    const mark = new RegExp(`^${SECRET_MARK}`);

    expect(kinds.filter((kind) => !mark.test(generateSecret(kind, KEY_ID).text))).toEqual([]);
  });
});
