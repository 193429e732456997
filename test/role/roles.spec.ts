import { describe, expect, it } from 'vitest';
import {
  activityOf,
  API_KEYS,
  dataOf,
  type Json,
  leavesAlone,
  ownedHub,
  refusalOf,
  ROLES,
} from '../support/management.js';
import { type Client } from '../support/client.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

const make = async (caller: Client, body: Json): Promise<Json> => dataOf(await caller.post(ROLES, body).expect(201));
const list = async (caller: Client, query = ''): Promise<Json[]> =>
  dataOf<Json[]>(await caller.get(`${ROLES}${query}`).expect(200));
const specific = (...names: string[]): Json => ({ all: false, specific: names });

describe('the roles of a new hub', () => {
  it('are the seven defaults, each with its rank and capabilities', async () => {
    const { owner } = await ownedHub(test.app);

    const roles = await list(owner, '?sort=-rank');

    expect(roles.map(({ identifier, rank, root, capabilities }) => ({ identifier, rank, root, capabilities }))).toEqual(
      [
        { identifier: 'owner', rank: 10, root: true, capabilities: { all: true, specific: [] } },
        {
          identifier: 'admin',
          rank: 7,
          root: false,
          capabilities: specific(
            'alerts-manage',
            'api-keys-manage',
            'apionly-jobs-view',
            'boxes-manage',
            'domains-manage',
            'groups-manage',
            'hubs-auditlog-view',
            'hubs-invites-manage',
            'hubs-invites-send',
            'hubs-members-manage',
            'hubs-members-view',
            'hubs-update',
            'hubs-usage-view',
            'lists-manage',
            'variables-manage',
          ),
        },
        { identifier: 'dev_ops', rank: 5, root: false, capabilities: specific('hubs-members-view', 'lists-manage') },
        { identifier: 'developer', rank: 4, root: false, capabilities: specific('hubs-members-view') },
        { identifier: 'consultant', rank: 2, root: false, capabilities: specific('hubs-members-view') },
        { identifier: 'analyst', rank: 1, root: false, capabilities: specific('hubs-members-view') },
        { identifier: 'integration', rank: 0, root: false, capabilities: specific() },
      ],
    );
    expect(roles.map((role) => role.default)).toEqual(roles.map((role) => role.identifier));
  });

  it('leave the right to write roles to the owner alone', async () => {
    const { hub } = await ownedHub(test.app);
    const admin = await test.app.create.caller({ hub, roleId: hub.roles.admin });

    expect(refusalOf(await admin.get(ROLES).expect(403)).extra).toEqual({ capability: 'hubs-roles-manage' });
  });

  it('may be changed and deleted, apart from the owner', async () => {
    const { hub, owner } = await ownedHub(test.app);

    await owner.patch(`${ROLES}/${hub.roles.developer}`, { capabilities: specific('lists-manage') }).expect(200);
    await owner.delete(`${ROLES}/${hub.roles.consultant}`).expect(202);

    const left = await list(owner, '?sort=-rank');
    expect(left.map(({ identifier }) => identifier)).not.toContain('consultant');
    expect(left.find(({ identifier }) => identifier === 'developer')).toMatchObject({
      default: 'developer',
      capabilities: specific('lists-manage'),
    });
  });
});

describe('GET /v1/hubs/current/roles', () => {
  it('200: filters by identifier, sorts, and pages without overlap', async () => {
    const { owner } = await ownedHub(test.app);

    expect((await list(owner, '?filter[identifier]=admin,analyst&sort=rank')).map((role) => role.rank)).toEqual([1, 7]);
    const pages = await Promise.all([1, 2, 3, 4].map((page) => list(owner, `?page[size]=3&page[number]=${page}`)));
    expect(pages.map((page) => page.length)).toEqual([3, 3, 1, 0]);
    expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(7);
  });

  it.each(['ADMIN', 'admin ', ' admin', 'adm%', ''])(
    '422: for the identifier "%s", which no role can have',
    async (text) => {
      const { owner } = await ownedHub(test.app);

      const answer = await owner.get(`${ROLES}?filter[identifier]=${encodeURIComponent(text)}`).expect(422);

      expect(refusalOf(answer)).toMatchObject({ source: '/query/filter/identifier' });
    },
  );

  it.each([
    ['sort=capabilities', '/query/sort', 'capabilities'],
    ['filter[rank]=3', '/query/filter/rank', 'rank'],
    ['include=keys', '/query/include', 'include'],
    ['meta=capabilities', '/query/meta', 'capabilities'],
  ])('422: for %s, which is named, with what is allowed', async (query, source, unknown) => {
    const { owner } = await ownedHub(test.app);

    const refusal = refusalOf(await owner.get(`${ROLES}?${query}`).expect(422));

    expect(refusal).toMatchObject({ code: '422.invalid-argument', source, extra: { unknown } });
    expect(refusal.detail).toMatch(/Allowed: .*(identifier|rank|counts)/);
  });
});

