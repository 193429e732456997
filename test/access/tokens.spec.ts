import { describe, expect, it } from 'vitest';
import { ALL_SCOPES, recordChanges, type Scope, SCOPES } from '../../src/access/index.js';
import { type TestHub, type TestKey } from '../support/factory.js';
import { issuerOf, read } from '../support/forge.js';
import { keyPath } from '../support/management.js';
import { rawRequest } from '../support/raw-request.js';
import { useHeldApp } from '../support/held-app.js';
import { poll, statementsOf } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';

const WHOAMI = '/public-api/v1/auth/whoami';
const LISTS = '/public-api/v1/lists';
const MANAGEMENT = '/v1/hubs/current/whoami';
const V1 = '/public-api/v1/auth/token';
const V2 = '/public-api/v2/auth/token';

let app: TestApp;

useHeldApp((started) => {
  app = started;
});

interface Made {
  readonly hub: TestHub;
  readonly key: TestKey;
  readonly token: string;
}

async function made(spec: { scopes?: readonly Scope[]; expiresAt?: string } = {}): Promise<Made> {
  const hub = await app.create.hub();
  const key = await app.create.integrationKey(hub, spec);
  return { hub, key, token: await app.create.token(key) };
}

const exchange = (key: TestKey, path = V1) => app.anonymous.with({ apiKey: key.secret }).get(path);
const statusOf = async (request: PromiseLike<{ status: number }>) => (await request).status;

/** A change that has no door yet, told to the feed as its service will. */
async function change({ hub, key }: Made, sql: string, ...parameters: unknown[]): Promise<void> {
  await app.database.transaction(async (tx) => {
    await tx.query(sql, parameters);
    const touched = [{ kind: 'key', id: key.id } as const, { kind: 'hub', id: hub.id } as const];
    await recordChanges(tx, hub.id, touched, app.clock.now());
  });
  await poll(app);
}

const edit = async ({ hub, key }: Made, patch: object) =>
  app
    .as((await app.create.ownerKey(hub)).secret)
    .patch(`/v1/hubs/current/api-keys/${key.id}`, patch)
    .expect(200);

