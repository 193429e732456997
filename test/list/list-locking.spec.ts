import { describe, expect, it } from 'vitest';
import { useTestApp } from '../support/test-app.js';
import { add, ITEMS, LISTS, listName, expectRefused, refusalOf, rowsOf, settingWith } from './support.js';

const context = useTestApp();
const here = () =>
  settingWith(context.app, [
    { name: 'MaterialNo', type: 'String' },
    { name: 'Quantity', type: 'Number' },
  ]);
const one = (rowId: number | string) => `${ITEMS}?Name=stockinfo&RowId=${rowId}`;
const put = (rowId: number, Quantity: number) => ({ listName, rowId, data: { Quantity } });

describe('GET /public-api/v1/lists/items', () => {
  it('200: shows one row, ID first, with the tag of its state', async () => {
    const { caller } = await here();
    const added = await caller.post(ITEMS, { listName, data: { Quantity: 1 } }).expect(200);
    const { body, headers } = await caller.get(one(1)).expect(200);
    expect(body).toEqual({
      item: [
        { column: 'ID', value: 1 },
        { column: 'MaterialNo', value: null },
        { column: 'Quantity', value: 1 },
      ],
    });
    expect(headers.etag).toMatch(/^"[\x21-\x7e]+"$/);
    expect(headers.etag).toBe(added.headers.etag);
  });

  it('moves the tag of the row that is changed, and of no other', async () => {
    const { caller } = await here();
    await add(caller, {});
    await add(caller, {});
    const tags = async () => [(await caller.get(one(1))).headers.etag, (await caller.get(one(2))).headers.etag];
    const before = await tags();
    const changed = await caller.put(ITEMS, put(1, 5)).expect(200);
    const after = await tags();
    expect(after[0]).not.toBe(before[0]);
    expect(after).toEqual([changed.headers.etag, before[1]]);
    expect(new Set([...before, ...after]).size).toBe(3);
  });

  it('404: for a row that is not there, and one of another hub’s list', async () => {
    const { caller } = await here();
    const other = await here();
    await add(other.caller, {});
    expect((await caller.get(one(1)).expect(404)).body.code).toBe('404.hub.list-row');
    const stranger = await context.app.create.integrator(await context.app.create.hub());
    expect((await stranger.get(one(1)).expect(404)).body.code).toBe('404.hub.list');
  });

  it('403: asks for the right and the scope to read', async () => {
    const { caller, hub } = await here();
    await add(caller, {});
    const writer = await context.app.create.integrator(hub, { rights: ['add', 'change', 'delete', 'clear'] });
    const unscoped = await context.app.create.integrator(hub, { scopes: ['write:lists'] });
    expect((await writer.get(one(1)).expect(403)).body.extra).toEqual({ right: 'read' });
    expect((await unscoped.get(one(1)).expect(403)).body.extra).toEqual({ scope: 'read:lists' });
  });

  it.each(['0', '-1', '1.5', 'a', '', '1e400', '9007199254740993'])('422: RowId=%s', async (rowId) => {
    const { caller } = await here();
    expect((await caller.get(one(rowId)).expect(422)).body.source).toBe('/query/RowId');
  });
});

describe('If-Match at the rows of a list', () => {
  it('200: the state that the writer saw is the present one', async () => {
    const { caller } = await here();
    const { headers } = await caller.post(ITEMS, { listName, data: {} }).expect(200);
    const changed = await caller.with({ 'if-match': headers.etag }).put(ITEMS, put(1, 5)).expect(200);
    await caller
      .with({ 'if-match': `"other", ${changed.headers.etag}` })
      .put(ITEMS, put(1, 6))
      .expect(200);
    await caller.with({ 'if-match': '*' }).put(ITEMS, put(1, 7)).expect(200);
    const { headers: last } = await caller.get(one(1)).expect(200);
    await caller.with({ 'if-match': last.etag }).delete(ITEMS, { listName, rowId: 1 }).expect(200);
    expect(await rowsOf(caller)).toEqual([]);
  });

  it('412: the row moved meanwhile; it stays as it is, and the answer says what state that is', async () => {
    const setting = await here();
    const { caller } = setting;
    const { headers } = await caller.post(ITEMS, { listName, data: {} }).expect(200);
    const { headers: moved } = await caller.put(ITEMS, put(1, 5)).expect(200);
    const late = caller.with({ 'if-match': headers.etag });
    const changed = await expectRefused(setting, 412, () => late.put(ITEMS, put(1, 9)));
    expect(changed).toMatchObject({ code: '412.revision-mismatch', extra: { etag: moved.etag } });
    expect(await refusalOf(setting, () => late.delete(ITEMS, { listName, rowId: 1 }))).toBe(412);
    expect(await refusalOf(setting, () => caller.with({ 'if-match': `W/${moved.etag}` }).put(ITEMS, put(1, 9)))).toBe(
      412,
    );
  });

  it('412: what the row shows moved, because a column has another name', async () => {
    const setting = await here();
    const { headers } = await setting.caller.post(ITEMS, { listName, data: {} }).expect(200);
    await setting.manager.patch(`${LISTS}/${setting.listId}/columns/1`, { name: 'Code' }).expect(200);
    const late = setting.caller.with({ 'if-match': headers.etag });
    expect(await refusalOf(setting, () => late.put(ITEMS, put(1, 9)))).toBe(412);
  });

  it('404: whatever it says when the row is not there', async () => {
    const setting = await here();
    for (const tag of ['*', '"a"']) {
      const caller = setting.caller.with({ 'if-match': tag });
      expect(await refusalOf(setting, () => caller.put(ITEMS, put(1, 9)))).toBe(404);
      expect(await refusalOf(setting, () => caller.delete(ITEMS, { listName, rowId: 1 }))).toBe(404);
    }
  });

  it('422: it is no tag', async () => {
    const setting = await here();
    await add(setting.caller, {});
    expect(await refusalOf(setting, () => setting.caller.with({ 'if-match': 'abc' }).put(ITEMS, put(1, 9)))).toBe(422);
  });

  it('lets exactly one of 20 win who saw the same state', async () => {
    const { caller } = await here();
    const { headers } = await caller.post(ITEMS, { listName, data: {} }).expect(200);
    const writer = caller.with({ 'if-match': headers.etag });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => writer.put(ITEMS, put(1, index))));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(19);
    expect(await rowsOf(caller)).toEqual([{ ID: 1, MaterialNo: null, Quantity: statuses.indexOf(200) }]);
  });
});
