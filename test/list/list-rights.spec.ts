import { describe, expect, it } from 'vitest';
import { type ListPermission, type ListRight } from '../../src/access/index.js';
import { ListSweeper } from '../../src/modules/list/list-sweeper.js';
import { type Client } from '../support/client.js';
import { useTestApp } from '../support/test-app.js';
import {
  add,
  ITEMS,
  LIST,
  LISTS,
  listName,
  expectRefused,
  refusalOf,
  rowsOf,
  type Setting,
  settingWith,
  stateOf,
} from './support.js';

const context = useTestApp();
const GROUPS = '/v1/hubs/current/groups';
const COLUMNS = [
  { name: 'MaterialNo', type: 'String' },
  { name: 'Quantity', type: 'Number', default: 5 },
];
const here = () => settingWith(context.app, COLUMNS);

async function callerWith({ app, hub }: Setting, lists: ListPermission[]): Promise<Client> {
  return app.create.integrator(hub, { groupId: await app.create.group(hub, { lists }) });
}

const closing = (list_id: string, ...read_only_columns: number[]): ListPermission => ({
  list_id,
  rights: ['read', 'add', 'change', 'delete'],
  read_only_columns,
});

describe('a read-only column', () => {
  it('gets its default in new rows, and is read like any other', async () => {
    const setting = await here();
    const caller = await callerWith(setting, [closing(setting.listId, 2)]);
    await add(caller, { MaterialNo: 'A' });
    await caller.put(ITEMS, { listName, rowId: 1, data: { MaterialNo: 'B' } }).expect(200);
    expect(await rowsOf(caller)).toEqual([{ ID: 1, MaterialNo: 'B', Quantity: 5 }]);
  });

  it('403: may be named neither in a new row nor in a change, whatever the value; the answer names it', async () => {
    const setting = await here();
    await add(setting.caller, { Quantity: 1 });
    const caller = await callerWith(setting, [closing(setting.listId, 2)]);
    for (const value of [7, null, 'wrong', 1]) {
      const data = { MaterialNo: 'A', quantity: value };
      const added = await expectRefused(setting, 403, () => caller.post(ITEMS, { listName, data }));
      expect(added).toMatchObject({ source: '/data/quantity', extra: { right: 'add', column: 'Quantity' } });
      const changed = await expectRefused(setting, 403, () => caller.put(ITEMS, { listName, rowId: 1, data }));
      expect(changed).toMatchObject({ source: '/data/quantity', extra: { right: 'change', column: 'Quantity' } });
    }
  });

  it('is open where another entry of the group opens it', async () => {
    const setting = await here();
    const caller = await callerWith(setting, [closing(setting.listId, 2), { list_id: '*', rights: ['change'] }]);
    await add(caller, {});
    await caller.put(ITEMS, { listName, rowId: 1, data: { Quantity: 1 } }).expect(200);
    expect(await refusalOf(setting, () => caller.post(ITEMS, { listName, data: { Quantity: 1 } }))).toBe(403);
  });

  it('stays closed under another name, and is no other column’s business once dropped', async () => {
    const setting = await here();
    const caller = await callerWith(setting, [closing(setting.listId, 2)]);
    const columns = `${LISTS}/${setting.listId}/columns`;
    await setting.manager.patch(`${columns}/2`, { name: 'Amount' }).expect(200);
    expect(await refusalOf(setting, () => caller.post(ITEMS, { listName, data: { Amount: 1 } }))).toBe(403);
    await setting.manager.delete(`${columns}/2`).expect(202);
    await setting.manager.post(columns, { name: 'Quantity', type: 'Number' }).expect(201);
    await add(caller, { Quantity: 1 });
  });

  it('shows in the group, and acts at once when the group changes', async () => {
    const setting = await here();
    const groupId = await context.app.create.group(setting.hub, { lists: [closing(setting.listId)] });
    const caller = await context.app.create.integrator(setting.hub, { groupId });
    await add(caller, { Quantity: 1 });
    const owner = context.app.as((await context.app.create.ownerKey(setting.hub)).secret);
    const permissions = { lists: [closing(setting.listId, 2)] };
    const { body } = await owner.patch(`${GROUPS}/${groupId}`, { permissions }).expect(200);
    expect(body.data.permissions.lists).toEqual(permissions.lists);
    expect(await refusalOf(setting, () => caller.post(ITEMS, { listName, data: { Quantity: 1 } }))).toBe(403);
  });

  it.each([
    [(id: string) => closing(id, 3), '/permissions/lists/0/read_only_columns/0'],
    [(id: string) => closing(id, 1, 99), '/permissions/lists/0/read_only_columns/1'],
    [() => closing('*', 1), '/permissions/lists/0/read_only_columns'],
    [(id: string) => closing(id, 1, 1), '/permissions/lists/0/read_only_columns'],
    [(id: string) => closing(id, 0), '/permissions/lists/0/read_only_columns'],
    [(id: string) => closing(id, 1.5), '/permissions/lists/0/read_only_columns'],
    [(id: string) => ({ ...closing(id), read_only_columns: ['1'] }), '/permissions/lists/0/read_only_columns'],
  ])('422: a group cannot name a column that is not there (%#)', async (entry, source) => {
    const setting = await here();
    const owner = context.app.as((await context.app.create.ownerKey(setting.hub)).secret);
    const permissions = { lists: [entry(setting.listId)] };
    const { body } = await owner.post(GROUPS, { name: 'Bad', permissions }).expect(422);
    expect(body.error.source).toBe(source);
    expect((await owner.get(`${GROUPS}?filter[search]=Bad`).expect(200)).body.data).toEqual([]);
  });

  it('422: the refusal names the columns with their ids', async () => {
    const setting = await here();
    const owner = context.app.as((await context.app.create.ownerKey(setting.hub)).secret);
    const permissions = { lists: [closing(setting.listId, 3)] };
    const { body } = await owner.post(GROUPS, { name: 'Bad', permissions }).expect(422);
    expect(body.error.detail).toContain('1 (MaterialNo), 2 (Quantity)');
  });

  it('403: who may not write to a column cannot make keys that may', async () => {
    const { app, hub, listId } = await here();
    const group = (entry: ListPermission) => app.create.group(hub, { lists: [entry] });
    const groupId = await group(closing(listId, 2));
    const giver = await app.create.caller({ hub, capabilities: ['api-keys-manage'], groupId, scopes: ['write:lists'] });
    const make = async (entry: ListPermission) => {
      const body = { name: 'Child', role_id: hub.roles['integration'], scopes: [], group_id: await group(entry) };
      return giver.post('/v1/hubs/current/api-keys', body);
    };
    const open = await make({ list_id: listId, rights: ['add'] });
    expect(open.status).toBe(403);
    expect((open.body as { error: { extra: object } }).error.extra).toMatchObject({
      missing: [`group permission lists:${listId}:add of column 2`],
    });
    expect((await make({ list_id: listId, rights: ['add'], read_only_columns: [1] })).status).toBe(403);
    expect((await make({ list_id: listId, rights: ['add'], read_only_columns: [1, 2] })).status).toBe(201);
    expect((await make({ list_id: listId, rights: ['read', 'delete'] })).status).toBe(201);
  });
});