describe('GET /public-api/v1/auth/token', () => {
  it('answers the token and its end, in the spelling of the field and in the right one', async () => {
    const { body, headers } = await exchange((await made()).key, V1).expect(200);
    const end = new Date(Math.floor(app.clock.now() / 1000 + 900) * 1000).toISOString();

    expect(body).toEqual({ accessToken: expect.any(String), validUntill: end, validUntil: end });
    expect(headers['cache-control']).toBe('no-store');
  });

  it('says in the token who it is for, and nothing that decides', async () => {
    const { hub, key, token } = await made({ scopes: ['write:lists', 'read:lists'] });
    const iat = Math.floor(app.clock.now() / 1000);
    const { header, payload } = read(token);

    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.stringMatching(/^[0-9a-f]{24}$/) });
    expect(payload).toEqual({
      iss: await issuerOf(app),
      aud: 'public-api',
      sub: key.id,
      hub: hub.id,
      kv: 1,
      sid: expect.stringMatching(/^[0-9a-f]{24}$/),
      scope: 'read:lists write:lists',
      iat,
      exp: iat + 900,
      jti: expect.stringMatching(/^[0-9a-f]{24}$/),
    });
  });

  it('gives the same token again within a sixtieth of its life, and another one afterwards', async () => {
    const { key, token } = await made();

    app.clock.advance(14_999);
    expect(await app.create.token(key)).toBe(token);
    app.clock.advance(1);
    expect(await app.create.token(key)).not.toBe(token);
    await poll(app);
  });

  it('gives another token as soon as it would say anything else', async () => {
    const { hub, key, token } = await made();
    const owner = app.as((await app.create.ownerKey(hub)).secret);

    await owner.patch(keyPath(key), { scopes: ['read:lists'] }).expect(200);
    const narrower = await app.create.token(key);
    expect(narrower).not.toBe(token);
    await owner.patch(keyPath(key), { expires_at: new Date(app.clock.now() + 60_000).toISOString() }).expect(200);
    expect(await app.create.token(key)).not.toBe(narrower);
  });

  it('gives no two credentials the same token', async () => {
    const { hub, key, token } = await made();
    const owner = app.as((await app.create.ownerKey(hub)).secret);
    const { body } = await owner.post(`${keyPath(key)}/rotate`, {}).expect(201);

    const { data } = body as { data: { secret: string } };
    expect(await app.create.token({ ...key, secret: data.secret })).not.toBe(token);
  });

  it('costs no SQL once the key is known', async () => {
    const { key } = await made();

    expect(await statementsOf(app, () => exchange(key).expect(200))).toBe(0);
  });

  it('ends the token with the key, if that ends first', async () => {
    const end = Math.floor(app.clock.now() / 1000) * 1000 + 60_000;
    const { token } = await made({ expiresAt: new Date(end).toISOString() });

    expect(read(token).payload.exp).toBe(end / 1000);
  });

  it('gives a key without scopes a token without scopes', async () => {
    const { token } = await made({ scopes: [] });

    expect(read(token).payload.scope).toBe('');
    expect(await statusOf(app.as(token).get(WHOAMI))).toBe(200);
    expect(await statusOf(app.as(token).get(LISTS))).toBe(403);
  });

  it.each(['apikey', 'APIKEY', 'ApiKey'])('takes the header as %s', async (name) => {
    const { key } = await made();
    expect((await rawRequest(app, V1, [`${name}: ${key.secret}`])).status).toBe(200);
  });

  it.each([
    ['nothing', () => []],
    ['an empty header', () => ['apiKey:']],
    ['the key as bearer', ({ key }: Made) => [`Authorization: Bearer ${key.secret}`]],
    ['the key under another name', ({ key }: Made) => [`X-Api-Key: ${key.secret}`]],
    ['a scheme before the key', ({ key }: Made) => [`apiKey: Bearer ${key.secret}`]],
    ['something after the key', ({ key }: Made) => [`apiKey: ${key.secret} x`]],
    ['the key twice', ({ key }: Made) => [`apiKey: ${key.secret}`, `apiKey: ${key.secret}`]],
    ['an access token', ({ token }: Made) => [`apiKey: ${token}`]],
    ['an access token as bearer', ({ token }: Made) => [`Authorization: Bearer ${token}`]],
  ])('refuses %s with 401', async (_, headers) => {
    for (const path of [V1, V2]) {
      const { status, head, body } = await rawRequest(app, path, headers(await made()));
      expect([status, head.includes('www-authenticate'), head.includes('problem+json')]).toEqual([401, true, true]);
      expect(body).not.toContain('accessToken');
    }
  });

  it('does not take the key from the query', async () => {
    const { key } = await made();
    const { status, text } = await app.anonymous.get(`${V1}?apiKey=${key.secret}`);

    expect(status).toBe(422);
    expect(text).not.toContain(key.secret);
  });
});

describe('GET /public-api/v2/auth/token', () => {
  it('answers the token and its end', async () => {
    const { body } = await exchange((await made()).key, V2).expect(200);

    expect(Object.keys(body as object)).toEqual(['accessToken', 'validUntil']);
  });
});

