import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/common/ids.js';
import { AccessTokens, SigningKeys } from '../../src/modules/auth/index.js';
import { type TestHub, type TestKey } from '../support/factory.js';
import { es256, forger, type Json, part, read } from '../support/forge.js';
import { hold } from '../support/stillness.js';
import { TestApp } from '../support/test-app.js';

const WHOAMI = '/public-api/v1/auth/whoami';
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

let app: TestApp;
let hub: TestHub;
let key: TestKey;
let other: TestKey;
let token: string;
let header: Json;
let payload: Json;
/** A key pair of the attacker's own. */
let own: { privateKey: KeyObject; publicKey: KeyObject };

beforeAll(async () => {
  app = await TestApp.start();
  await hold(app);
  hub = await app.create.hub();
  key = await app.create.integrationKey(hub);
  other = await app.create.integrationKey(await app.create.hub());
  token = await app.create.token(key);
  ({ header, payload } = read(token));
  own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
}, 60_000);

afterAll(() => app?.stop());

/** At the door, as an attacker would ask. */
const statusOf = async (credential: string) => (await app.as(credential).get(WHOAMI)).status;
/** At the verifier, for many of them. */
const isAccepted = async (credential: string) => (await app.nest.get(AccessTokens).verify(credential)) !== null;
const forge = (changedHeader: Json, claims: Json = {}) => forger(app, token)(changedHeader, claims);
const without = (object: Json, name: string) =>
  Object.fromEntries(Object.entries(object).filter(([one]) => one !== name));
const now = () => Math.floor(app.clock.now() / 1000);

/** A token that anybody could write who has read the JWKS. */
async function publicKey(): Promise<Json> {
  const { body } = await app.anonymous.get('/.well-known/jwks.json').expect(200);
  return (body as { keys: Json[] }).keys[0];
}