describe('POST /v1/hubs/current/roles', () => {
  it('201: makes a role, and the activity says who made what', async () => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    const body = {
      name: 'Night shift',
      identifier: 'night-shift',
      rank: 3,
      capabilities: specific('lists-manage', 'api-keys-manage', 'lists-manage'),
      extra: { cost_centre: '4711' },
    };

    let role: Json = {};
    const entries = await activityOf(test.app, hub, async () => (role = await make(owner, body)));

    expect(role).toMatchObject({
      ...body,
      capabilities: specific('api-keys-manage', 'lists-manage'),
      hub_id: hub.id,
      root: false,
      default: null,
      creator: { id: ownerId, type: 'api-key' },
      state: { current: 'live' },
    });
    expect(dataOf(await owner.get(`${ROLES}/${String(role.id)}`).expect(200))).toEqual(role);
    expect(entries).toEqual([
      expect.objectContaining({
        event: 'hub.role.create',
        hub_id: hub.id,
        status: 'success',
        user: { id: ownerId, type: 'api-key' },
        component: { type: 'role', id: role.id },
        changes: {
          name: { after: 'Night shift' },
          identifier: { after: 'night-shift' },
          rank: { after: 3 },
          capabilities: { after: specific('api-keys-manage', 'lists-manage') },
          extra: { after: { cost_centre: '4711' } },
        },
      }),
    ]);
  });

  it('201: takes the least there is, and the same identifier twice', async () => {
    const { owner } = await ownedHub(test.app);

    const first = await make(owner, { identifier: 'plain', rank: 0 });
    const second = await make(owner, { identifier: 'plain', rank: 0, name: null, capabilities: null, extra: null });

    expect(first).toMatchObject({ name: null, capabilities: specific() });
    expect(first).not.toHaveProperty('extra');
    expect(second.id).not.toBe(first.id);
  });

  it('201: keeps the texts of its maker whatever they are called', async () => {
    const { owner } = await ownedHub(test.app);
    const extra = { toString: 'a', hasOwnProperty: 'b', '': 'd', '\u{1F600}': 'e' };

    const role = await make(owner, { identifier: 'x', rank: 0, extra });

    expect(dataOf(await owner.get(`${ROLES}/${String(role.id)}`).expect(200)).extra).toEqual(extra);
  });

  it.each([
    ['identifier', undefined, '422.missing-argument', '/identifier', 'identifier is required'],
    ['identifier', 'Night Shift', '422.invalid-argument', '/identifier', 'lower-case letters, digits'],
    ['identifier', '-a', '422.invalid-argument', '/identifier', 'slug'],
    ['identifier', 'a'.repeat(101), '422.invalid-argument', '/identifier', 'at most 100'],
    ['identifier', 'a\n', '422.invalid-argument', '/identifier', 'slug'],
    ['identifier', 5, '422.invalid-argument', '/identifier', 'slug'],
    ['rank', undefined, '422.missing-argument', '/rank', 'rank is required'],
    ['rank', -1, '422.invalid-argument', '/rank', 'not be less than 0'],
    ['rank', 11, '422.invalid-argument', '/rank', 'not be greater than 10'],
    ['rank', 1.5, '422.invalid-argument', '/rank', 'integer'],
    ['rank', '3', '422.invalid-argument', '/rank', 'integer'],
    ['rank', null, '422.invalid-argument', '/rank', 'integer'],
    ['rank', [3], '422.invalid-argument', '/rank', 'integer'],
    ['capabilities', [], '422.invalid-argument', '/capabilities', 'must be an object'],
    ['capabilities', [{ all: true, specific: [] }], '422.invalid-argument', '/capabilities', 'must be an object'],
    ['capabilities', 'all', '422.invalid-argument', '/capabilities', 'must be an object'],
    ['capabilities', {}, '422.missing-argument', '/capabilities/all', 'all is required'],
    ['capabilities', { all: false }, '422.missing-argument', '/capabilities/specific', 'specific is required'],
    ['capabilities', { all: 'yes', specific: [] }, '422.invalid-argument', '/capabilities/all', 'boolean'],
    ['capabilities', { all: 1, specific: [] }, '422.invalid-argument', '/capabilities/all', 'boolean'],
    ['capabilities', { all: false, specific: null }, '422.invalid-argument', '/capabilities/specific', 'array'],
    [
      'capabilities',
      { all: false, specific: 'lists-manage' },
      '422.invalid-argument',
      '/capabilities/specific',
      'array',
    ],
    [
      'capabilities',
      specific('lists-manage', 'fly'),
      '422.invalid-argument',
      '/capabilities/specific/1',
      '"fly" is no cap',
    ],
    ['capabilities', specific('LISTS-MANAGE'), '422.invalid-argument', '/capabilities/specific/0', 'GET /v1/hubs/cap'],
    [
      'capabilities',
      { all: false, specific: [['lists-manage']] },
      '422.invalid-argument',
      '/capabilities/specific',
      'string',
    ],
    [
      'capabilities',
      { all: false, specific: [], none: [] },
      '422.invalid-argument',
      '/capabilities/none',
      '"none" is not known',
    ],
    ['extra', [], '422.invalid-argument', '/extra', 'an object of at most 50 texts'],
    ['extra', { a: 1 }, '422.invalid-argument', '/extra', 'texts'],
    ['extra', { a: { b: 'c' } }, '422.invalid-argument', '/extra', 'texts'],
    ['extra', { a: 'x'.repeat(1001) }, '422.invalid-argument', '/extra', '1000 characters'],
    [
      'extra',
      Object.fromEntries(Array.from({ length: 51 }, (_, n) => [n, ''])),
      '422.invalid-argument',
      '/extra',
      '50',
    ],
  ])('422: for %s %j', async (field, value, code, source, detail) => {
    const { hub, owner } = await ownedHub(test.app);
    const body = { identifier: 'night-shift', rank: 1, [field]: value };

    const answer = await leavesAlone(test.app, hub, () => owner.post(ROLES, body).expect(422));

    expect(refusalOf(answer)).toMatchObject({ code, source, detail: expect.stringContaining(detail) });
  });
});

