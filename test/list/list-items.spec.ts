import { describe, expect, it } from 'vitest';
import { type ListRight, type Scope } from '../../src/access/index.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { useTestApp } from '../support/test-app.js';

const ITEMS = '/public-api/v1/lists/items';
const context = useTestApp();

interface Setting {
  hub: TestHub;
  listId: string;
  caller: Client;
}

async function setting(rights?: ListRight[], scopes?: Scope[]): Promise<Setting> {
  const hub = await context.app.create.hub();
  const { id } = await context.app.create.list(hub);
  const caller = await context.app.create.integrator(hub, { ...(rights && { rights }), ...(scopes && { scopes }) });
  return { hub, listId: id, caller };
}

/** Everything that a write could change, as the database has it. */
async function state({ listId }: Setting): Promise<unknown> {
  const list = 'SELECT last_row_id, row_count FROM list WHERE id = ?';
  const rows =
    'SELECT row_id, s1, n1, n2 FROM list_row WHERE list_no = (SELECT no FROM list WHERE id = ?) ORDER BY row_id';
  const counts = 'SELECT added, changed, deleted FROM list_write_count WHERE list_id = ? ORDER BY key_id';
  const all = [list, rows, counts].map((sql) => context.app.database.query<Record<string, unknown>>(sql, [listId]));
  return (await Promise.all(all)).map((found) => found.map((row) => ({ ...row })));
}

const listName = 'StockInfo';
const add = (caller: Client, data: object) => caller.post(ITEMS, { listName, data }).expect(200);

describe('POST /public-api/v1/lists/items', () => {
  it('200: answers the whole row, ID first; columns that were left out are null', async () => {
    const here = await setting();
    const { body } = await here.caller
      .post(ITEMS, { listName: 'stockinfo', data: { quantity: 12, LOCKED: true } })
      .expect(200);
    expect(body).toEqual({
      addedItem: [
        { column: 'ID', value: 1 },
        { column: 'MaterialNo', value: null },
        { column: 'Quantity', value: 12 },
        { column: 'Locked', value: true },
      ],
    });
    expect(await state(here)).toEqual([
      [{ last_row_id: 1, row_count: 1 }],
      [{ row_id: 1, s1: null, n1: 12, n2: 1 }],
      [{ added: 1, changed: 0, deleted: 0 }],
    ]);
  });

  it('200: an empty row is a row', async () => {
    const { caller } = await setting();
    expect((await add(caller, {})).body.addedItem[0]).toEqual({ column: 'ID', value: 1 });
  });

  it('200: ids ascend without a gap under 50 writers at once, and none is given again', async () => {
    const here = await setting();
    const answers = await Promise.all(Array.from({ length: 50 }, () => add(here.caller, {})));
    const ids = answers.map(({ body }) => (body as { addedItem: { value: number }[] }).addedItem[0].value);
    expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    await here.caller.delete(ITEMS, { listName, rowId: 50 }).expect(200);
    expect((await add(here.caller, {})).body.addedItem[0].value).toBe(51);
    expect((await state(here)) as unknown[][]).toMatchObject([
      [{ last_row_id: 51, row_count: 50 }],
      expect.any(Array),
      [{ added: 51, changed: 0, deleted: 1 }],
    ]);
  });

  it('200: takes a text as long as the limit', async () => {
    const here = await setting();
    const text = '🦊'.repeat(50_000);
    expect((await add(here.caller, { MaterialNo: text })).body.addedItem[1].value).toBe(text);
    expect((await state(here)) as unknown[][][]).toMatchObject([[{}], [{ s1: text }], [{}]]);
  });

  it.each([
    ['{"Foo":1}', '/data/Foo'],
    ['{"constructor":1,"Quantity":1}', '/data/constructor'],
    ['{"prototype":1}', '/data/prototype'],
    ['{"toString":1}', '/data/toString'],
    ['{"ID":1}', '/data/ID'],
    ['{"Quantity":"1"}', '/data/Quantity'],
    ['{"Quantity":1e999}', '/data/Quantity'],
    ['{"Quantity":1,"quantity":1}', '/data/quantity'],
    ['{"Locked":1}', '/data/Locked'],
    ['[]', '/data'],
    ['[[]]', '/data'],
    ['[{"Quantity":1}]', '/data'],
    ['{"Quantity":[[1]]}', '/data/Quantity'],
    ['null', '/data'],
    ['"x"', '/data'],
  ])('422: refuses data = %s and writes nothing', async (data, source) => {
    const here = await setting();
    const before = await state(here);
    const { body } = await here.caller.post(ITEMS, `{"listName":"StockInfo","data":${data}}`).expect(422);
    expect(JSON.stringify(body)).toContain(JSON.stringify(source));
    expect(await state(here)).toEqual(before);
  });

  it('400: __proto__ is refused by the parser', async () => {
    const here = await setting();
    await here.caller.post(ITEMS, '{"listName":"StockInfo","data":{"__proto__":{"a":1}}}').expect(400);
    expect((await state(here)) as unknown[][]).toMatchObject([[{ row_count: 0 }], [], []]);
  });
});

