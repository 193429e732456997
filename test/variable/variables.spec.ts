import { describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import {
  activityOf,
  dataOf,
  GROUPS,
  type Json,
  leavesAlone,
  NO_ID,
  ownedHub,
  refusalOf,
  toldBy,
} from '../support/management.js';
import { tamper } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';
import { VARIABLES_MAX } from '../../src/modules/variable/index.js';

const VARIABLES = '/v1/hubs/current/variables';
const SPEED = { name: 'LineSpeed', type: 'Number', value: 12.5, description: 'Metres a minute' };
const test = useTestApp();

const one = ({ id }: Json): string => `${VARIABLES}/${String(id)}`;
const make = async (caller: Client, body: object = SPEED): Promise<Json> =>
  dataOf(await caller.post(VARIABLES, body).expect(201));
const names = async (caller: Client, query = ''): Promise<unknown[]> =>
  dataOf<Json[]>(await caller.get(`${VARIABLES}?${query}`).expect(200)).map(({ name }) => name);

describe('POST /v1/hubs/current/variables', () => {
  it('201: makes a variable; the record has its structure and not its value', async () => {
    const { hub, owner, ownerId } = await ownedHub(test.app);

    let made: Json = {};
    const entries = await activityOf(test.app, hub, async () => {
      made = await make(owner, { ...SPEED, name: ' LineSpeed ' });
    });

    expect(made).toMatchObject({ ...SPEED, hub_id: hub.id, creator: { id: ownerId, type: 'api-key' } });
    expect(dataOf(await owner.get(one(made)).expect(200))).toEqual(made);
    expect(entries).toEqual([
      expect.objectContaining({
        event: 'hub.variable.create',
        component: { type: 'variable', id: made.id },
        changes: {
          name: { after: 'LineSpeed' },
          type: { after: 'Number' },
          description: { after: 'Metres a minute' },
        },
      }),
    ]);
  });

  it.each([
    ['Number', -0.1],
    ['Number', 0],
    ['Number', 1e308],
    ['Number', null],
    ['String', ''],
    ['String', "it's; \u{1F525} --"],
    ['String', 'x'.repeat(4000)],
    ['String', '{"a":1}'],
    ['Boolean', false],
    ['Boolean', true],
  ])('201: a %s holds %j as it is', async (type, value) => {
    const { owner } = await ownedHub(test.app);
    const made = await make(owner, { name: 'Held', type, value });

    expect(dataOf(await owner.get(one(made)).expect(200)).value).toBe(value);
  });

  it('201: without a value it has none', async () => {
    const { owner } = await ownedHub(test.app);

    expect(await make(owner, { name: 'Empty', type: 'String' })).toMatchObject({ value: null, description: null });
  });

  it.each<[object | string, string]>([
    [{ type: 'Number' }, '/name'],
    [{ name: '', type: 'Number' }, '/name'],
    [{ name: 'x'.repeat(201), type: 'Number' }, '/name'],
    [{ name: 'a\nb', type: 'Number' }, '/name'],
    [{ name: 'V' }, '/type'],
    [{ name: 'V', type: 'Date' }, '/type'],
    [{ name: 'V', type: 'number' }, '/type'],
    [{ name: 'V', type: 'Number', value: '12' }, '/value'],
    [{ name: 'V', type: 'Number', value: true }, '/value'],
    [{ name: 'V', type: 'Number', value: [1] }, '/value'],
    [{ name: 'V', type: 'Number', value: {} }, '/value'],
    ['{"name":"V","type":"Number","value":1e999}', '/value'],
    [{ name: 'V', type: 'String', value: 12 }, '/value'],
    [{ name: 'V', type: 'String', value: 'x'.repeat(4001) }, '/value'],
    [{ name: 'V', type: 'String', value: 'a\0b' }, '/value'],
    [{ name: 'V', type: 'String', value: '\udfff' }, '/value'],
    [{ name: 'V', type: 'Boolean', value: 1 }, '/value'],
    [{ name: 'V', type: 'Boolean', value: 'true' }, '/value'],
    [{ name: 'V', type: 'Boolean', description: 'x'.repeat(1001) }, '/description'],
    [{ name: 'V', type: 'Boolean', hub_id: NO_ID }, '/hub_id'],
  ])('422: for %j, and points there; nothing changes', async (body, source) => {
    const { hub, owner } = await ownedHub(test.app);

    const answer = await leavesAlone(test.app, hub, () => owner.post(VARIABLES, body).expect(422));

    expect(refusalOf(answer).source).toBe(source);
  });

  it.each(['LineSpeed', 'LINESPEED', ' linespeed ', 'Ｌinespeed'])(
    '409: for the name %s where LineSpeed is',
    async (name) => {
      const { hub, owner } = await ownedHub(test.app);
      await make(owner);

      const answer = await leavesAlone(test.app, hub, () =>
        owner.post(VARIABLES, { name, type: 'String' }).expect(409),
      );

      expect(refusalOf(answer)).toMatchObject({ code: '409.duplicate-found', source: '/name' });
      await make((await ownedHub(test.app)).owner);
    },
  );

  it('lets exactly one of two win who want the same name at once', async () => {
    const { owner } = await ownedHub(test.app);
    const answers = await Promise.all(['Same', 'same'].map((name) => owner.post(VARIABLES, { name, type: 'String' })));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  });

  it(`422: beyond ${VARIABLES_MAX} of a hub; nothing changes`, async () => {
    const { hub, owner } = await ownedHub(test.app);
    await make(owner);
    const [template] = await test.app.database.query<Json>('SELECT * FROM variable WHERE hub_id = ?', [hub.id]);
    const copies = Array.from({ length: VARIABLES_MAX - 1 }, (_, index): [string, unknown[]] => {
      const row = { ...template, id: String(index).padStart(24, 'a'), name_key: `v${index}` };
      const marks = Object.keys(row)
        .map(() => '?')
        .join(', ');
      return [`INSERT INTO variable (${Object.keys(row).join(', ')}) VALUES (${marks})`, Object.values(row)];
    });
    await tamper(test.app, ...copies);

    const answer = await leavesAlone(test.app, hub, () =>
      owner.post(VARIABLES, { name: 'V', type: 'String' }).expect(422),
    );

    expect(refusalOf(answer)).toMatchObject({ code: '422.max-exceeded', extra: { maximum: VARIABLES_MAX } });
  });
});

describe('GET /v1/hubs/current/variables', () => {
  it('200: those of this hub that live; sorted, searched and in pages', async () => {
    const { owner } = await ownedHub(test.app);
    await make((await ownedHub(test.app)).owner, { name: 'Elsewhere', type: 'String' });
    for (const name of ['beta', 'Alpha', 'gamma']) {
      await make(owner, { name, type: 'String' });
    }
    await owner.delete(one(await make(owner, { name: 'gone', type: 'String' }))).expect(200);

    expect(await names(owner)).toEqual(['beta', 'Alpha', 'gamma']);
    expect(await names(owner, 'sort=-name&page[size]=2')).toEqual(['gamma', 'beta']);
    expect(await names(owner, 'filter[search]=AL')).toEqual(['Alpha']);
    expect(refusalOf(await owner.get(`${VARIABLES}?sort=value`).expect(422)).source).toBe('/query/sort');
  });
});

describe('PATCH and DELETE /v1/hubs/current/variables/{id}', () => {
  it('200: changes what is sent and leaves the rest; the record does not repeat the value', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const made = await make(owner);

    const entries = await activityOf(test.app, hub, async () => {
      expect(dataOf(await owner.patch(one(made), { name: 'Speed' }).expect(200))).toMatchObject({
        ...SPEED,
        name: 'Speed',
      });
      expect(dataOf(await owner.patch(one(made), { value: 98.75, description: null }).expect(200))).toMatchObject({
        name: 'Speed',
        value: 98.75,
        description: null,
      });
    });

    expect(entries.map(({ changes, annotations }) => [changes, annotations])).toEqual([
      [{ name: { before: 'LineSpeed', after: 'Speed' } }, {}],
      [{ description: { before: 'Metres a minute', after: null } }, { value: 'set' }],
    ]);
    expect(JSON.stringify(entries)).not.toContain('98.75');
  });

  it.each([
    [{ type: 'String' }, '/type'],
    [{ value: '12' }, '/value'],
    [{ value: {} }, '/value'],
    [{ name: null }, '/name'],
  ])('422: for %j; nothing changes', async (body, source) => {
    const { hub, owner } = await ownedHub(test.app);
    const made = await make(owner);

    const answer = await leavesAlone(test.app, hub, () => owner.patch(one(made), body).expect(422));

    expect(refusalOf(answer).source).toBe(source);
  });

  it('409: a name that another one has', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await make(owner);
    const other = await make(owner, { name: 'Other', type: 'String' });

    const answer = await leavesAlone(test.app, hub, () => owner.patch(one(other), { name: 'linespeed' }).expect(409));
    expect(refusalOf(answer).source).toBe('/name');
  });

  it('412: builds only on the state that If-Match names; nothing changes otherwise', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const created = await owner.post(VARIABLES, SPEED).expect(201);
    const [made, etag] = [dataOf(created), created.headers['etag'] as string];
    const stale = owner.with({ 'if-match': etag });
    await stale.patch(one(made), { value: 1 }).expect(200);

    for (const ask of [() => stale.patch(one(made), { value: 2 }), () => stale.delete(one(made))]) {
      const answer = await leavesAlone(test.app, hub, () => ask().expect(412));
      expect(refusalOf(answer).code).toBe('412.revision-mismatch');
    }
    const { headers } = await owner.get(one(made)).expect(200);
    await owner
      .with({ 'if-match': headers['etag'] as string })
      .delete(one(made))
      .expect(200);
  });

  it('200: deletes; the value is gone from the table and the name is free', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const made = await make(owner);

    const entries = await activityOf(test.app, hub, async () => {
      expect(dataOf(await owner.delete(one(made)).expect(200))).toMatchObject({ id: made.id, value: 12.5 });
    });

    expect(entries).toEqual([expect.objectContaining({ event: 'hub.variable.delete' })]);
    const sql = 'SELECT value, name_key FROM variable WHERE hub_id = ?';
    expect(await test.app.database.query(sql, [hub.id])).toEqual([{ value: null, name_key: null }]);
    await owner.get(one(made)).expect(404);
    await make(owner);
  });

  it('404: for another hub’s, a deleted and an unknown one, all alike; nothing changes', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const other = await ownedHub(test.app);
    const [foreign, gone] = [await make(other.owner), await make(owner)];
    await owner.delete(one(gone)).expect(200);

    const told = await leavesAlone(test.app, hub, async () => {
      const answers: object[] = [];
      for (const id of [foreign.id, gone.id, NO_ID, 'x']) {
        const path = one({ id });
        answers.push(
          toldBy(await owner.get(path)),
          toldBy(await owner.patch(path, { value: 1 })),
          toldBy(await owner.delete(path)),
        );
      }
      return answers;
    });

    expect(new Set(told.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(told[0]).toMatchObject({ status: 404, error: { code: '404.hub.variable' } });
    expect(await names(other.owner)).toEqual(['LineSpeed']);
  });

  it('403: names variables-manage to everybody else; nothing changes', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const made = await make(owner);
    const caller = await test.app.create.caller({
      hub,
      capabilities: ['lists-manage', 'groups-manage', 'alerts-manage'],
    });

    for (const ask of [
      () => caller.get(VARIABLES),
      () => caller.post(VARIABLES, SPEED),
      () => caller.get(one(made)),
      () => caller.patch(one(made), { value: 1 }),
      () => caller.delete(one(made)),
      () => caller.delete(one({ id: NO_ID })),
    ]) {
      const answer = await leavesAlone(test.app, hub, () => ask().expect(403));
      expect(refusalOf(answer).extra).toEqual({ capability: 'variables-manage' });
    }
  });
});

describe('the permissions of a group', () => {
  const on = (variable_id: unknown) => ({ lists: [], variables: [{ variable_id, rights: ['read'] }] });

  it('201: name variables of the hub, or all', async () => {
    const { owner } = await ownedHub(test.app);
    const { id } = await make(owner);

    for (const target of [id, '*']) {
      const permissions = on(target);
      const made = dataOf(await owner.post(GROUPS, { name: `Group ${String(target)}`, permissions }).expect(201));
      expect(made.permissions).toMatchObject(permissions);
    }
  });

  it('422: none of another hub, a deleted one, or one that never was, all alike; nothing changes', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const foreign = await make((await ownedHub(test.app)).owner);
    const gone = await make(owner);
    await owner.delete(one(gone)).expect(200);
    const told: string[] = [];

    for (const id of [foreign.id, gone.id, NO_ID]) {
      const ask = () => owner.post(GROUPS, { name: 'Group', permissions: on(id) }).expect(422);
      const { error } = toldBy(await leavesAlone(test.app, hub, ask));
      expect(error.source).toBe('/permissions/variables/0/variable_id');
      told.push(JSON.stringify(error));
    }

    expect(new Set(told).size).toBe(1);
  });
});