describe('a token', () => {
  it('opens the public door and no other', async () => {
    const { token } = await made();
    const answers = [LISTS, WHOAMI, MANAGEMENT, '/v1/hubs/current/api-keys', '/v1/hubs/current'].map((path) =>
      statusOf(app.as(token).get(path)),
    );

    expect(await Promise.all(answers)).toEqual([200, 200, 401, 401, 401]);
  });

  it('is for data only, whatever the role of its key may administer', async () => {
    const hub = await app.create.hub();
    const key = await app.create.integrationKey(hub, { roleId: hub.roles.owner });
    const { body } = await app
      .as(await app.create.token(key))
      .get(WHOAMI)
      .expect(200);

    expect(body).toMatchObject({ kind: 'access-token', capabilities: [], scopes: [...SCOPES] });
  });

  it('ends after 15 minutes, also when it was just in use', async () => {
    const { token } = await made();
    app.clock.advance(899_000 - (app.clock.now() % 1000));
    await poll(app);
    expect(await statusOf(app.as(token).get(WHOAMI))).toBe(200);
    app.clock.advance(1000);
    await poll(app);

    expect(await statusOf(app.as(token).get(WHOAMI))).toBe(401);
  });

  it('lives as long as configuration says', async () => {
    const brief = await app.secondNode({ ACCESS_TOKEN_TTL_SECONDS: '60' });
    try {
      const { payload } = read(await brief.create.token((await made()).key));
      expect(Number(payload.exp) - Number(payload.iat)).toBe(60);
    } finally {
      await brief.stop();
    }
  });

  it.each([
    [
      'its key is deleted',
      401,
      (m: Made) => change(m, "UPDATE api_key SET state = 'deleted', kv = kv + 1 WHERE id = ?", m.key.id),
    ],
    [
      'its key is disabled',
      401,
      (m: Made) => change(m, "UPDATE api_key SET state = 'inactive', kv = kv + 1 WHERE id = ?", m.key.id),
    ],
    [
      'its hub is made inactive',
      401,
      (m: Made) => change(m, "UPDATE hub SET state = 'inactive' WHERE id = ?", m.hub.id),
    ],
    [
      'its secret has ended',
      401,
      (m: Made) => change(m, 'UPDATE api_secret SET ends_at = ? WHERE key_id = ?', app.clock.now(), m.key.id),
    ],
    [
      'its key has expired',
      401,
      (m: Made) => change(m, 'UPDATE api_key SET expires_at = ? WHERE id = ?', app.clock.now(), m.key.id),
    ],
    ['its role is gone', 401, (m: Made) => change(m, 'UPDATE role SET deleted_at = 1 WHERE id = ?', m.key.roleId)],
    [
      'its group is gone',
      200,
      (m: Made) => change(m, 'UPDATE user_group SET deleted_at = 1 WHERE hub_id = ?', m.hub.id),
    ],
  ])('when %s answers %i, and so does the key', async (_, status, happen) => {
    const one = await made();
    await app.as(one.token).get(WHOAMI).expect(200);
    await app.as(one.key.secret).get(MANAGEMENT).expect(200);
    await happen(one);

    expect(await statusOf(app.as(one.token).get(WHOAMI))).toBe(status);
    expect(await statusOf(app.as(one.key.secret).get(MANAGEMENT))).toBe(status);
    expect(await statusOf(exchange(one.key))).toBe(status);
  });

  it('has no right left when the group of its key is gone', async () => {
    const one = await made();
    await app.create.list(one.hub);
    const rows = () => statusOf(app.as(one.token).get(`${LISTS}/list?name=StockInfo`));
    expect(await rows()).toBe(200);
    await change(one, 'UPDATE user_group SET deleted_at = 1 WHERE hub_id = ?', one.hub.id);

    expect(await rows()).toBe(404);
    expect((await app.as(one.token).get(WHOAMI).expect(200)).body).toMatchObject({
      group: null,
      rights: { lists: [] },
    });
  });

  it('ends alone when only the tokens of its key are ended', async () => {
    const one = await made();
    await app.as(one.token).get(WHOAMI).expect(200);
    await change(one, 'UPDATE api_key SET kv = kv + 1 WHERE id = ?', one.key.id);

    expect(await statusOf(app.as(one.token).get(WHOAMI))).toBe(401);
    expect(await statusOf(app.as(one.key.secret).get(MANAGEMENT))).toBe(200);
    expect(await statusOf(app.as(await app.create.token(one.key)).get(WHOAMI))).toBe(200);
  });

  it('lives on through a new name and through new rights of its key', async () => {
    const one = await made();
    await edit(one, { name: 'Renamed', scopes: ['read:lists'] });

    expect(await statusOf(app.as(one.token).get(WHOAMI))).toBe(200);
  });

  it('may do what it was issued for and its key may do now: the meeting of both', async () => {
    const one = await made({ scopes: ['read:lists', 'read:box'] });
    const scopesNow = async () =>
      ((await app.as(one.token).get(WHOAMI).expect(200)).body as { scopes: string[] }).scopes;

    await edit(one, { scopes: [...SCOPES] });
    expect(await scopesNow()).toEqual(['read:lists', 'read:box']);
    await edit(one, { scopes: ['read:box', 'write:box'] });
    expect(await scopesNow()).toEqual(['read:box']);
    expect(await statusOf(app.as(one.token).get(LISTS))).toBe(403);
    await edit(one, { scopes: ['write:lists'] });
    expect(await scopesNow()).toEqual([]);
    await edit(one, { scopes: ['read:lists'] });
    expect(await scopesNow()).toEqual(['read:lists']);
    expect(await statusOf(app.as(one.token).get(LISTS))).toBe(200);
  });

  it('of one hub sees nothing of another, whatever it claims to mean', async () => {
    const [one, other] = [await made(), await made()];
    await app.create.list(one.hub, 'Mine');
    await app.create.list(other.hub, 'Theirs');
    const caller = app.as(one.token).with({ 'x-hub-id': other.hub.id });

    expect(JSON.stringify((await caller.get(LISTS).expect(200)).body)).not.toContain('Theirs');
    expect(await statusOf(caller.get(`${LISTS}/list?name=Theirs`))).toBe(404);
    expect(await statusOf(caller.post(`${LISTS}/items`, { listName: 'Theirs', data: { Quantity: 1 } }))).toBe(404);
    expect((await caller.get(WHOAMI).expect(200)).body).toMatchObject({ hub: { id: one.hub.id } });
  });

  it('works on every node, also one that starts later', async () => {
    const { token } = await made();
    const node = await app.secondNode();
    node.clock.advance(app.clock.now() - node.clock.now());
    try {
      expect(await statusOf(node.as(token).get(WHOAMI))).toBe(200);
    } finally {
      await node.stop();
    }
  });
});

