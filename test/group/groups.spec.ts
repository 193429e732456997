import { describe, expect, it } from 'vitest';
import { type TestHub } from '../support/factory.js';
import {
  activityOf,
  API_KEYS,
  dataOf,
  GROUPS,
  type Json,
  leavesAlone,
  NO_ID,
  ownedHub,
  refusalOf,
  storedOf,
} from '../support/management.js';
import { type Client } from '../support/client.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();
const PUBLIC_WHOAMI = '/public-api/v1/auth/whoami';

const manager = (hub: TestHub): Promise<Client> =>
  test.app.create.caller({ hub, capabilities: ['groups-manage'], rank: 1 });
const make = async (caller: Client, body: Json): Promise<Json> => dataOf(await caller.post(GROUPS, body).expect(201));
const list = async (caller: Client, query = ''): Promise<Json[]> =>
  dataOf<Json[]>(await caller.get(`${GROUPS}${query}`).expect(200));
const names = async (caller: Client, query = ''): Promise<unknown[]> =>
  (await list(caller, query)).map(({ name }) => name);
const on = (list_id: string, ...rights: string[]): Json => ({ lists: [{ list_id, rights }] });

describe('GET /v1/hubs/current/groups', () => {
  it('200: lists the groups of this hub only, and none that was deleted', async () => {
    const [hub, other] = [await test.app.create.hub(), await test.app.create.hub()];
    const caller = await manager(hub);
    await test.app.create.group(other);
    const gone = await make(caller, { name: 'Gone' });
    await make(caller, { name: 'Here' });
    await caller.delete(`${GROUPS}/${String(gone.id)}`).expect(200);

    expect(await names(caller)).toEqual(['Here']);
  });

  it('200: sorts by name without case, searches any part of it, and pages without overlap', async () => {
    const caller = await manager(await test.app.create.hub());
    for (const name of ['beta', 'Alpha', 'GAMMA', '100%', '10_0']) {
      await make(caller, { name });
    }

    expect(await names(caller, '?sort=name')).toEqual(['100%', '10_0', 'Alpha', 'beta', 'GAMMA']);
    expect(await names(caller, '?sort=-name&page[size]=2&page[number]=2')).toEqual(['Alpha', '10_0']);
    expect(await names(caller, '?filter[search]=A&sort=name')).toEqual(['Alpha', 'beta', 'GAMMA']);
    expect(await names(caller, '?filter[search]=%25')).toEqual(['100%']);
    expect(await names(caller, '?filter[search]=_')).toEqual(['10_0']);
    expect(await names(caller, '?filter[search]=!')).toEqual([]);
  });

  it.each([
    ['sort=permissions', '/query/sort'],
    ['filter[name]=x', '/query/filter/name'],
    ['filter[search]=a&filter[search]=b', '/query/filter/search'],
    ['include=roles', '/query/include'],
  ])('422: for %s', async (query, source) => {
    const caller = await manager(await test.app.create.hub());

    expect(refusalOf(await caller.get(`${GROUPS}?${query}`).expect(422)).source).toBe(source);
  });
});