function hmac(head: Json, secret: string | Buffer, claims: Json = payload): string {
  const signed = `${part(head)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

it('is accepted as it was issued, and when forged with the real key: what follows is refused for its own reason', async () => {
  expect([await statusOf(token), await statusOf(forge({}))]).toEqual([200, 200]);
  expect([await isAccepted(token), await isAccepted(forge({}, { jti: 'x' }))]).toEqual([true, true]);
});

describe('a token with another algorithm', () => {
  it.each(['none', 'None', 'NONE', 'nOnE', ''])('"%s", unsigned or with the old signature, is refused', async (alg) => {
    const [, body, signature] = token.split('.');
    const head = part({ ...header, alg });

    expect(await statusOf(`${head}.${body}.`)).toBe(401);
    expect(await statusOf(`${head}.${body}`)).toBe(401);
    expect(await statusOf(`${head}.${body}.${signature}`)).toBe(401);
    expect(await statusOf(forge({ alg }))).toBe(401);
  });

  it('HS256 with the public key as its secret is refused, however that key is written', async () => {
    const pem = (await app.nest.get(SigningKeys).verifier(String(header.kid))) ?? '';
    const jwk = await publicKey();
    const point = Buffer.concat([Buffer.from(String(jwk.x), 'base64url'), Buffer.from(String(jwk.y), 'base64url')]);
    for (const secret of [pem, pem.trim(), JSON.stringify(jwk), point, String(header.kid), '', 'public-api']) {
      expect(await statusOf(hmac({ ...header, alg: 'HS256' }, secret))).toBe(401);
      expect(await statusOf(hmac(header, secret))).toBe(401);
    }
  });

  it('RS256 or ES384 with a key of one’s own is refused', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    for (const [alg, hash, privateKey] of [
      ['RS256', 'sha256', rsa],
      ['ES384', 'sha384', p384],
    ] as const) {
      const signed = `${part({ ...header, alg })}.${part(payload)}`;
      const signature = sign(hash, Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      expect(await statusOf(`${signed}.${signature.toString('base64url')}`)).toBe(401);
    }
  });

  it.each([
    ['array', ['ES256']],
    ['object', { ES256: 1 }],
    ['null', null],
    ['lower case', 'es256'],
    ['ES256K', 'ES256K'],
  ])('(%s) signed by the real key is refused', async (_, alg) => {
    expect(await statusOf(forge({ alg }))).toBe(401);
  });
});

describe('a token with another header', () => {
  const BRINGS_ITS_KEY = ['jwk', 'jku', 'x5u', 'x5c', 'x5t', 'x5t#S256'];

  it.each([...BRINGS_ITS_KEY, 'crit', 'b64', 'cty', 'zip', 'enc', 'p2c', 'unknown'])(
    'that holds "%s" is refused, signed by a key of one’s own or by the real one',
    async (name) => {
      const jwk = { ...own.publicKey.export({ format: 'jwk' }), kid: header.kid };
      const values: Json = { jwk, x5c: ['MIIB'], crit: ['exp'], b64: false, p2c: 1e9 };
      const extra = { [name]: values[name] ?? 'http://127.0.0.1:1/keys.json' };

      expect(await statusOf(es256({ ...header, ...extra }, payload, own.privateKey))).toBe(401);
      expect(await statusOf(forge(extra))).toBe(401);
    },
  );

  it.each([
    ['an unknown one', newId()],
    ['the issuer', 'iss'],
    ['a path', '../../../../dev/null'],
    ['SQL', "' OR '1'='1"],
    ['a number', 1],
    ['a list', ['x']],
    ['upper case', 'upper'],
    ['nothing', ''],
    ['__proto__', '__proto__'],
  ])('whose kid is %s is refused', async (_, kid) => {
    const value = kid === 'iss' ? payload.iss : kid === 'upper' ? String(header.kid).toUpperCase() : kid;
    expect(await statusOf(forge({ kid: value }))).toBe(401);
    expect(await statusOf(es256({ ...header, kid: value }, payload, own.privateKey))).toBe(401);
  });

  it.each(['alg', 'typ', 'kid'])('without %s is refused', async (name) => {
    const { privateKey } = app.nest.get(SigningKeys).signer();
    expect(await statusOf(es256(without(header, name), payload, privateKey))).toBe(401);
  });

  it.each(['JWT', 'jwt', 'AT+JWT', 'application/at+jwt', 'dpop+jwt', '', null, ['at+jwt']])(
    'whose typ is %j is refused',
    async (typ) => {
      expect(await statusOf(forge({ typ }))).toBe(401);
    },
  );

  it('that is no object, or names a thing twice, is refused', async () => {
    const { privateKey } = app.nest.get(SigningKeys).signer();
    const twice = JSON.stringify(header).replace('"alg"', '"alg":"ES256","alg":"none","alg2":0,"alg"');
    for (const head of ['null', '[]', '"x"', '', '{', '1', `[${JSON.stringify(header)}]`, twice]) {
      expect(await statusOf(es256(head, payload, privateKey))).toBe(401);
    }
  });
});

describe('a token with other claims, signed by the real key', () => {
  it.each(['iss', 'aud', 'sub', 'hub', 'kv', 'sid', 'scope', 'iat', 'exp'])('without %s is refused', async (name) => {
    const { privateKey } = app.nest.get(SigningKeys).signer();
    expect(await statusOf(es256(header, without(payload, name), privateKey))).toBe(401);
    expect(await statusOf(forge({}, { [name]: null }))).toBe(401);
    expect(await statusOf(forge({}, { [name]: {} }))).toBe(401);
    expect(await statusOf(forge({}, { [name]: '' }))).toBe(name === 'scope' ? 200 : 401);
  });

  it.each<[string, () => Json]>([
    ['another issuer', () => ({ iss: newId() })],
    ['the issuer in a list', () => ({ iss: [payload.iss] })],
    ['another audience', () => ({ aud: 'management-api' })],
    ['an audience that only begins like ours', () => ({ aud: 'public-api-v2' })],
    ['an end in the past', () => ({ exp: now() - 1 })],
    ['its end now', () => ({ exp: now() })],
    ['an end in the far future', () => ({ exp: now() + 3600 * 24 * 365 })],
    ['a longer life than any we give', () => ({ iat: now(), exp: now() + 3601 })],
    ['an end beyond numbers', () => ({ exp: Number.MAX_VALUE })],
    ['a fraction as its end', () => ({ exp: now() + 60.5 })],
    ['a text as its end', () => ({ exp: String(now() + 60) })],
    ['a beginning in the future', () => ({ iat: now() + 61, exp: now() + 900 })],
    ['a text as its beginning', () => ({ iat: String(now()) })],
    ['not before later', () => ({ nbf: now() + 60 })],
    ['the id of another key', () => ({ sub: other.id })],
    ['the id of the secret in upper case', () => ({ sid: String(payload.sid).toUpperCase() })],
    ['a secret that is not there', () => ({ sid: newId() })],
    ['the key as secret', () => ({ sid: payload.sub })],
    ['another hub', () => ({ hub: newId() })],
    ['an older generation', () => ({ kv: 0 })],
    ['a newer generation', () => ({ kv: 2 })],
    ['a text as generation', () => ({ kv: '1' })],
    ['a fraction as generation', () => ({ kv: 1.5 })],
    ['a list of scopes', () => ({ scope: ['read:lists'] })],
  ])('with %s is refused', async (_, claims) => {
    expect(await statusOf(forge({}, claims()))).toBe(401);
  });

  it('of one hub in another’s name is refused, with every mixture of the two', async () => {
    const theirs = read(await app.create.token(other)).payload;
    const parts = ['sub', 'hub', 'sid'];
    for (let mixture = 1; mixture < 7; mixture += 1) {
      const mixed = parts.filter((_, bit) => mixture & (1 << bit)).map((name) => [name, theirs[name]]);
      expect(await statusOf(forge({}, Object.fromEntries(mixed) as Json))).toBe(401);
    }
    expect(await statusOf(forge({}, { sub: theirs.sub, hub: theirs.hub, sid: theirs.sid }))).toBe(200);
  });

  it('with scopes that its key does not have, or that nobody knows, gets none of them', async () => {
    const poor = await app.create.integrationKey(hub, { scopes: ['read:lists'] });
    const scope = 'read:lists write:lists admin:all * read:lists,write:box READ:BOX';
    const claimed = forger(app, await app.create.token(poor))({}, { scope });
    const { body } = await app.as(claimed).get(WHOAMI).expect(200);

    expect(body).toMatchObject({ scopes: ['read:lists'] });
  });

  it('that says a thing twice is read in one way only: the last word counts', async () => {
    const { privateKey } = app.nest.get(SigningKeys).signer();
    const text = JSON.stringify(payload).slice(1, -1);
    for (const claim of [`"kv":7`, `"sub":"${other.id}"`, `"hub":"${newId()}"`, `"exp":${now() - 1}`, '"aud":"x"']) {
      expect(await statusOf(es256(header, `{${text},${claim}}`, privateKey))).toBe(401);
    }
  });

  it('that is no object is refused', async () => {
    const { privateKey } = app.nest.get(SigningKeys).signer();
    for (const body of ['null', '[]', '"x"', '1', '', '{', `[${JSON.stringify(payload)}]`, '\u0000']) {
      expect(await statusOf(es256(header, body, privateKey))).toBe(401);
    }
  });
});

describe('a token with another signature', () => {
  it.each<[string, () => string | Buffer]>([
    ['none', () => ''],
    ['zeros', () => Buffer.alloc(64)],
    ['ones', () => Buffer.alloc(64, 1)],
    ['the order of the curve', () => Buffer.concat([ORDER, ORDER])],
    ['noise', () => randomBytes(64)],
    ['half of itself', () => Buffer.from(token.split('.')[2], 'base64url').subarray(0, 32)],
    ['itself and more', () => Buffer.concat([Buffer.from(token.split('.')[2], 'base64url'), Buffer.alloc(1)])],
    ['that of other claims', () => forge({}, { jti: 'x' }).split('.')[2]],
    [
      'one in DER',
      () => {
        const { privateKey } = app.nest.get(SigningKeys).signer();
        return sign('sha256', Buffer.from(token.slice(0, token.lastIndexOf('.'))), privateKey);
      },
    ],
  ])('(%s) is refused', async (_, signature) => {
    const made = signature();
    const text = typeof made === 'string' ? made : made.toString('base64url');
    expect(await statusOf(`${token.slice(0, token.lastIndexOf('.'))}.${text}`)).toBe(401);
  });
});

describe('a token in another spelling', () => {
  it('is refused in every proper prefix', async () => {
    const accepted = [];
    for (let length = 0; length < token.length; length += 1) {
      if (await isAccepted(token.slice(0, length))) {
        accepted.push(length);
      }
    }

    expect(accepted).toEqual([]);
    expect(await statusOf(token.slice(0, -1))).toBe(401);
  });

  it('is refused with one changed character at any place', async () => {
    const accepted = [];
    for (let at = 0; at < token.length; at += 1) {
      const place = BASE64URL.indexOf(token[at]);
      const near = [1, 2, 32].map((step) => BASE64URL[(place + step) % 64]);
      for (const changed of [...near, '.', '=', ' ', 'é'].filter((one) => one !== token[at])) {
        const text = token.slice(0, at) + changed + token.slice(at + 1);
        accepted.push(...((await isAccepted(text)) ? [text] : []));
      }
    }

    expect(accepted).toEqual([]);
  });

  it('is refused with any other last character of a part: unused bits are not free', async () => {
    const parts = token.split('.');
    const accepted = [];
    for (const index of [0, 1, 2]) {
      for (const last of BASE64URL.replace(parts[index].slice(-1), '')) {
        const text = parts.map((one, at) => (at === index ? one.slice(0, -1) + last : one)).join('.');
        accepted.push(...((await isAccepted(text)) ? [text] : []));
      }
    }

    expect(accepted).toEqual([]);
  });

  it.each<[string, (text: string) => string]>([
    ['padding', (text) => `${text}==`],
    [
      'padding of each part',
      (text) =>
        text
          .split('.')
          .map((one) => `${one}=`)
          .join('.'),
    ],
    ['the other alphabet', (text) => text.replaceAll('-', '+').replaceAll('_', '/')],
    ['a fourth part', (text) => `${text}.`],
    ['an empty first part', (text) => `.${text}`],
    ['a fifth part', (text) => `${text}.x.y`],
    ['itself twice', (text) => text + text],
    ['quotes', (text) => `"${text}"`],
    ['a line break', (text) => text.replace('.', '.\n')],
    ['a blank', (text) => text.replace('.', '. ')],
    ['a zero', (text) => `${text}\0`],
    ['4 KiB more', (text) => text + 'A'.repeat(4096)],
  ])('is refused with %s', async (_, change) => {
    const changed = change(token);
    // Where the token holds no character of the alphabet that differs, nothing was changed.
    expect(changed !== token && (await isAccepted(changed))).toBe(false);
  });
});

describe('many tokens that are none of ours', () => {
  it('cost no look-up each: an unknown kid is looked for once in 5 s', async () => {
    const unknown = () => es256({ ...header, kid: newId() }, payload, own.privateKey);
    app.clock.advance(5000);
    const before = app.database.statementCount;
    for (let turn = 0; turn < 20; turn += 1) {
      expect(await isAccepted(unknown())).toBe(false);
    }

    expect(app.database.statementCount - before).toBe(1);
  });
});

const ORDER = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