describe('the Authorization header', () => {
  const ask = async (lines: string[], path = WHOAMI) => (await rawRequest(app, path, lines)).status;

  it.each([
    ['bearer %', 200],
    ['BEARER %', 200],
    ['bEaReR %', 200],
    ['Bearer    %', 200],
    ['  Bearer %  ', 200],
    ['Bearer\t%', 401],
    ['Bearer', 401],
    ['Bearer%', 401],
    ['Bearer: %', 401],
    ['Bearer "%"', 401],
    ['Bearer %,', 401],
    ['Bearer % x', 401],
    ['Bearer x, Bearer %', 401],
    ['Bearer Bearer %', 401],
    ['Basic %', 401],
    ['Token %', 401],
    ['%', 401],
    ['', 401],
  ])('reads "%s" with %i, for a token and for a key', async (pattern, status) => {
    const { key, token } = await made();
    const line = (credential: string) => [`Authorization: ${pattern.replace('%', credential)}`];

    expect(await ask(line(token))).toBe(status);
    expect(await ask(line(key.secret), MANAGEMENT)).toBe(status);
  });

  it('counts once: of two lines, the second adds nothing', async () => {
    const [one, other] = [await made(), await made()];
    const lines = [`Authorization: Bearer ${one.token}`, `Authorization: Bearer ${other.token}`];

    expect((await rawRequest(app, WHOAMI, lines)).body).toContain(one.hub.id);
    expect(await ask(['Authorization: Bearer junk', lines[1]])).toBe(401);
  });

  it('with a key at the public door is refused with what to do, and nothing about the key', async () => {
    const { key } = await made();
    const { body } = await app.as(key.secret).get(LISTS).expect(401);
    const invented = await app
      .as(`${key.secret.slice(0, -1)}!`)
      .get(LISTS)
      .expect(401);

    expect(body).toMatchObject({ code: '401.auth-invalid', detail: expect.stringContaining(V1) });
    expect({ ...(invented.body as object), requestId: 0 }).toEqual({ ...(body as object), requestId: 0 });
  });

  it('is not needed in the query, in a cookie or in a body, and does nothing there', async () => {
    const { token, key } = await made();

    expect(await statusOf(app.anonymous.get(`${WHOAMI}?access_token=${token}`))).toBe(401);
    expect(await statusOf(app.anonymous.with({ cookie: `access_token=${token}` }).get(WHOAMI))).toBe(401);
    expect(await statusOf(app.anonymous.with({ apiKey: key.secret }).get(LISTS))).toBe(401);
    expect(await statusOf(app.anonymous.with({ apiKey: key.secret }).get(MANAGEMENT))).toBe(401);
  });
});

it('knows every scope that a key can have', () => {
  expect(ALL_SCOPES).toBe(2 ** SCOPES.length - 1);
});
