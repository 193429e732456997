import { describe, expect, it } from 'vitest';
import { type QueryRunner } from 'typeorm';
import { FillRoleNameKey1763769637000 } from '../../migrations/1763769637000-fill-role-name-key.js';
import { type Client } from '../support/client.js';
import { dataOf, type Json, NO_ID, ownedHub, refusalOf, ROLES } from '../support/management.js';
import { hold, statementsOf, tamper } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

const list = async (caller: Client, query = ''): Promise<Json[]> =>
  dataOf<Json[]>(await caller.get(`${ROLES}?${query}`).expect(200));
const make = async (caller: Client, body: Json): Promise<Json> =>
  dataOf(await caller.post(ROLES, { identifier: 'made', rank: 0, ...body }).expect(201));
const countsOf = ({ meta }: Json): unknown => (meta as Json | undefined)?.counts;

describe('meta=counts', () => {
  it('tells for each role how many keys hold it now, in the list and alone', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { analyst, developer } = hub.roles;
    const ids: string[] = [];
    for (const roleId of [analyst, analyst, analyst, developer]) {
      ids.push((await test.app.create.key({ hub, roleId })).id);
    }
    await owner.delete(`/v1/hubs/current/api-keys/${ids[0]}`).expect(200);
    await owner.patch(`/v1/hubs/current/api-keys/${ids[1]}`, { state: 'inactive' }).expect(200);

    const roles = await list(owner, 'meta=counts');

    expect(Object.fromEntries(roles.map((role) => [role.identifier, countsOf(role)]))).toEqual({
      owner: { members: 0, api_keys: 1 },
      admin: { members: 0, api_keys: 0 },
      dev_ops: { members: 0, api_keys: 0 },
      developer: { members: 0, api_keys: 1 },
      consultant: { members: 0, api_keys: 0 },
      analyst: { members: 0, api_keys: 2 },
      integration: { members: 0, api_keys: 0 },
    });
    const one = dataOf(await owner.get(`${ROLES}/${analyst}?meta=counts`).expect(200));
    expect(countsOf(one)).toEqual({ members: 0, api_keys: 2 });
  });

  it('is left out unless asked for', async () => {
    const { hub, owner } = await ownedHub(test.app);

    expect((await list(owner)).filter((role) => 'meta' in role)).toEqual([]);
    expect(dataOf(await owner.get(`${ROLES}/${hub.roles.analyst}`).expect(200))).not.toHaveProperty('meta');
  });

  it('counts nobody of another hub', async () => {
    const { owner } = await ownedHub(test.app);
    const other = await test.app.create.hub();
    await test.app.create.key({ hub: other, roleId: other.roles.analyst });

    const [analyst] = await list(owner, 'meta=counts&filter[identifier]=analyst');

    expect(countsOf(analyst)).toEqual({ members: 0, api_keys: 0 });
  });

  it('costs the same for one role and for many', async () => {
    const { owner } = await ownedHub(test.app);
    const cost = (query: string) => statementsOf(test.app, () => owner.get(`${ROLES}?${query}`).expect(200));
    await hold(test.app);
    await list(owner);

    const [one, many] = [await cost('meta=counts&page[size]=1'), await cost('meta=counts')];

    expect(many).toBe(one);
    expect(await list(owner, 'meta=counts&filter[search]=nothing')).toEqual([]);
  });

  it('422: for another meta, which is named', async () => {
    const { hub, owner } = await ownedHub(test.app);

    for (const path of [ROLES, `${ROLES}/${hub.roles.admin}`]) {
      const refusal = refusalOf(await owner.get(`${path}?meta=members`).expect(422));
      expect(refusal).toMatchObject({ source: '/query/meta', extra: { unknown: 'members', allowed: ['counts'] } });
    }
  });
});