describe('POST /v1/hubs/current/groups', () => {
  it('201: makes a group, and the activity says who made what', async () => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    const { id: listId } = await test.app.create.list(hub);
    const body = {
      name: 'Warehouse',
      description: 'Forklifts and scanners',
      permissions: {
        lists: [
          { list_id: listId, rights: ['read', 'add'] },
          { list_id: '*', rights: ['read'] },
        ],
      },
    };

    let group: Json = {};
    const entries = await activityOf(
      test.app,
      hub,
      async () => (group = await make(owner, { ...body, name: ' Warehouse ' })),
    );

    expect(group).toMatchObject({ ...body, hub_id: hub.id, creator: { id: ownerId, type: 'api-key' } });
    expect(dataOf(await owner.get(`${GROUPS}/${String(group.id)}`).expect(200))).toEqual(group);
    expect(entries).toEqual([
      expect.objectContaining({
        event: 'hub.group.create',
        hub_id: hub.id,
        user: { id: ownerId, type: 'api-key' },
        component: { type: 'group', id: group.id },
        changes: {
          name: { after: 'Warehouse' },
          description: { after: 'Forklifts and scanners' },
          permissions: { after: body.permissions },
        },
      }),
    ]);
  });

  it('201: grants nothing when nothing is said', async () => {
    const caller = await manager(await test.app.create.hub());

    expect(await make(caller, { name: 'Empty' })).toMatchObject({ description: null, permissions: { lists: [] } });
  });

  it.each([
    ['case', 'Warehouse', 'WAREHOUSE'],
    ['blanks around it', 'Warehouse', '  Warehouse '],
    ['composed and decomposed letters', 'Caf\u00e9', 'Cafe\u0301'],
    ['compatible letters', 'File', '\uFB01le'],
    ['sharp s', 'Stra\u00dfe', 'STRASSE'],
    ['width', 'ABC', '\uFF21\uFF22\uFF23'],
  ])('409: for a name that differs only by %s; nothing changes', async (_, taken, name) => {
    const { hub, owner } = await ownedHub(test.app);
    await make(owner, { name: taken });

    const answer = await leavesAlone(test.app, hub, () => owner.post(GROUPS, { name }).expect(409));

    expect(refusalOf(answer)).toMatchObject({
      code: '409.duplicate-found',
      source: '/name',
      detail: expect.stringContaining('compared without case'),
    });
  });

  it.each([
    ['an accent', 'Cafe', 'Caf\u00e9'],
    ['another script', 'A', '\u0391'],
    ['a zero-width joiner inside', 'ab', 'a\u200db'],
    ['an emoji', 'Team \u{1F600}', 'Team \u{1F601}'],
  ])('201: tells names apart that differ by %s', async (_, first, second) => {
    const caller = await manager(await test.app.create.hub());

    await make(caller, { name: first });
    await make(caller, { name: second });

    expect(await names(caller)).toEqual([first, second]);
  });

  it('keeps names apart per hub', async () => {
    const [one, other] = [await test.app.create.hub(), await test.app.create.hub()];

    expect(await make(await manager(one), { name: 'Same' })).toMatchObject({ hub_id: one.id });
    expect(await make(await manager(other), { name: 'Same' })).toMatchObject({ hub_id: other.id });
  });

  it('lets exactly one of ten win who want the same name at once', async () => {
    const { hub, owner } = await ownedHub(test.app);

    const answers = await Promise.all(Array.from({ length: 10 }, () => owner.post(GROUPS, { name: 'Race' })));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, ...Array<number>(9).fill(409)]);
    const { user_group: groups, activity } = await storedOf(test.app, hub);
    expect(groups).toHaveLength(1);
    expect(activity.filter(({ event }) => event === 'hub.group.create')).toHaveLength(1);
  });

  it.each([
    ['null', null, '/permissions', 'must be an object'],
    ['a list', [], '/permissions', 'must be an object'],
    ['a list of what would be right', [on('*', 'read')], '/permissions', 'must be an object'],
    ['no lists', {}, '/permissions/lists', 'lists is required'],
    ['lists that are an object', { lists: {} }, '/permissions/lists', 'must be an array'],
    ['an entry that is null', { lists: [null] }, '/permissions/lists', 'must be an object'],
    [
      'an entry that is a list',
      { lists: [[{ list_id: '*', rights: ['read'] }]] },
      '/permissions/lists',
      'must be an object',
    ],
    [
      'an entry without a list',
      { lists: [{ rights: ['read'] }] },
      '/permissions/lists/0/list_id',
      'list_id is required',
    ],
    ['a malformed list id', on('**', 'read'), '/permissions/lists/0/list_id', 'the id of a list, or *'],
    ['no rights', on('*'), '/permissions/lists/0/rights', 'at least 1'],
    ['a right twice', on('*', 'read', 'read'), '/permissions/lists/0/rights', 'unique'],
    ['an unknown right', on('*', 'own'), '/permissions/lists/0/rights', 'read, add, change, delete, clear'],
    ['a right in capitals', on('*', 'READ'), '/permissions/lists/0/rights', 'read, add'],
    [
      'rights that are text',
      { lists: [{ list_id: '*', rights: 'read' }] },
      '/permissions/lists/0/rights',
      'must be an array',
    ],
    [
      'an unknown field',
      { lists: [{ list_id: '*', rights: ['read'], all: true }] },
      '/permissions/lists/0/all',
      '"all" is not known',
    ],
    [
      'a list twice',
      { lists: ['*', '*'].map((list_id) => ({ list_id, rights: ['read'] })) },
      '/permissions/lists/1/list_id',
      'Send one entry per list',
    ],
    ['a list never made', on(NO_ID, 'read'), '/permissions/lists/0/list_id', 'no such list in this hub'],
    ['1001 entries', { lists: Array(1001).fill({ list_id: '*', rights: ['read'] }) }, '/permissions/lists', '1000'],
  ])('422: for permissions with %s, also when a group is edited', async (_, permissions, source, detail) => {
    const { hub, owner } = await ownedHub(test.app);
    const id = await test.app.create.group(hub, ['read']);

    const made = await leavesAlone(test.app, hub, () => owner.post(GROUPS, { name: 'x', permissions }).expect(422));
    const edited = await leavesAlone(test.app, hub, () => owner.patch(`${GROUPS}/${id}`, { permissions }).expect(422));

    for (const answer of [made, edited]) {
      expect(refusalOf(answer)).toMatchObject({
        source,
        detail: expect.stringContaining(detail),
      });
    }
  });

  it('422: for a list of another hub, exactly as for one never made and one that was deleted', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const foreign = await test.app.create.list(await test.app.create.hub());
    const deleted = await test.app.create.list(hub);
    await owner.delete(`/v1/hubs/current/lists/${deleted.id}`);
    const told = async (listId: string): Promise<Json> => {
      const answer = await owner.post(GROUPS, { name: 'x', permissions: on(listId, 'read') }).expect(422);
      return { ...refusalOf(answer), requestId: '' };
    };

    const unknown = await told(NO_ID);

    expect(await told(foreign.id)).toEqual(unknown);
    expect(await told(deleted.id)).toEqual(unknown);
  });
});

