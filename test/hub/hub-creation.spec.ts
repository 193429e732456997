import { describe, expect, it } from 'vitest';
import { HUBS_PER_ACCOUNT_MAX } from '../../src/modules/provisioning/index.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { API_KEYS, dataOf, type Json, leavesAlone, refusalOf, ROLES, storedOf, WHOAMI } from '../support/management.js';
import { dumpTables } from '../support/table-dump.js';
import { tamper } from '../support/stillness.js';
import { type TestApp, useTestApp } from '../support/test-app.js';

const HUBS = '/v1/hubs';
const BODY = { name: 'Plant Nord' };

const off = useTestApp();
const rootKeys = useTestApp({ environment: { HUB_CREATION: 'root-keys' } });
const accounts = useTestApp({ environment: { HUB_CREATION: 'accounts' } });

interface Made {
  readonly hub: TestHub;
  readonly apiKey: { readonly id: string; readonly secret: string } | null;
}

async function make(app: TestApp, caller: Client, body: object = BODY): Promise<Made> {
  const answer = await caller.post(HUBS, body).expect(200);
  const { data, meta } = answer.body as { data: { id: string; name: string }; meta: { api_key: Made['apiKey'] } };
  const rows = await app.database.query<{ identifier: string; id: string }>(
    'SELECT identifier, id FROM role WHERE hub_id = ?',
    [data.id],
  );
  const roles = Object.fromEntries(rows.map(({ identifier, id }) => [identifier, id]));
  return { hub: { id: data.id, name: data.name, roles }, apiKey: meta.api_key };
}

const hubCount = async (app: TestApp): Promise<number> => (await app.database.query('SELECT id FROM hub')).length;

/** Refused, with nothing made. */
async function refused(app: TestApp, caller: Client, status = 403, body: object = BODY) {
  const before = await hubCount(app);
  const answer = await caller.post(HUBS, body).expect(status);
  expect(await hubCount(app)).toBe(before);
  return refusalOf(answer);
}

const serverKey = async (app: TestApp): Promise<Client> =>
  app.as((await app.create.ownerKey(await app.create.hub())).secret);

/** A person of no hub. */
async function person(app: TestApp, parts = {}): Promise<{ id: string; caller: Client }> {
  const account = await app.people.account(parts);
  return { id: account.id, caller: app.as((await app.people.session(account)).token) };
}

/** A root key that a tenant made by its own root key. */
async function tenantsKey(app: TestApp): Promise<Client> {
  const hub = await app.create.hub();
  const owner = app.as((await app.create.ownerKey(hub)).secret);
  const made = dataOf(await owner.post(API_KEYS, { name: 'ours', role_id: hub.roles['owner'] }).expect(201));
  return app.as(String(made.secret));
}

describe('HUB_CREATION=off', () => {
  it('is the default', () => {
    expect(off.app.config.hubCreation).toBe('off');
  });

  it('403: nobody makes hubs at the door, whoever they are, and the answer names the setting', async () => {
    const { app } = off;
    const hub = await app.create.hub();
    const rootMember = await app.people.member({ hub, roleId: hub.roles['owner'], secondFactor: true });
    const callers = [
      await serverKey(app),
      await tenantsKey(app),
      await app.create.caller({ hub }),
      app.as(rootMember.token),
      (await person(app)).caller,
    ];

    for (const caller of callers) {
      expect(await refused(app, caller)).toMatchObject({
        code: '403.not-allowed',
        detail: expect.stringContaining('HUB_CREATION=off'),
        extra: { setting: 'HUB_CREATION', value: 'off' },
      });
    }
  });

  it('401: nor does anybody without a credential, or with an access token', async () => {
    const hub = await off.app.create.hub();
    const token = await off.app.create.token(await off.app.create.integrationKey(hub));

    expect((await refused(off.app, off.app.anonymous, 401)).code).toBe('401.auth-invalid');
    expect((await refused(off.app, off.app.as(token), 401)).code).toBe('401.auth-invalid');
  });
});