describe('PATCH /v1/hubs/current/roles/{roleId}', () => {
  const full = { name: 'A', identifier: 'a', rank: 3, capabilities: specific('lists-manage'), extra: { k: 'v' } };

  it('200: changes what is named and leaves the rest; the activity holds only what differs', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const role = await make(owner, full);

    const entries = await activityOf(test.app, hub, () =>
      owner.patch(`${ROLES}/${String(role.id)}`, { name: 'B' }).expect(200),
    );

    expect(dataOf(await owner.get(`${ROLES}/${String(role.id)}`))).toMatchObject({ ...full, name: 'B' });
    expect(entries.map(({ event, changes }) => ({ event, changes }))).toEqual([
      { event: 'hub.role.update', changes: { name: { before: 'A', after: 'B' } } },
    ]);
  });

  it('200: clears with null what may be empty', async () => {
    const { owner } = await ownedHub(test.app);
    const role = await make(owner, full);

    const answer = await owner.patch(`${ROLES}/${String(role.id)}`, { name: null, capabilities: null, extra: null });

    expect(answer.status).toBe(200);
    expect(dataOf(answer)).toMatchObject({ name: null, capabilities: specific(), identifier: 'a', rank: 3 });
    expect(dataOf(answer)).not.toHaveProperty('extra');
  });

  it.each([{ rank: null }, { identifier: null }])('422: refuses to clear %j', async (edit) => {
    const { hub, owner } = await ownedHub(test.app);
    const role = await make(owner, full);

    const answer = await leavesAlone(test.app, hub, () => owner.patch(`${ROLES}/${String(role.id)}`, edit).expect(422));

    expect(refusalOf(answer).source).toBe(`/${Object.keys(edit)[0]}`);
  });

  it('acts on the next request of those who hold the role', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const key = await test.app.create.key({ hub, capabilities: ['groups-manage'], rank: 3 });
    const caller = test.app.as(key.secret);
    await caller.get('/v1/hubs/current/groups').expect(200);

    await owner.patch(`${ROLES}/${key.roleId}`, { capabilities: specific('lists-manage') }).expect(200);

    expect(refusalOf(await caller.get('/v1/hubs/current/groups').expect(403)).extra).toEqual({
      capability: 'groups-manage',
    });
    await caller.get('/v1/hubs/current/lists').expect(200);
  });

  it.each([{ name: 'Boss' }, { rank: 3 }, { capabilities: null }])(
    '403: keeps the root role from %j, also by root',
    async (edit) => {
      const { hub, owner } = await ownedHub(test.app);

      const answer = await leavesAlone(test.app, hub, () =>
        owner.patch(`${ROLES}/${hub.roles.owner}`, edit).expect(403),
      );

      expect(refusalOf(answer)).toMatchObject({
        code: '403.not-allowed',
        detail: expect.stringContaining('root role'),
      });
    },
  );
});

