import { describe, expect, it, vi } from 'vitest';
import { platformPrincipal } from '../../src/access/index.js';
import { ListService, RowService, SORTED_ROWS_MAX } from '../../src/modules/list/index.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { useTestApp } from '../support/test-app.js';

const LISTS = '/public-api/v1/lists';
const context = useTestApp();

interface Table {
  columns: { name: string; elementName: string; type: string }[];
  items: { column: string; value: unknown }[][];
}

async function filled(rows: object[], name = 'StockInfo'): Promise<{ hub: TestHub; listId: string; reader: Client }> {
  const hub = await context.app.create.hub();
  const { id } = await context.app.create.list(hub, name);
  for (const row of rows) {
    await context.app.nest.get(RowService).add(platformPrincipal(hub.id), name, row);
  }
  return { hub, listId: id, reader: await context.app.create.integrator(hub, { rights: ['read', 'delete'] }) };
}

const quantities = (...values: (number | null)[]) => values.map((Quantity) => ({ Quantity }));
const read = (reader: Client, query: string) => reader.get(`${LISTS}/list?Name=StockInfo&${query}`).expect(200);
const column = (body: Table, index: number) => body.items.map((row) => row[index].value);
const ids = async (reader: Client, query: string) => column((await read(reader, query)).body as Table, 0);

describe('GET /public-api/v1/lists', () => {
  it('200: names the lists that the key may read, by number', async () => {
    const hub = await context.app.create.hub();
    const [, second, third] = [
      await context.app.create.list(hub, 'First'),
      await context.app.create.list(hub, 'Second'),
      await context.app.create.list(hub, 'Third'),
    ];
    const groupId = await context.app.create.group(hub, {
      lists: [
        { list_id: third.id, rights: ['read', 'add'] },
        { list_id: second.id, rights: ['add'] },
      ],
    });
    const all = [1, 2, 3].map((id) => ({ id, name: ['First', 'Second', 'Third'][id - 1] }));
    const some = await context.app.create.integrator(hub, { groupId });
    const every = await context.app.create.integrator(hub, { rights: ['read'] });
    expect((await some.get(LISTS).expect(200)).body).toEqual([{ id: 3, name: 'Third' }]);
    expect((await every.get(LISTS).expect(200)).body).toEqual(all);
  });

  it('200: is empty without the right, and for another hub', async () => {
    const hub = await context.app.create.hub();
    await context.app.create.list(hub);
    const writer = await context.app.create.integrator(hub, { rights: ['add'] });
    const stranger = await context.app.create.integrator(await context.app.create.hub());
    expect((await writer.get(LISTS).expect(200)).body).toEqual([]);
    expect((await stranger.get(LISTS).expect(200)).body).toEqual([]);
  });

  it('403: needs the scope read:lists', async () => {
    const hub = await context.app.create.hub();
    const caller = await context.app.create.integrator(hub, { scopes: ['write:lists'] });
    expect((await caller.get(LISTS).expect(403)).body.code).toBe('403.permissions');
  });
});