describe('HUB_CREATION=root-keys', () => {
  it('200: a root key of the server makes a hub with the default roles, and gets its owner key, once', async () => {
    const { app } = rootKeys;
    const from = await app.create.hub();
    const maker = await app.create.ownerKey(from);

    const { hub, apiKey } = await make(app, app.as(maker.secret), { name: ' Plant Süd ', identifier: 'sued' });

    const owner = app.as(apiKey?.secret ?? '');
    expect(dataOf(await owner.get(WHOAMI).expect(200))).toMatchObject({
      hub: { id: hub.id, name: 'Plant Süd' },
      api_key: { id: apiKey?.id },
      role: { root: true },
    });
    expect(dataOf(await owner.get('/v1/hubs/current').expect(200))).toMatchObject({
      identifier: 'sued',
      creator: { type: 'api-key', id: maker.id },
    });
    expect(Object.keys(hub.roles).sort((a, b) => (a < b ? -1 : 1))).toEqual(
      Object.keys(from.roles).sort((a, b) => (a < b ? -1 : 1)),
    );
    expect((await storedOf(app, hub)).activity.map(({ event }) => event)).toEqual(['hub.create', 'hub.apikey.create']);
    expect(JSON.stringify(await dumpTables(app.database))).not.toContain(apiKey?.secret);
  });

  it('tells in the new hub who made it, with their request, and changes nothing in their own', async () => {
    const { app } = rootKeys;
    const from = await app.create.hub();
    const maker = await app.create.ownerKey(from);

    const { hub } = await leavesAlone(app, from, () => make(app, app.as(maker.secret)));

    const [first] = (await storedOf(app, hub)).activity;
    expect(JSON.parse(String(first['body']))).toMatchObject({
      hub_id: hub.id,
      user: { type: 'api-key', id: maker.id },
      component: { type: 'hub', id: hub.id },
      session: { url: '/v1/hubs', method: 'POST', api_key: maker.id },
    });
  });

  it('does not let what confines the maker fall away: addresses and end are the owner key’s, too', async () => {
    const { app } = rootKeys;
    const hub = await app.create.hub();
    const expiresAt = new Date(app.clock.now() + 3_600_000).toISOString();
    const maker = await app.create.key({ hub, roleId: hub.roles['owner'], ips: ['127.0.0.0/8'], expiresAt });

    const { apiKey } = await make(app, app.as(maker.secret));

    const row = dataOf(
      await app
        .as(apiKey?.secret ?? '')
        .get(`${API_KEYS}/${apiKey?.id ?? ''}`)
        .expect(200),
    );
    expect(row).toMatchObject({ ips: ['127.0.0.0/8'], expires_at: expiresAt, creator: { id: maker.id } });
  });

  it('403: an owner key that was given out with a hub makes no further one', async () => {
    const { app } = rootKeys;
    const { apiKey } = await make(app, await serverKey(app));

    expect(await refused(app, app.as(apiKey?.secret ?? ''))).toMatchObject({
      code: '403.not-allowed',
      extra: { value: 'root-keys' },
    });
  });

  it('403: nor do a tenant’s own root key, a server’s key without root, and people', async () => {
    const { app } = rootKeys;
    const hub = await app.create.hub();
    const callers = [
      await tenantsKey(app),
      await app.create.caller({ hub, roleId: hub.roles['admin'] }),
      await app.create.caller({ hub, capabilities: ['hubs-update', 'hubs-delete'], rank: 9 }),
      app.as((await app.people.member({ hub, roleId: hub.roles['owner'] })).token),
      (await person(app)).caller,
    ];

    for (const caller of callers) {
      expect((await refused(app, caller)).detail).toContain('HUB_CREATION=root-keys');
    }
  });

  it('is decided inside the transaction: a key that is demoted or ended meanwhile makes nothing', async () => {
    const { app } = rootKeys;
    const hub = await app.create.hub();
    const [demoted, ended] = [await app.create.ownerKey(hub), await app.create.ownerKey(hub)];
    // Both are cached as they were; behind the server's back nobody tells the cache.
    await app.as(demoted.secret).get(WHOAMI).expect(200);
    await app.as(ended.secret).get(WHOAMI).expect(200);
    await tamper(
      app,
      ['UPDATE api_key SET role_id = ? WHERE id = ?', [hub.roles['admin'], demoted.id]],
      ["UPDATE api_key SET state = 'deleted', deleted_at = 1 WHERE id = ?", [ended.id]],
    );

    expect((await refused(app, app.as(demoted.secret))).code).toBe('403.not-allowed');
    expect((await refused(app, app.as(ended.secret), 401)).code).toBe('401.auth-invalid');
  });
});

