import { describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/access/index.js';
import { type Client } from '../support/client.js';
import {
  activityOf,
  API_KEYS,
  dataOf,
  type Json,
  leavesAlone,
  NO_ID,
  ownedHub,
  refusalOf,
} from '../support/management.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();
const SECRET = /^hgk_[0-9a-f]{24}_[0-9A-Za-z]{38}$/;

const make = async (caller: Client, body: Json): Promise<Json> => dataOf(await caller.post(API_KEYS, body).expect(201));
const read = async (caller: Client, id: unknown): Promise<Json> =>
  dataOf(await caller.get(`${API_KEYS}/${String(id)}`).expect(200));

describe('POST /v1/hubs/current/api-keys', () => {
  it('201: makes a key, and the activity says who made what', async () => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    const body = {
      name: 'ERP sync',
      description: 'Owned by the ERP team',
      role_id: hub.roles.integration,
      group_id: await test.app.create.group(hub),
      scopes: ['read:lists', 'write:lists'],
      ips: ['192.0.2.0/24', '2001:db8::1'],
      expires_at: '2090-01-01T00:00:00.000Z',
    };

    let key: Json = {};
    const entries = await activityOf(
      test.app,
      hub,
      async () => (key = await make(owner, { ...body, name: ' ERP sync ' })),
    );

    expect(key).toMatchObject({
      ...body,
      hub_id: hub.id,
      secret: expect.stringMatching(SECRET),
      creator: { id: ownerId, type: 'api-key' },
      state: { current: 'live' },
      last_used_at: null,
      last_used_address: null,
    });
    expect(await read(owner, key.id)).toEqual({ ...key, secret: `hgk_${String(key.id)}_****` });
    expect(entries).toEqual([
      expect.objectContaining({
        event: 'hub.apikey.create',
        hub_id: hub.id,
        user: { id: ownerId, type: 'api-key' },
        component: { type: 'api_key', id: key.id },
        changes: Object.fromEntries(
          [...Object.entries(body), ['state', 'live']].map(([name, after]) => [name, { after }]),
        ),
      }),
    ]);
    expect(JSON.stringify(entries)).not.toContain(String(key.secret).slice(30));
  });

  it('201: grants nothing that is not asked for', async () => {
    const { hub, owner } = await ownedHub(test.app);

    expect(await make(owner, { name: 'plain', role_id: hub.roles.integration })).toMatchObject({
      description: null,
      group_id: null,
      scopes: [],
      ips: null,
      expires_at: null,
    });
  });

  it('201: keeps scopes in their own order, and addresses in one spelling, each once', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const ips = ['::FFFF:192.0.2.1', '192.0.2.1/32', '2001:DB8::/32', '0.0.0.0/0', '::ffff:10.0.0.0/104'];

    const key = await make(owner, { name: 'x', role_id: hub.roles.integration, scopes: SCOPES.toReversed(), ips });

    expect(key).toMatchObject({ scopes: [...SCOPES], ips: ['192.0.2.1', '2001:db8::/32', '0.0.0.0/0', '10.0.0.0/8'] });
  });

  it('201: allows two keys of one name', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const body = { name: 'twin', role_id: hub.roles.integration };

    expect((await make(owner, body)).id).not.toBe((await make(owner, body)).id);
  });

  it.each([
    ['2090-01-01T00:00:00Z', '2090-01-01T00:00:00.000Z'],
    ['2090-01-01T00:00:00.5+02:00', '2089-12-31T22:00:00.500Z'],
    ['2090-06-30T23:59:59-11:30', '2090-07-01T11:29:59.000Z'],
    ['2092-02-29T00:00:00Z', '2092-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('201: reads the end %s', async (text, stored) => {
    const { hub, owner } = await ownedHub(test.app);

    const key = await make(owner, { name: 'x', role_id: hub.roles.integration, expires_at: text });

    expect(await read(owner, key.id)).toMatchObject({ expires_at: stored });
  });

  it.each(
    [
      '2090-01-01T00:00:00',
      '2090-01-01',
      '2090-01-01 00:00:00Z',
      '2090-02-30T00:00:00Z',
      '2090-02-29T00:00:00Z',
      '2026-02-30T00:00:00Z',
      '2090-04-31T00:00:00Z',
      '2090-13-01T00:00:00Z',
      '2090-01-01T24:00:00Z',
      '2090-01-01T00:00:60Z',
      '2090-01-01T00:60:00Z',
      '2090-01-01T00:00:00+24:00',
      '2090-01T00:00:00Z',
      '2090-W01-1T00:00:00Z',
      '2090-001T00:00:00Z',
      '20900101T000000Z',
      '+010000-01-01T00:00:00Z',
      '10000-01-01T00:00:00Z',
      '9999-12-31T23:59:59-14:00',
      '2090-01-01T00:00:00Z ',
      '2090-01-01T00:00:00Z\n',
      'never',
      '',
      0,
      3786912000000,
      true,
      ['2090-01-01T00:00:00Z'],
      {},
    ].map((value) => [value]),
  )('422: for the end %j, and says what an end looks like', async (expires_at) => {
    const { hub, owner } = await ownedHub(test.app);
    const body = { name: 'x', role_id: hub.roles.integration, expires_at };

    const answer = await leavesAlone(test.app, hub, () => owner.post(API_KEYS, body).expect(422));

    expect(refusalOf(answer)).toMatchObject({
      code: '422.invalid-argument',
      source: '/expires_at',
      detail: expect.stringContaining('with its offset, e.g. 2030-01-01T00:00:00Z'),
    });
  });

  it.each(['2020-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '0001-01-01T00:00:00Z'])(
    '422: for the end %s, which is past',
    async (end) => {
      const { hub, owner } = await ownedHub(test.app);
      const body = { name: 'x', role_id: hub.roles.integration, expires_at: end };

      const answer = await leavesAlone(test.app, hub, () => owner.post(API_KEYS, body).expect(422));

      expect(refusalOf(answer)).toMatchObject({
        source: '/expires_at',
        detail: expect.stringContaining('null for a key that'),
      });
    },
  );

  it('422: for an end that is this very moment', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const expires_at = new Date(test.app.clock.now()).toISOString();

    const answer = await owner.post(API_KEYS, { name: 'x', role_id: hub.roles.integration, expires_at }).expect(422);

    expect(refusalOf(answer).source).toBe('/expires_at');
  });

  it.each([
    ['10.1.2.3/8', 'write 10.0.0.0/8 for the network or 10.1.2.3 for one address'],
    ['2001:db8::1/32', 'write 2001:db8::/32 for the network or 2001:db8::1 for one address'],
    ...[
      '256.0.0.1',
      '1.2.3',
      '01.2.3.4',
      '0x7f.0.0.1',
      '127.1',
      '2130706433',
      '1.2.3.4.5',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/08',
      '10.0.0.0/8/8',
      '10.0.0.0/',
      '10.0.0.0/255.0.0.0',
      '/8',
      '::1/129',
      '::ffff:10.0.0.0/90',
      'fe80::1%eth0',
      '1.2.3.4:80',
      '[::1]',
      ':::',
      'localhost',
      'erp.example.com',
      '*',
      '',
      ' 10.0.0.1',
      '10.0.0.1 ',
      '10.0.0.1\n',
      '10.0.0.1,10.0.0.2',
      '10.0.0.1-10.0.0.9',
      '\uFF11\uFF10.0.0.1',
    ].map((entry) => [entry, 'is not an IPv4 or IPv6 address or CIDR range']),
  ])('422: for the address %j, pointing at it', async (entry, detail) => {
    const { hub, owner } = await ownedHub(test.app);
    const body = { name: 'x', role_id: hub.roles.integration, ips: ['192.0.2.1', entry] };

    const answer = await leavesAlone(test.app, hub, () => owner.post(API_KEYS, body).expect(422));

    expect(refusalOf(answer)).toMatchObject({
      code: '422.invalid-argument',
      source: '/ips/1',
      detail: expect.stringContaining(detail),
      extra: { invalid: [{ index: 1, entry }] },
    });
  });

  it.each([
    ['ips', [], '/ips', 'Send null to lift the restriction'],
    ['ips', '10.0.0.1', '/ips', 'must be an array'],
    ['ips', { 0: '10.0.0.1' }, '/ips', 'must be an array'],
    ['ips', [1], '/ips', 'must be a string'],
    ['ips', [null], '/ips', 'must be a string'],
    ['ips', [['10.0.0.1']], '/ips', 'must be a string'],
    ['ips', ['1'.repeat(65)], '/ips', '64 characters'],
    ['ips', Array(101).fill('10.0.0.1'), '/ips', '100'],
    ['scopes', null, '/scopes', 'must be an array'],
    ['scopes', 'read:lists', '/scopes', 'must be an array'],
    ['scopes', ['read:everything'], '/scopes', 'one of read:lists, write:lists, read:alerts'],
    ['scopes', ['READ:LISTS'], '/scopes', 'one of read:lists'],
    ['scopes', ['toString'], '/scopes', 'one of read:lists'],
    ['scopes', [0], '/scopes', 'one of read:lists'],
    ['scopes', ['read:lists', 'read:lists'], '/scopes', 'unique'],
    ['role_id', null, '/role_id', '24 lower-case hex characters'],
    ['role_id', 'owner', '/role_id', '24 lower-case hex characters'],
    ['role_id', NO_ID.toUpperCase().replace('0', 'A'), '/role_id', '24 lower-case hex characters'],
    ['role_id', `${NO_ID}\n`, '/role_id', '24 lower-case hex characters'],
    ['role_id', [NO_ID], '/role_id', '24 lower-case hex characters'],
    ['role_id', { $ne: null }, '/role_id', '24 lower-case hex characters'],
    ['role_id', NO_ID, '/role_id', 'GET /v1/hubs/current/roles'],
    ['group_id', '', '/group_id', 'or null'],
    ['group_id', 'x', '/group_id', 'or null'],
    ['group_id', NO_ID, '/group_id', 'GET /v1/hubs/current/groups'],
    ['description', '', '/description', '1 to 1000 characters'],
    ['description', 'x'.repeat(1001), '/description', '1 to 1000 characters'],
    ['name', null, '/name', 'must be text'],
  ])('422: for %s %j, also when a key is edited', async (field, value, source, detail) => {
    const { hub, owner } = await ownedHub(test.app);
    const { id } = await test.app.create.key({ hub, roleId: hub.roles.integration });
    const body = { name: 'x', role_id: hub.roles.integration, [field]: value };

    const made = await leavesAlone(test.app, hub, () => owner.post(API_KEYS, body).expect(422));
    const edited = await leavesAlone(test.app, hub, () =>
      owner.patch(`${API_KEYS}/${id}`, { [field]: value }).expect(422),
    );

    for (const answer of [made, edited]) {
      expect(refusalOf(answer)).toMatchObject({
        code: '422.invalid-argument',
        source,
        detail: expect.stringContaining(detail),
      });
    }
  });

  it.each(['name', 'role_id'])('422: without %s', async (field) => {
    const { hub, owner } = await ownedHub(test.app);
    const { [field]: _, ...body } = { name: 'x', role_id: hub.roles.integration } as Json;

    const answer = await leavesAlone(test.app, hub, () => owner.post(API_KEYS, body).expect(422));

    expect(refusalOf(answer)).toMatchObject({
      code: '422.missing-argument',
      source: `/${field}`,
      detail: `${field} is required.`,
    });
  });

  it('422: for a role or group of another hub, exactly as for one never made and one that was deleted', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const other = await ownedHub(test.app);
    const gone = { role_id: await test.app.create.role(hub, [], 0), group_id: await test.app.create.group(hub) };
    await owner.delete(`/v1/hubs/current/roles/${gone.role_id}`).expect(202);
    await owner.delete(`/v1/hubs/current/groups/${gone.group_id}`).expect(200);
    const foreign = { role_id: other.hub.roles.integration, group_id: await test.app.create.group(other.hub) };
    const key = await make(owner, { name: 'x', role_id: hub.roles.integration });
    const told = async (edit: Json): Promise<Json[]> => {
      const body = { name: 'x', role_id: hub.roles.integration, ...edit };
      const answers = await leavesAlone(test.app, hub, async () => [
        await owner.post(API_KEYS, body).expect(422),
        await owner.patch(`${API_KEYS}/${String(key.id)}`, edit).expect(422),
      ]);
      return answers.map((answer) => ({ ...refusalOf(answer), requestId: '' }));
    };

    for (const field of ['role_id', 'group_id'] as const) {
      const unknown = await told({ [field]: NO_ID });
      expect(unknown.map(({ source }) => source)).toEqual([`/${field}`, `/${field}`]);
      expect(await told({ [field]: foreign[field] })).toEqual(unknown);
      expect(await told({ [field]: gone[field] })).toEqual(unknown);
    }
  });
});