describe('GET /public-api/v1/lists/list', () => {
  it('200: answers the table object with native values, ID first, null where a cell is empty', async () => {
    const { reader } = await filled([{ MaterialNo: 'Ä\'\\"🦊', Quantity: 0.1, Locked: false }, {}]);
    const { body, headers } = await reader.get(`${LISTS}/list?name=sTOCKinfo`).expect(200);
    expect(body).toEqual({
      columns: [
        { name: 'ID', elementName: 'ID', type: 'Number' },
        { name: 'MaterialNo', elementName: 'MaterialNo', type: 'String' },
        { name: 'Quantity', elementName: 'Quantity', type: 'Number' },
        { name: 'Locked', elementName: 'Locked', type: 'Boolean' },
      ],
      items: [
        [
          { column: 'ID', value: 1 },
          { column: 'MaterialNo', value: 'Ä\'\\"🦊' },
          { column: 'Quantity', value: 0.1 },
          { column: 'Locked', value: false },
        ],
        ['ID', 'MaterialNo', 'Quantity', 'Locked'].map((name) => ({ column: name, value: name === 'ID' ? 2 : null })),
      ],
    });
    expect(headers['x-more-rows']).toBe('false');
  });

  it('200: gives numbers back as they were sent', async () => {
    const sent = [1.7976931348623157e308, -2.3e-308, 9007199254740991, 0.1 + 0.2, 1e21, -5, 999.9999999999999];
    const { reader } = await filled(quantities(...sent));
    expect(column((await read(reader, '')).body as Table, 2)).toEqual(sent);
  });

  it('200: gives numbers back that lie next to a whole one', async () => {
    const sent = [1e-301, 6.626e-34, 2.2e-16, 2.3e-308, -1e-301, -0.9999999999999999, 0.9999999999999999];
    const { reader } = await filled(quantities(...sent));
    expect(column((await read(reader, '')).body as Table, 2)).toEqual(sent);
  });

  it('200: gives 0 for what is nearer to zero than the normal doubles', async () => {
    const { reader } = await filled(quantities(1e-308, -5e-324));
    expect(column((await read(reader, '')).body as Table, 2)).toEqual([0, 0]);
  });

  it('200: cuts by SkipRows and MaxRows and says whether rows follow, in both orders', async () => {
    const { reader } = await filled(quantities(1, 2, 3, 4, 5));
    const page = await read(reader, 'SkipRows=1&MaxRows=2');
    expect(column(page.body as Table, 0)).toEqual([2, 3]);
    expect(page.headers['x-more-rows']).toBe('true');
    expect((await read(reader, 'SkipRows=3&MaxRows=2')).headers['x-more-rows']).toBe('false');
    expect(await ids(reader, 'SortColumn=id&SortOrder=desc&SkipRows=1&MaxRows=2')).toEqual([4, 3]);
    expect(await ids(reader, 'SkipRows=5')).toEqual([]);
  });

  it('200: skips rows and not ids where rows were deleted', async () => {
    const { reader } = await filled(quantities(1, 2, 3, 4, 5));
    await reader.delete(`${LISTS}/items`, { listName: 'StockInfo', rowId: 2 }).expect(200);
    expect(await ids(reader, 'SkipRows=1')).toEqual([3, 4, 5]);
    expect(await ids(reader, 'SortColumn=ID&SortOrder=Desc&SkipRows=3')).toEqual([1]);
  });

  it('200: sorts by a column named without case: empty cells first, ties by ID, texts bytewise', async () => {
    const { reader } = await filled([
      { Quantity: 2, MaterialNo: 'b' },
      { Quantity: null, MaterialNo: 'a ' },
      { Quantity: -1, MaterialNo: 'B' },
      { Quantity: 2, MaterialNo: 'a' },
      { Quantity: 10, MaterialNo: 'a\t' },
      { Quantity: 3, MaterialNo: 'ä' },
      { Quantity: 4 },
    ]);
    expect(await ids(reader, 'SortColumn=quantity')).toEqual([2, 3, 1, 4, 6, 7, 5]);
    expect(await ids(reader, 'SortColumn=Quantity&SortOrder=DESC')).toEqual([5, 7, 6, 4, 1, 3, 2]);
    expect(await ids(reader, 'SortColumn=MaterialNo')).toEqual([7, 3, 4, 5, 2, 1, 6]);
    expect(await ids(reader, 'SortColumn=MaterialNo&SkipRows=2&MaxRows=2')).toEqual([4, 5]);
  });

  it.each([
    [{ skip: 0, take: 10 }, [1, 2, 3], 1],
    [{ skip: 1, take: 1 }, [2], 1],
    [{ skip: 3, take: 10 }, [], 2],
    [{ skip: 0, take: 2, sortColumn: 'Quantity' }, [3, 2], 3],
  ])('reads %j with few statements', async (range, expected, statements) => {
    const { hub } = await filled(quantities(1, 2, 3));
    const query = { listName: 'StockInfo', descending: 'sortColumn' in range, ...range };
    const asked = vi.spyOn(context.app.database, 'query');
    const page = await context.app.nest.get(RowService).read(platformPrincipal(hub.id), query);
    expect(page.rows.map(({ row_id }) => row_id)).toEqual(expected);
    expect(asked).toHaveBeenCalledTimes(statements);
    asked.mockRestore();
  });

  it('422: does not sort a list that is too long for it', async () => {
    const { reader, listId } = await filled([]);
    const sql = 'UPDATE list SET row_count = ? WHERE id = ?';
    await context.app.database.transaction((tx) => tx.query(sql, [SORTED_ROWS_MAX + 1, listId]));
    const { body } = await reader.get(`${LISTS}/list?Name=StockInfo&SortColumn=Quantity`).expect(422);
    expect(body).toMatchObject({ code: '422.max-exceeded' });
    await read(reader, 'SortColumn=ID');
  });

  it.each([
    '',
    'Name=StockInfo&MaxRows=0',
    'Name=StockInfo&MaxRows=10001',
    'Name=StockInfo&SkipRows=-1',
    'Name=StockInfo&SortColumn=Foo',
    'Name=StockInfo&SortOrder=up',
    'Name=StockInfo&Foo=1',
  ])('422: refuses ?%s', async (query) => {
    const { reader } = await filled([]);
    expect((await reader.get(`${LISTS}/list?${query}`)).status).toBe(422);
  });

  it('404: a list of another hub, a list without any right, a deleted one and none at all read the same', async () => {
    const { hub } = await filled([{ Quantity: 1 }]);
    const other = await context.app.create.list(hub, 'Other');
    const gone = await context.app.create.list(hub, 'Gone');
    await context.app.nest.get(ListService).delete(platformPrincipal(hub.id), gone.id);
    const groupId = await context.app.create.group(hub, { lists: [{ list_id: other.id, rights: ['read'] }] });
    const caller = await context.app.create.integrator(hub, { groupId });
    const foreign = await context.app.create.integrator(await context.app.create.hub());
    const answers = [
      await caller.get(`${LISTS}/list?Name=StockInfo`),
      await caller.get(`${LISTS}/list?Name=Nothing`),
      await caller.get(`${LISTS}/list?Name=Gone`),
      await foreign.get(`${LISTS}/list?Name=StockInfo`),
    ].map(({ status, body }) => [status, { ...body, requestId: '', instance: '' }] as const);
    expect(answers[0][0]).toBe(404);
    expect(answers[0][1]).toMatchObject({ code: '404.hub.list' });
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('403: a list that the key may only write is no secret, but not to be read', async () => {
    const { hub } = await filled([]);
    const writer = await context.app.create.integrator(hub, { rights: ['add'] });
    expect((await writer.get(`${LISTS}/list?Name=StockInfo`).expect(403)).body.code).toBe('403.permissions');
  });
});