describe('DELETE /v1/hubs/current/roles/{roleId}', () => {
  it('202: deletes a role that nobody holds, and says so once', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const role = await make(owner, { identifier: 'gone', rank: 1 });
    const path = `${ROLES}/${String(role.id)}`;

    const entries = await activityOf(test.app, hub, async () => {
      expect(dataOf(await owner.delete(path).expect(202))).toMatchObject({ action: 'hub.role.delete' });
    });

    await owner.get(path).expect(404);
    await leavesAlone(test.app, hub, () => owner.delete(path).expect(404));
    expect((await list(owner)).map(({ id }) => id)).not.toContain(role.id);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      event: 'hub.role.delete',
      component: { type: 'role', id: role.id },
      changes: { identifier: { before: 'gone' }, rank: { before: 1 } },
    });
  });

  it('403: keeps the root role', async () => {
    const { hub, owner } = await ownedHub(test.app);

    const answer = await leavesAlone(test.app, hub, () => owner.delete(`${ROLES}/${hub.roles.owner}`).expect(403));

    expect(refusalOf(answer).code).toBe('403.not-allowed');
  });

  it('409: keeps a role that keys hold, and names them; once they are gone it can go', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const key = await test.app.create.key({ hub, capabilities: [], rank: 2 });
    const other = await test.app.create.key({ hub, roleId: key.roleId });
    const path = `${ROLES}/${key.roleId}`;

    const answer = await leavesAlone(test.app, hub, () => owner.delete(path).expect(409));

    expect(refusalOf(answer)).toMatchObject({ code: '409.in-use', extra: { api_keys: [key.id, other.id] } });
    await owner.delete(`${API_KEYS}/${key.id}`).expect(200);
    await owner.patch(`${API_KEYS}/${other.id}`, { role_id: hub.roles.analyst }).expect(200);
    await owner.delete(path).expect(202);
  });

  it('lets a role be handed out or deleted, but never both, when the two race', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const roleId = await test.app.create.role(hub, [], 1);

    const [made, deleted] = await Promise.all([
      owner.post(API_KEYS, { name: 'late', role_id: roleId }),
      owner.delete(`${ROLES}/${roleId}`),
    ]);

    expect([
      [201, 409],
      [422, 202],
    ]).toContainEqual([made.status, deleted.status]);
  });
});