describe('PATCH /v1/hubs/current/api-keys/{apikeyId}', () => {
  const full = (hub: { roles: Readonly<Record<string, string>> }, group_id: string): Json => ({
    name: 'A',
    description: 'old',
    role_id: hub.roles.integration,
    group_id,
    scopes: ['read:lists'],
    ips: ['192.0.2.1'],
    expires_at: '2090-01-01T00:00:00.000Z',
  });

  it.each([
    ['name', 'B', 'B'],
    ['description', null, null],
    ['description', 'new', 'new'],
    ['group_id', null, null],
    ['scopes', [], []],
    ['scopes', ['write:lists'], ['write:lists']],
    ['ips', null, null],
    ['ips', ['198.51.100.0/24'], ['198.51.100.0/24']],
    ['expires_at', null, null],
    ['expires_at', '2091-01-01T00:00:00Z', '2091-01-01T00:00:00.000Z'],
  ])('200: sets %s to %j and leaves the rest; the activity holds only that', async (field, value, stored) => {
    const { hub, owner } = await ownedHub(test.app);
    const body = full(hub, await test.app.create.group(hub));
    const { id } = await make(owner, body);

    const entries = await activityOf(test.app, hub, () =>
      owner.patch(`${API_KEYS}/${String(id)}`, { [field]: value }).expect(200),
    );

    expect(await read(owner, id)).toMatchObject({ ...body, [field]: stored, secret: `hgk_${String(id)}_****` });
    expect(entries.map(({ event, changes }) => ({ event, changes }))).toEqual([
      { event: 'hub.apikey.update', changes: { [field]: { before: body[field], after: stored } } },
    ]);
  });

  it('200: leaves everything as it is when nothing is named', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const body = full(hub, await test.app.create.group(hub));
    const { id } = await make(owner, body);

    await owner.patch(`${API_KEYS}/${String(id)}`, {}).expect(200);

    expect(await read(owner, id)).toMatchObject(body);
  });

  it('acts with the next request: role, addresses and end', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const key = await test.app.create.key({ hub, roleId: hub.roles.admin });
    const caller = test.app.as(key.secret).from('192.0.2.1');
    const status = async (): Promise<number> => (await caller.get('/v1/hubs/current/groups')).status;
    expect(await status()).toBe(200);

    await owner.patch(`${API_KEYS}/${key.id}`, { ips: ['198.51.100.1'] }).expect(200);
    expect(refusalOf(await caller.get('/v1/hubs/current/groups').expect(403)).code).toBe('403.invalid-ip');
    await owner.patch(`${API_KEYS}/${key.id}`, { ips: null }).expect(200);
    expect(await status()).toBe(200);
    await owner.patch(`${API_KEYS}/${key.id}`, { role_id: hub.roles.integration }).expect(200);
    expect(refusalOf(await caller.get('/v1/hubs/current/groups').expect(403)).code).toBe('403.permissions');
  });
});

