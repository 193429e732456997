import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { unseal } from '../../src/common/crypto/seal.js';
import { newId } from '../../src/common/ids.js';
import { AccessTokens, SigningKeys } from '../../src/modules/auth/index.js';
import { type TestKey } from '../support/factory.js';
import { es256, forger, type Json, read } from '../support/forge.js';
import { hold, poll, tamper } from '../support/stillness.js';
import { TestApp } from '../support/test-app.js';

const WHOAMI = '/public-api/v1/auth/whoami';
const JWKS = '/.well-known/jwks.json';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let app: TestApp;
let key: TestKey;

// Keys belong to the whole installation and time moves by months: each test has a server of its own.
beforeEach(async () => {
  app = await TestApp.start();
  await hold(app);
  key = await app.create.integrationKey(await app.create.hub());
}, 60_000);

afterEach(async () => {
  vi.restoreAllMocks();
  await app?.stop();
});

interface StoredKey {
  readonly id: string;
  readonly public_jwk: string;
  readonly sealed_private_key: Uint8Array;
}

const stored = () => app.database.query<StoredKey>('SELECT * FROM signing_key ORDER BY created_at, id');
const kidOf = (token: string) => String(read(token).header.kid);
const statusOf = async (token: string) => (await app.as(token).get(WHOAMI)).status;
const published = async (from = app) => ((await from.anonymous.get(JWKS).expect(200)).body as { keys: Json[] }).keys;
const kids = async (from = app) => (await published(from)).map(({ kid }) => kid);
const maintain = () => app.nest.get(SigningKeys).maintain();

async function pass(milliseconds: number): Promise<void> {
  app.clock.advance(milliseconds);
  await poll(app);
}

describe('GET /.well-known/jwks.json', () => {
  it('publishes the public half of each key, and of that no more than a verifier needs', async () => {
    const [jwk, ...others] = await published();

    expect(others).toEqual([]);
    expect(jwk).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x: expect.stringMatching(/^[\w-]{43}$/),
      y: expect.stringMatching(/^[\w-]{43}$/),
      kid: kidOf(await app.create.token(key)),
      use: 'sig',
      alg: 'ES256',
    });
    expect(createPublicKey({ key: jwk, format: 'jwk' }).type).toBe('public');
  });

  it('costs no SQL', async () => {
    const before = app.database.statementCount;
    await published();

    expect(app.database.statementCount).toBe(before);
  });
});

describe('a signing key in the database', () => {
  it('does not hold its private half in the clear, and opens with the secret of this installation for its own row only', async () => {
    const [{ id, sealed_private_key: bytes }] = await stored();
    const sealed = Buffer.from(bytes);
    const plain = unseal(app.config.secret.deriveKey('signing-keys'), sealed, id);
    const { d } = createPrivateKey({ key: plain, type: 'pkcs8', format: 'der' }).export({ format: 'jwk' });

    expect(sealed.includes(Buffer.from(String(d), 'base64url'))).toBe(false);
    expect(() => createPrivateKey({ key: sealed, type: 'pkcs8', format: 'der' })).toThrow(/asn1|DECODER|unsupported/i);
    expect(() => unseal(app.config.secret.deriveKey('signing-keys'), sealed, newId())).toThrow('authenticate');
    expect(() => unseal(app.config.secret.deriveKey('something-else'), sealed, id)).toThrow('authenticate');
  });

  it('that was changed neither signs nor verifies: the next node makes one that does', async () => {
    const token = await app.create.token(key);
    const [{ id, sealed_private_key: bytes }] = await stored();
    const changed = Buffer.from(bytes);
    changed[changed.length - 1] ^= 1;
    await tamper(app, ['UPDATE signing_key SET sealed_private_key = ? WHERE id = ?', [changed, id]]);
    const node = await app.secondNode();
    try {
      expect(await kids(node)).not.toContain(id);
      expect((await node.as(token).get(WHOAMI)).status).toBe(401);
      expect((await node.as(await node.create.token(key)).get(WHOAMI)).status).toBe(200);
    } finally {
      await node.stop();
    }
  });

  it('whose public half was swapped verifies and publishes what the sealed half says', async () => {
    const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const token = await app.create.token(key);
    const jwk = { ...foreign.publicKey.export({ format: 'jwk' }), d: 'a secret' };
    await tamper(app, ['UPDATE signing_key SET public_jwk = ?', [JSON.stringify(jwk)]]);
    const node = await app.secondNode();
    try {
      const { header, payload } = read(token);
      expect((await node.as(es256(header, payload, foreign.privateKey)).get(WHOAMI)).status).toBe(401);
      expect((await node.as(token).get(WHOAMI)).status).toBe(200);
      expect(await published(node)).toEqual(await published());
    } finally {
      await node.stop();
    }
  });

  it('that was put there from outside verifies nothing', async () => {
    const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const plain = foreign.privateKey.export({ type: 'pkcs8', format: 'der' });
    const [{ id, sealed_private_key: sealed }] = await stored();
    const { header, payload } = read(await app.create.token(key));
    for (const bytes of [plain, Buffer.from(sealed), Buffer.alloc(0), Buffer.alloc(200)]) {
      const kid = newId();
      const row = [kid, JSON.stringify(foreign.publicKey.export({ format: 'jwk' })), bytes, app.clock.now()];
      await tamper(app, [
        'INSERT INTO signing_key (id, public_jwk, sealed_private_key, created_at) VALUES (?, ?, ?, ?)',
        row,
      ]);
      await pass(5000);
      expect(await statusOf(es256({ ...header, kid }, payload, foreign.privateKey))).toBe(401);
      expect(await statusOf(forger(app, es256(header, payload, foreign.privateKey))({ kid }))).toBe(401);
    }
    await maintain();

    expect(await kids()).toEqual([id]);
  });

  it('of another node is found when its first token comes, by all who come with it', async () => {
    const node = await app.secondNode();
    try {
      await hold(node);
      const rotated = app.nest.get(SigningKeys);
      await pass(31 * DAY);
      await rotated.maintain();
      await pass(2 * HOUR);
      node.clock.advance(app.clock.now() - node.clock.now());
      await poll(node);
      const tokens = await Promise.all(Array.from({ length: 20 }, () => app.create.token(key)));
      const answers = await Promise.all(tokens.map((token) => node.as(token).get(WHOAMI)));

      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    } finally {
      await node.stop();
    }
  });

  it('that cannot be looked for makes the door answer 503, not 401 and not 500', async () => {
    const { header, payload } = read(await app.create.token(key));
    const token = es256(
      { ...header, kid: newId() },
      payload,
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    );
    vi.spyOn(app.database.reader, 'find').mockRejectedValue(new Error('no connection'));
    await pass(5000);

    const { status, text } = await app.as(token).get(WHOAMI);
    expect([status, text.includes('no connection')]).toEqual([503, false]);
  });
});