describe('filters and sorts of roles', () => {
  it('search finds a name that holds the text, in any case, and nothing by identifier', async () => {
    const { owner } = await ownedHub(test.app);
    await make(owner, { name: 'Nachtschicht Straße', identifier: 'night' });
    await make(owner, { name: null, identifier: 'nameless' });
    const names = async (text: string) =>
      (await list(owner, `filter[search]=${encodeURIComponent(text)}`)).map(({ name }) => name);

    expect(await names('NACHT')).toEqual(['Nachtschicht Straße']);
    expect(await names('strasse')).toEqual(['Nachtschicht Straße']);
    expect(await names('devops')).toEqual(['DevOps Engineer']);
    expect(await names('night')).toEqual([]);
    expect(await names('%')).toEqual([]);
  });

  it('search follows a new name, and a name that is taken away', async () => {
    const { owner } = await ownedHub(test.app);
    const { id } = await make(owner, { name: 'Before' });
    const found = async (text: string) => (await list(owner, `filter[search]=${text}`)).length;

    await owner.patch(`${ROLES}/${String(id)}`, { name: 'After' }).expect(200);
    expect([await found('before'), await found('after')]).toEqual([0, 1]);
    await owner.patch(`${ROLES}/${String(id)}`, { name: null }).expect(200);
    expect(await found('after')).toBe(0);
  });

  it('search finds roles of before there was a search, once the migrations have run', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await tamper(test.app, ['UPDATE role SET name_key = NULL WHERE hub_id = ?', [hub.id]]);
    expect(await list(owner, 'filter[search]=devops')).toEqual([]);

    await test.app.database.transaction((tx) =>
      new FillRoleNameKey1763769637000().up(tx.queryRunner as unknown as QueryRunner),
    );

    expect(await list(owner, 'filter[search]=devops')).toHaveLength(1);
  });

  it('takes a name whose folded form is many times as long', async () => {
    const { owner } = await ownedHub(test.app);

    await make(owner, { name: '\ufdfa'.repeat(200) });

    expect(await list(owner, `filter[search]=${encodeURIComponent('\ufdfa')}`)).toHaveLength(1);
  });

  it('state: live unless said; deleted ones are told apart, and stay where they are', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await owner.delete(`${ROLES}/${hub.roles.analyst}`).expect(202);
    const found = async (query: string) => (await list(owner, query)).map(({ identifier }) => identifier);

    expect(await found('filter[state]=live')).toEqual(await found(''));
    expect(await found('')).not.toContain('analyst');
    expect(await found('filter[state]=deleted')).toEqual(['analyst']);
    expect(await found('filter[state]=live,deleted')).toHaveLength(7);
    expect(await found('filter[state]=new,configuring,inactive,deleting')).toEqual([]);
    const [gone] = await list(owner, 'filter[state]=deleted&meta=counts');
    expect(gone).toMatchObject({ state: { current: 'deleted' }, meta: { counts: { members: 0, api_keys: 0 } } });
  });

  it('404: a deleted role is in no other answer, and nothing brings it back', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const path = `${ROLES}/${hub.roles.analyst}`;
    await owner.delete(path).expect(202);

    for (const answer of [
      await owner.get(path),
      await owner.patch(path, { name: 'Back' }),
      await owner.patch(path, {}),
      await owner.delete(path),
    ]) {
      expect(refusalOf(answer)).toMatchObject({ status: 404, code: '404.hub.role' });
    }
  });

  it.each([
    ['sort=name', ['Admin', 'Analyst', 'Consultant', 'Developer', 'DevOps Engineer', 'Integration', 'Owner']],
    ['sort=-rank', ['Owner', 'Admin', 'DevOps Engineer', 'Developer', 'Consultant', 'Analyst', 'Integration']],
    [
      'sort=-events.updated&sort=identifier',
      ['Admin', 'Analyst', 'Consultant', 'DevOps Engineer', 'Developer', 'Integration', 'Owner'],
    ],
  ])('%s', async (query, expected) => {
    const { owner } = await ownedHub(test.app);

    expect((await list(owner, query)).map(({ name }) => name)).toEqual(expected);
  });
});

describe('GET /v1/hubs/current/roles/defaults', () => {
  it('200: tells anybody what a new hub starts with, in the contract’s shape', async () => {
    const { body } = await test.app.anonymous.get(`${ROLES}/defaults`).expect(200);

    const { data, meta } = body as { data: Json[]; meta: Json };
    expect(data.map(({ identifier }) => identifier)).toEqual([
      'owner',
      'admin',
      'dev_ops',
      'developer',
      'consultant',
      'analyst',
      'integration',
    ]);
    for (const role of data) {
      expect(Object.keys(role).sort()).toEqual(['capabilities', 'identifier', 'name', 'root']);
    }
    expect(data[0]).toMatchObject({ root: true, capabilities: { all: true, specific: [] } });
    expect(meta).toEqual({
      ranks: { owner: 10, admin: 7, dev_ops: 5, developer: 4, consultant: 2, analyst: 1, integration: 0 },
    });
  });

  it('is what a hub really gets', async () => {
    const { owner } = await ownedHub(test.app);
    const told = dataOf<Json[]>(await owner.get(`${ROLES}/defaults`).expect(200));

    const made = (await list(owner)).map(({ name, identifier, root, capabilities }) => {
      return { name, identifier, root, capabilities };
    });

    expect(made).toEqual(told);
  });

  it('wins over the id of a role, and only itself', async () => {
    const { owner } = await ownedHub(test.app);

    for (const id of ['default', 'Defaults', NO_ID]) {
      expect(refusalOf(await owner.get(`${ROLES}/${id}`).expect(404)).code).toBe('404.hub.role');
    }
    for (const answer of [await owner.patch(`${ROLES}/defaults`, {}), await owner.delete(`${ROLES}/defaults`)]) {
      expect(refusalOf(answer)).toMatchObject({ status: 404, code: '404.hub.role' });
    }
  });
});

describe('a role that the caller’s own key holds', () => {
  it.each([
    ['narrowed', { capabilities: { all: false, specific: [] } }],
    ['demoted', { rank: 0 }],
    ['widened', { capabilities: { all: true, specific: [] } }],
    ['raised', { rank: 10 }],
    ['renamed', { identifier: 'other' }],
  ])('403: cannot be %s by it, nor root’s own by root', async (_, edit) => {
    const hub = await test.app.create.hub();
    const key = await test.app.create.key({ hub, capabilities: ['hubs-roles-manage'], rank: 5 });
    const root = test.app.as((await test.app.create.ownerKey(hub)).secret);

    const own = await test.app.as(key.secret).patch(`${ROLES}/${key.roleId}`, edit).expect(403);
    const roots = await root.patch(`${ROLES}/${hub.roles.owner}`, edit).expect(403);

    expect([refusalOf(own).code, refusalOf(roots).code]).toEqual(['403.permissions', '403.not-allowed']);
    await root.patch(`${ROLES}/${key.roleId}`, edit).expect(200);
  });
});