describe('DELETE /v1/hubs/current/api-keys/{apikeyId}', () => {
  it('200: answers with the deleted key, which then is not there any more, and says so once', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { id } = await make(owner, { name: 'gone', role_id: hub.roles.integration });
    const path = `${API_KEYS}/${String(id)}`;

    const entries = await activityOf(test.app, hub, async () => {
      const deleted = dataOf<{ events: { deleted: string } }>(await owner.delete(path).expect(200));
      expect(deleted).toMatchObject({ id, state: { current: 'deleted' }, secret: `hgk_${String(id)}_****` });
      expect(deleted.events.deleted).not.toBe('0001-01-01T00:00:00Z');
    });

    for (const answer of [await owner.get(path), await owner.patch(path, { name: 'x' }), await owner.delete(path)]) {
      expect(refusalOf(answer)).toMatchObject({ status: 404, code: '404.hub.api-key' });
    }
    expect(entries.map(({ event, changes }) => ({ event, changes }))).toEqual([
      { event: 'hub.apikey.delete', changes: { state: { before: 'live', after: 'deleted' } } },
    ]);
  });

  it('lists a deleted key only to those who ask for deleted keys', async () => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    const { id } = await make(owner, { name: 'gone', role_id: hub.roles.integration });
    await owner.delete(`${API_KEYS}/${String(id)}`).expect(200);
    const ids = async (query: string): Promise<unknown[]> =>
      dataOf<Json[]>(await owner.get(`${API_KEYS}${query}`).expect(200)).map((key) => key.id);

    expect(await ids('')).toEqual([ownerId]);
    expect(await ids('?filter[state]=live,inactive')).toEqual([ownerId]);
    expect(await ids('?filter[state]=deleted')).toEqual([id]);
    expect(await ids('?filter[state]=live,deleted&sort=id')).toEqual([ownerId, id]);
  });

  it('lets a key end itself, once', async () => {
    const { hub } = await ownedHub(test.app);
    const key = await test.app.create.key({ hub, capabilities: ['api-keys-manage'], rank: 3 });
    const caller = test.app.as(key.secret);

    await caller.delete(`${API_KEYS}/${key.id}`).expect(200);

    expect(refusalOf(await caller.delete(`${API_KEYS}/${key.id}`).expect(401)).code).toBe('401.auth-invalid');
  });
});