describe('DELETE /public-api/v1/lists/list', () => {
  it('200: removes all rows at once, counts them, and goes on with the next id; columns stay', async () => {
    const setting = await here();
    for (const MaterialNo of ['A', 'B', 'C']) {
      await add(setting.caller, { MaterialNo });
    }
    expect((await setting.caller.delete(LIST, { listName: 'STOCKINFO' }).expect(200)).body).toEqual({
      state: 'Success',
    });
    expect(await rowsOf(setting.caller)).toEqual([]);
    await add(setting.caller, { MaterialNo: 'D' });
    expect(await rowsOf(setting.caller)).toEqual([{ ID: 4, MaterialNo: 'D', Quantity: 5 }]);
    expect(await stateOf(setting)).toMatchObject([
      [{ last_row_id: 4, row_count: 1 }],
      [{ row_id: 4 }],
      [{ added: 4, cleared: 3 }],
    ]);
  });

  it('200: an empty list stays as it is', async () => {
    const setting = await here();
    await setting.caller.delete(LIST, { listName }).expect(200);
    expect(await stateOf(setting)).toMatchObject([[{ row_count: 0 }], [], [{ cleared: 0 }]]);
  });

  it('leaves nothing behind, also when it comes twice, and the list keeps its ids', async () => {
    const setting = await here();
    const shown = async () => (await setting.manager.get(`${LISTS}/${setting.listId}`).expect(200)).body as object;
    const before = await shown();
    for (let round = 0; round < 2; round += 1) {
      await add(setting.caller, {});
      await setting.caller.delete(LIST, { listName }).expect(200);
    }
    const lists = () =>
      context.app.database.query<{ id: string }>('SELECT id FROM list WHERE hub_id = ?', [setting.hub.id]);
    const sweeper = context.app.nest.get(ListSweeper);
    while ((await lists()).length > 1) {
      sweeper.wake();
      await sweeper.whenIdle();
    }
    expect((await lists()).map(({ id }) => id)).toEqual([setting.listId]);
    expect(await shown()).toEqual(before);
    expect((await setting.manager.get(LISTS).expect(200)).body.data).toHaveLength(1);
  });

  it('takes turns with 20 writers: each row is before it or after it, and none is lost', async () => {
    const setting = await here();
    const writes = Array.from({ length: 20 }, () => add(setting.caller, {}));
    await Promise.all([
      ...writes.slice(0, 10),
      setting.caller.delete(LIST, { listName }).expect(200),
      ...writes.slice(10),
    ]);
    const [[list], rows, [counts]] = (await stateOf(setting)) as Record<string, number>[][];
    expect(list).toMatchObject({ last_row_id: 20, row_count: rows.length });
    expect(counts.added - counts.cleared).toBe(rows.length);
  });

  it.each(['read', 'add', 'change', 'delete'] as ListRight[])('403: the right %s is not enough', async (right) => {
    const setting = await here();
    await add(setting.caller, {});
    const caller = await callerWith(setting, [{ list_id: setting.listId, rights: [right] }]);
    const body = await expectRefused(setting, 403, () => caller.delete(LIST, { listName }));
    expect(body.extra).toEqual({ right: 'clear' });
  });

  it('404: for a list of another hub, and one without any right', async () => {
    const setting = await here();
    await add(setting.caller, {});
    const [stranger, nobody] = [await here(), await callerWith(setting, [])];
    await stranger.manager.delete(`${LISTS}/${stranger.listId}`).expect(202);
    expect(await refusalOf(setting, () => stranger.caller.delete(LIST, { listName }))).toBe(404);
    expect(await refusalOf(setting, () => nobody.delete(LIST, { listName }))).toBe(404);
  });

  it.each([{}, { listName: 7 }, { listName, rowId: 1 }, { listName: '' }])('422: %j', async (body) => {
    const setting = await here();
    await add(setting.caller, {});
    expect(await refusalOf(setting, () => setting.caller.delete(LIST, body))).toBe(422);
  });
});