describe('HUB_CREATION=accounts', () => {
  it('200: a person with a verified address makes a hub and is its root member at once', async () => {
    const { app } = accounts;
    const { id, caller } = await person(app);

    const { hub, apiKey } = await make(app, caller);

    expect(apiKey).toBeNull();
    const inHub = caller.with({ 'x-hub-id': hub.id });
    expect(dataOf(await inHub.get(WHOAMI).expect(200))).toMatchObject({ account: { id }, role: { root: true } });
    expect(dataOf<Json[]>(await caller.get(HUBS).expect(200)).map((one) => one.id)).toEqual([hub.id]);
    await inHub.post(ROLES, { identifier: 'mine', rank: 9 }).expect(201);
    const { activity } = await storedOf(app, hub);
    expect(activity.map(({ event }) => event).slice(0, 2)).toEqual(['hub.create', 'hub.membership.create']);
    expect(JSON.parse(String(activity[0]['body']))).toMatchObject({
      user: { type: 'account', id },
      session: { account_session: expect.stringMatching(/^[0-9a-f]{24}$/), api_key: null },
    });
  });

  it('200: a root key of the server still does', async () => {
    const { apiKey } = await make(accounts.app, await serverKey(accounts.app));

    expect(apiKey?.secret).toMatch(/^hgk_/);
  });

  it('200: takes a name that another hub has, and says nothing of that one', async () => {
    const { app } = accounts;
    const theirs = await app.create.hub('Secret Project');
    const { caller } = await person(app);

    const { hub } = await make(app, caller, { name: 'secret project', identifier: 'secret-project' });

    expect(hub.id).not.toBe(theirs.id);
    await make(app, caller, { name: 'secret project' });
  });

  it('200: makes the identifier from the name, and takes webhooks that are null', async () => {
    const { caller } = await person(accounts.app);
    const webhooks = { server_deployed: null, server_deleted: null };

    const answer = await caller.post(HUBS, { name: 'Werk Süd', webhooks }).expect(200);

    expect(dataOf(answer)).toMatchObject({
      identifier: 'werk-sud',
      name: 'Werk Süd',
      state: { current: 'live' },
      security: { force_2fa: false },
      webhooks,
    });
  });

  it('403: not before the address is verified', async () => {
    const { caller } = await person(accounts.app, { verifiedAt: null });

    expect((await refused(accounts.app, caller)).code).toBe('403.not-ready');
  });

  it('403: nor before a password of one’s own was chosen', async () => {
    const account = await accounts.app.people.account();
    const { token } = await accounts.app.people.session(account, { passwordOnce: true });

    expect((await refused(accounts.app, accounts.app.as(token))).code).toBe('403.not-ready');
  });

  it('403: nor for a tenant’s own root key', async () => {
    expect((await refused(accounts.app, await tenantsKey(accounts.app))).extra).toMatchObject({ value: 'accounts' });
  });

  it('is decided inside the transaction: an address or a session that is lost meanwhile makes nothing', async () => {
    const { app } = accounts;
    const [unproved, ended] = [await person(app), await person(app)];
    await unproved.caller.get(HUBS).expect(200);
    await ended.caller.get(HUBS).expect(200);
    await tamper(
      app,
      ['UPDATE account SET verified_at = NULL WHERE id = ?', [unproved.id]],
      ['UPDATE account_session SET ended_at = 1 WHERE account_id = ?', [ended.id]],
    );

    expect((await refused(app, unproved.caller)).code).toBe('403.not-ready');
    expect((await refused(app, ended.caller, 401)).code).toBe('401.auth-invalid');
  });

  it('422: nobody is root of more hubs than can be, also not by asking twice at once', async () => {
    const { app } = accounts;
    const { id, caller } = await person(app);
    const { hub } = await make(app, caller);
    for (let more = 2; more < HUBS_PER_ACCOUNT_MAX; more += 1) {
      const another = await app.create.hub();
      await app.people.join(another, { id, email: `${id}@example.com` }, another.roles['owner']);
    }

    const answers = await Promise.all([caller.post(HUBS, BODY), caller.post(HUBS, BODY)]);

    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 422]);
    expect((await refused(app, caller, 422)).code).toBe('422.max-exceeded');
    await caller.with({ 'x-hub-id': hub.id }).delete('/v1/hubs/current').expect(202);
  });

  it.each<[Json, string, string]>([
    [{}, '422.missing-argument', '/name'],
    [{ name: ' ' }, '422.invalid-argument', '/name'],
    [{ name: 'x', identifier: 'Not A Slug' }, '422.invalid-argument', '/identifier'],
    [
      { name: 'x', webhooks: { server_deleted: 'https://example.com' } },
      '422.invalid-argument',
      '/webhooks/server_deleted',
    ],
    [{ name: 'x', security: { force_2fa: true } }, '422.invalid-argument', '/security'],
    [{ name: 'x', id: '0'.repeat(24) }, '422.invalid-argument', '/id'],
  ])('422: does not take %j', async (body, code, source) => {
    const { caller } = await person(accounts.app);

    expect(await refused(accounts.app, caller, 422, body)).toMatchObject({ code, source });
  });
});