describe('the ceiling for roles', () => {
  const manager = (hub: Awaited<ReturnType<typeof test.app.create.hub>>) =>
    test.app.create.caller({ hub, capabilities: ['hubs-roles-manage', 'lists-manage'], rank: 5 });

  it.each([
    ['the same rank', { rank: 5 }, ['rank above 5'], undefined],
    ['a higher rank', { rank: 9 }, ['rank above 9'], undefined],
    [
      'a capability it lacks',
      { capabilities: specific('groups-manage') },
      ['capability groups-manage'],
      'groups-manage',
    ],
    ['all capabilities', { capabilities: { all: true, specific: [] } }, ['capability all'], undefined],
    [
      'several at once',
      { rank: 10, capabilities: specific('lists-manage', 'groups-manage', 'api-keys-manage') },
      ['rank above 10', 'capability api-keys-manage', 'capability groups-manage'],
      'api-keys-manage',
    ],
  ])(
    '403: refuses to make or to edit a role to %s, and names what is missing',
    async (_, grant, missing, capability) => {
      const hub = await test.app.create.hub();
      const caller = await manager(hub);
      const below = await test.app.create.role(hub, ['lists-manage'], 2);

      const made = await leavesAlone(test.app, hub, () =>
        caller.post(ROLES, { identifier: 'x', rank: 1, ...grant }).expect(403),
      );
      const edited = await leavesAlone(test.app, hub, () => caller.patch(`${ROLES}/${below}`, grant).expect(403));

      for (const answer of [made, edited]) {
        expect(refusalOf(answer)).toMatchObject({ code: '403.permissions', extra: { missing } });
        expect(refusalOf(answer).extra?.capability).toBe(capability);
      }
    },
  );

  it('201: allows what the maker holds, below its own rank', async () => {
    const caller = await manager(await test.app.create.hub());

    const body = { identifier: 'x', rank: 4, capabilities: specific('hubs-roles-manage', 'lists-manage') };
    expect(await make(caller, body)).toMatchObject(body);
  });

  it('403: keeps the role that one holds oneself, so that nobody adds to it', async () => {
    const hub = await test.app.create.hub();
    const key = await test.app.create.key({ hub, capabilities: ['hubs-roles-manage'], rank: 5 });
    const caller = test.app.as(key.secret);
    const edits = [
      { capabilities: specific('hubs-roles-manage', 'groups-manage') },
      { rank: 6 },
      { rank: 4 },
      { name: 'x' },
    ];

    for (const edit of edits) {
      const answer = await leavesAlone(test.app, hub, () => caller.patch(`${ROLES}/${key.roleId}`, edit).expect(403));
      expect(refusalOf(answer)).toMatchObject({ code: '403.permissions', extra: { rank: 5 } });
    }
    await leavesAlone(test.app, hub, () => caller.delete(`${ROLES}/${key.roleId}`).expect(403));
  });

  it.each(['owner', 'admin'])('403: keeps the role %s, which ranks above the caller', async (identifier) => {
    const hub = await test.app.create.hub();
    const caller = await manager(hub);
    const path = `${ROLES}/${hub.roles[identifier]}`;

    await leavesAlone(test.app, hub, () => caller.patch(path, { name: 'x' }).expect(403));
    await leavesAlone(test.app, hub, () => caller.delete(path).expect(403));
    expect(dataOf(await caller.get(path).expect(200)).identifier).toBe(identifier);
  });

  it('403: keeps another role of the same rank', async () => {
    const hub = await test.app.create.hub();
    const caller = await manager(hub);
    const equal = await test.app.create.role(hub, [], 5);

    const answers = await leavesAlone(test.app, hub, async () => [
      await caller.patch(`${ROLES}/${equal}`, { name: 'x' }).expect(403),
      await caller.delete(`${ROLES}/${equal}`).expect(403),
    ]);

    expect(answers.map((answer) => refusalOf(answer).extra)).toEqual([{ rank: 5 }, { rank: 5 }]);
  });

  it('binds a role with every capability by its rank', async () => {
    const hub = await test.app.create.hub();
    const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);
    const all = await make(owner, { identifier: 'all', rank: 9, capabilities: { all: true, specific: [] } });
    const caller = await test.app.create.caller({ hub, roleId: String(all.id) });

    await make(caller, { identifier: 'also-all', rank: 8, capabilities: { all: true, specific: [] } });
    const answer = await leavesAlone(test.app, hub, () => caller.post(ROLES, { identifier: 'x', rank: 9 }).expect(403));
    expect(refusalOf(answer).extra).toEqual({ missing: ['rank above 9'] });
  });

  it('lets root make a role of the highest rank that is still not root', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const top = await make(owner, { identifier: 'top', rank: 10, capabilities: { all: true, specific: [] } });
    const caller = await test.app.create.caller({ hub, roleId: String(top.id) });

    expect(top.root).toBe(false);
    await leavesAlone(test.app, hub, () => caller.patch(`${ROLES}/${hub.roles.owner}`, { name: 'x' }).expect(403));
    await leavesAlone(test.app, hub, () => caller.post(API_KEYS, { name: 'x', role_id: hub.roles.owner }).expect(403));
  });
});