describe('PUT /public-api/v1/lists/items', () => {
  it('200: changes what is named and nothing else; null empties a cell', async () => {
    const here = await setting();
    await add(here.caller, { MaterialNo: 'A', Quantity: 1, Locked: true });
    await add(here.caller, { MaterialNo: 'B' });
    const { body } = await here.caller
      .put(ITEMS, { listName, rowId: 1, data: { quantity: 5, Locked: null } })
      .expect(200);
    expect(body).toEqual({ state: 'Success' });
    // The same values again: a row that does not change is a row that is there.
    await here.caller.put(ITEMS, { listName, rowId: 1, data: { quantity: 5 } }).expect(200);
    expect(await state(here)).toEqual([
      [{ last_row_id: 2, row_count: 2 }],
      [
        { row_id: 1, s1: 'A', n1: 5, n2: null },
        { row_id: 2, s1: 'B', n1: null, n2: null },
      ],
      [{ added: 2, changed: 2, deleted: 0 }],
    ]);
  });

  it('404: for a row that is not there', async () => {
    const here = await setting();
    const before = await state(here);
    const { body } = await here.caller.put(ITEMS, { listName, rowId: 7, data: { Quantity: 1 } }).expect(404);
    expect(body.code).toBe('404.hub.list-row');
    expect(await state(here)).toEqual(before);
  });

  it.each([
    { rowId: 1, data: {} },
    { rowId: 0, data: { Quantity: 1 } },
    { rowId: 1.5, data: { Quantity: 1 } },
    { rowId: '1', data: { Quantity: 1 } },
    { rowId: 1, data: { Quantity: 2, Foo: 1 } },
    { rowId: [1], data: { Quantity: 1 } },
    { rowId: 1, data: [] },
    { rowId: 1, data: [[{ Quantity: 1 }]] },
    { rowId: 1 },
    { data: { Quantity: 1 } },
  ])('422: refuses %j and changes nothing', async (input) => {
    const here = await setting();
    await add(here.caller, { Quantity: 9 });
    const before = await state(here);
    await here.caller.put(ITEMS, { listName, ...input }).expect(422);
    expect(await state(here)).toEqual(before);
  });
});

describe('DELETE /public-api/v1/lists/items', () => {
  it('200: removes exactly this row; a second time it is a 404', async () => {
    const here = await setting();
    await add(here.caller, { Quantity: 1 });
    await add(here.caller, { Quantity: 2 });
    expect((await here.caller.delete(ITEMS, { listName, rowId: 1 }).expect(200)).body).toEqual({ state: 'Success' });
    const { body } = await here.caller.delete(ITEMS, { listName, rowId: 1 }).expect(404);
    expect(body.code).toBe('404.hub.list-row');
    expect(await state(here)).toEqual([
      [{ last_row_id: 2, row_count: 1 }],
      [{ row_id: 2, s1: null, n1: 2, n2: null }],
      [{ added: 2, changed: 0, deleted: 1 }],
    ]);
  });
});

describe('who may not write', () => {
  const writes = (caller: Client) => ({
    add: () => caller.post(ITEMS, { listName, data: { Quantity: 1 } }),
    change: () => caller.put(ITEMS, { listName, rowId: 1, data: { Quantity: 2 } }),
    delete: () => caller.delete(ITEMS, { listName, rowId: 1 }),
  });

  it.each(['add', 'change', 'delete'] as const)('403: each write needs its own right (%s)', async (right) => {
    const here = await setting((['read', 'add', 'change', 'delete', 'clear'] as const).filter((one) => one !== right));
    await context.app.create.integrator(here.hub).then((owner) => add(owner, { Quantity: 9 }));
    const before = await state(here);
    const { body } = await writes(here.caller)[right]().expect(403);
    expect(body).toMatchObject({ code: '403.permissions' });
    expect(await state(here)).toEqual(before);
  });

  it('403: reading rights with the writing scope, and writing rights without it, write nothing', async () => {
    for (const here of [await setting(['read']), await setting(undefined, ['read:lists'])]) {
      await context.app.create.integrator(here.hub).then((owner) => add(owner, { Quantity: 9 }));
      const before = await state(here);
      for (const write of Object.values(writes(here.caller))) {
        await write().expect(403);
      }
      expect(await state(here)).toEqual(before);
    }
  });

  it('404: a caller of another hub, or with rights on another list only, writes to a list that is not there', async () => {
    const here = await setting();
    await add(here.caller, { Quantity: 9 });
    const before = await state(here);
    const other = await context.app.create.list(here.hub, 'Other');
    const groupId = await context.app.create.group(here.hub, {
      lists: [{ list_id: other.id, rights: ['read', 'add', 'change', 'delete'] }],
    });
    const callers = [
      await context.app.create.integrator(here.hub, { groupId }),
      await context.app.create.integrator(await context.app.create.hub()),
    ];
    for (const caller of callers) {
      for (const write of Object.values(writes(caller))) {
        expect((await write().expect(404)).body.code).toBe('404.hub.list');
      }
    }
    expect(await state(here)).toEqual(before);
  });

  it('two hubs with a list of one name do not see each other’s rows', async () => {
    const [one, two] = [await setting(), await setting()];
    await add(one.caller, { Quantity: 1 });
    const { body } = await two.caller.get('/public-api/v1/lists/list?Name=StockInfo').expect(200);
    expect(body.items).toEqual([]);
    await two.caller.delete(ITEMS, { listName, rowId: 1 }).expect(404);
    expect((await state(one)) as unknown[][]).toMatchObject([[{ row_count: 1 }], [{ n1: 1 }], [{}]]);
  });
});