describe('PATCH /v1/hubs/current/groups/{groupId}', () => {
  it('200: changes what is named, clears with null, and the activity holds what differs', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const group = await make(owner, { name: 'A', description: 'old', permissions: on('*', 'read') });
    const path = `${GROUPS}/${String(group.id)}`;

    const entries = await activityOf(test.app, hub, () => owner.patch(path, { description: null }).expect(200));

    expect(dataOf(await owner.get(path))).toMatchObject({ name: 'A', description: null, permissions: on('*', 'read') });
    expect(entries.map(({ event, changes }) => ({ event, changes }))).toEqual([
      { event: 'hub.group.update', changes: { description: { before: 'old', after: null } } },
    ]);
  });

  it('200: lets a group take its own name in another spelling', async () => {
    const caller = await manager(await test.app.create.hub());
    const group = await make(caller, { name: 'warehouse' });

    await caller.patch(`${GROUPS}/${String(group.id)}`, { name: 'Warehouse' }).expect(200);

    expect(await names(caller, '?filter[search]=warehouse')).toEqual(['Warehouse']);
  });

  it('409: refuses the name of another group', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await make(owner, { name: 'Taken' });
    const group = await make(owner, { name: 'Free' });

    const answer = await leavesAlone(test.app, hub, () =>
      owner.patch(`${GROUPS}/${String(group.id)}`, { name: 'TAKEN', permissions: on('*', 'read') }).expect(409),
    );

    expect(refusalOf(answer)).toMatchObject({ code: '409.duplicate-found', source: '/name' });
  });

  it('acts at once on a token that is out', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const groupId = await test.app.create.group(hub, ['read', 'add']);
    const integrator = await test.app.create.integrator(hub, { groupId });
    const rights = async (): Promise<unknown> =>
      ((await integrator.get(PUBLIC_WHOAMI).expect(200)).body as { rights: unknown }).rights;
    expect(await rights()).toMatchObject(on('*', 'read', 'add'));

    await owner.patch(`${GROUPS}/${groupId}`, { permissions: on('*', 'read') }).expect(200);
    expect(await rights()).toMatchObject(on('*', 'read'));
    await owner.patch(`${GROUPS}/${groupId}`, { permissions: { lists: [] } }).expect(200);
    expect(await rights()).toEqual({ lists: [], boxes: [], variables: [], alerts: [] });
  });
});

describe('DELETE /v1/hubs/current/groups/{groupId}', () => {
  it('200: deletes a group without keys, says so once, and frees its name', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const group = await make(owner, { name: 'Gone' });
    const path = `${GROUPS}/${String(group.id)}`;

    const entries = await activityOf(test.app, hub, async () => {
      const deleted = dataOf<{ events: { deleted: string } }>(await owner.delete(path).expect(200));
      expect(deleted.events.deleted).not.toBe('0001-01-01T00:00:00Z');
    });

    await owner.get(path).expect(404);
    await leavesAlone(test.app, hub, () => owner.delete(path).expect(404));
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ event: 'hub.group.delete', changes: { name: { before: 'Gone' } } });
    expect((await make(owner, { name: 'gone' })).id).not.toBe(group.id);
  });

  it('409: keeps a group with keys, and names them; once they have left it can go', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const groupId = await test.app.create.group(hub);
    const keys = [
      await test.app.create.integrationKey(hub, { groupId }),
      await test.app.create.integrationKey(hub, { groupId }),
    ];
    const path = `${GROUPS}/${groupId}`;

    const answer = await leavesAlone(test.app, hub, () => owner.delete(path).expect(409));

    expect(refusalOf(answer)).toMatchObject({ code: '409.in-use', extra: { api_keys: keys.map(({ id }) => id) } });
    await owner.delete(`${API_KEYS}/${keys[0].id}`).expect(200);
    await owner.patch(`${API_KEYS}/${keys[1].id}`, { group_id: null }).expect(200);
    await owner.delete(path).expect(200);
  });

  it('lets a group get a key or be deleted, but never both, when the two race', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const groupId = await test.app.create.group(hub);

    const [made, deleted] = await Promise.all([
      owner.post(API_KEYS, { name: 'late', role_id: hub.roles.integration, group_id: groupId }),
      owner.delete(`${GROUPS}/${groupId}`),
    ]);

    expect([
      [201, 409],
      [422, 200],
    ]).toContainEqual([made.status, deleted.status]);
  });
});