describe('rotation', () => {
  it('leaves a key alone for 30 days', async () => {
    const before = await kids();
    await pass(30 * DAY - HOUR);
    await maintain();

    expect(await kids()).toEqual(before);
  });

  it('publishes the new key an hour before it signs, verifies with both, and then drops the old one', async () => {
    const [old] = await kids();
    await pass(31 * DAY);
    await maintain();
    const [first, fresh] = await kids();
    expect([first, fresh === old]).toEqual([old, false]);

    await pass(HOUR - 1);
    const late = await app.create.token(key);
    expect([kidOf(late), await statusOf(late)]).toEqual([old, 200]);

    await pass(1);
    const early = await app.create.token(key);
    expect([kidOf(early), await statusOf(early), await statusOf(late)]).toEqual([fresh, 200, 200]);
    await maintain();
    expect(await kids()).toEqual([old, fresh]);

    await pass(2 * HOUR);
    await maintain();
    expect(await kids()).toEqual([old, fresh]);
    await pass(1);
    await maintain();
    expect(await kids()).toEqual([fresh]);
    expect((await stored()).map(({ id }) => id)).toEqual([fresh]);
  });

  it('makes a key that left worthless, also to who had stolen it', async () => {
    const forge = forger(app, await app.create.token(key));
    await pass(31 * DAY);
    await maintain();
    await pass(3 * HOUR + 1);
    const claims = () => ({ iat: Math.floor(app.clock.now() / 1000), exp: Math.floor(app.clock.now() / 1000) + 900 });
    expect(await statusOf(forge({}, claims()))).toBe(200);
    await maintain();
    await pass(5000);

    expect(await statusOf(forge({}, claims()))).toBe(401);
  });

  it('makes one key, not one per node', async () => {
    const nodes = await Promise.all([app.secondNode(), app.secondNode()]);
    try {
      const all = [app, ...nodes];
      nodes.forEach((node) => node.clock.advance(app.clock.now() - node.clock.now()));
      all.forEach((node) => node.clock.advance(31 * DAY));
      await Promise.all(all.map((node) => node.nest.get(SigningKeys).maintain()));

      expect(await stored()).toHaveLength(2);
      const seen = await Promise.all(all.map((node) => kids(node)));
      expect(new Set(seen.map((some) => some.join())).size).toBe(1);
    } finally {
      await Promise.all(nodes.map((node) => node.stop()));
    }
  });
});

describe('a verified token', () => {
  it('is kept, and its end is looked at each time all the same', async () => {
    const token = await app.create.token(key);
    const tokens = app.nest.get(AccessTokens);
    expect((await tokens.verify(token))?.keyId).toBe(key.id);
    await pass(900_000);

    expect(await tokens.verify(token)).toBeNull();
  });
});

describe('a node with another secret', () => {
  it('does not start, and says what to do', async () => {
    const start = app.secondNode({ HUBGATE_SECRET: 'another-secret-for-tests-0123456789abcdef' });

    await expect(start).rejects.toThrow(
      'HUBGATE_SECRET does not fit this database: it was made with another secret. ' +
        'Give every node the secret of the first one (HUBGATE_SECRET or HUBGATE_SECRET_FILE).',
    );
    expect(await stored()).toHaveLength(1);
  });

  it('does not start either when the keys were removed to let it in', async () => {
    await tamper(app, ['DELETE FROM signing_key']);

    await expect(app.secondNode({ HUBGATE_SECRET: 'x'.repeat(40) })).rejects.toThrow('does not fit this database');
    expect(await stored()).toEqual([]);
  });
});
