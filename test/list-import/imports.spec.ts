import { describe, expect, it } from 'vitest';
import { useTestApp } from '../support/test-app.js';
import {
  imported,
  importerKey,
  into,
  jobOf,
  LISTS,
  piecesLeft,
  report,
  rowsOf,
  send,
  stage,
  work,
} from './support/importing.js';

const context = useTestApp();

const OLD = [
  [1, null, 10, null],
  [2, null, 20, null],
];

describe('POST /v1/hubs/current/lists/{listId}/imports?mode=append', () => {
  it('202: adds the rows behind those that are there, columns in any order, and tells of it', async () => {
    const at = await stage(context.app);
    const told = await imported(
      context.app,
      at,
      'mode=append',
      'quantity,MATERIALNO\r\n1.5,"a ""b"",\r\nc"\r\n,""\r\n-2e3,\r\n',
    );
    expect(told).toMatchObject({
      state: 'completed',
      error: null,
      delimiter: ',',
      rows: { total: 3, accepted: 3, refused: 0, written: 3 },
      refused_rows: [],
    });
    expect(await rowsOf(context.app, at.hub)).toEqual([
      ...OLD,
      [3, 'a "b",\r\nc', 1.5, null],
      [4, '', null, null],
      [5, null, -2000, null],
    ]);
    expect(await piecesLeft(context.app)).toBe(0);
  });

  it.each([
    ['a comma', 'MaterialNo,Quantity\na,1\n'],
    ['a semicolon', 'MaterialNo;Quantity\r\na;1'],
    ['a tab', 'MaterialNo\tQuantity\ra\t1\r'],
    ['a byte order mark', '\ufeffMaterialNo,Quantity\na,1\n'],
    ['the ID that we write, which is read over', 'ID,MaterialNo,Quantity\n77,a,1\n'],
    ['blank lines, which are read over', 'MaterialNo,Quantity\n\na,1\n\n'],
    ['blanks around a number', 'MaterialNo,Quantity\na, 1 \n'],
  ])('202: reads %s', async (_, csv) => {
    const at = await stage(context.app);
    expect(await imported(context.app, at, 'mode=append', csv)).toMatchObject({ rows: { total: 1, written: 1 } });
    expect((await rowsOf(context.app, at.hub)).slice(2)).toEqual([[3, 'a', 1, null]]);
  });

  it('202: takes the delimiter that is named, whatever the header looks like', async () => {
    const at = await stage(context.app);
    await imported(context.app, at, 'mode=append&delimiter=semicolon', 'MaterialNo;Locked\n"a;b,c";TRUE\n');
    expect((await rowsOf(context.app, at.hub)).slice(2)).toEqual([[3, 'a;b,c', null, 1]]);
  });

  it('202: a chunked body', async () => {
    const at = await stage(context.app);
    const request = at.importer.post(into(at, 'mode=append')).set('content-type', 'text/csv; charset=utf-8');
    request.write('MaterialNo\n');
    request.write('ä\n');
    const answer = await new Promise<{ status: number; body: unknown }>(
      (resolve) => void request.end((_, got) => resolve(got)),
    );
    expect(answer.status).toBe(202);
    await work(context.app);
    expect((await rowsOf(context.app, at.hub)).slice(2)).toEqual([[3, 'ä', null, null]]);
  });

  it('409 in the job: refuses the whole for one row, by default, and says which and why', async () => {
    const at = await stage(context.app);
    const told = await imported(context.app, at, 'mode=append', 'Quantity,Locked\n1,true\n"1,5",true\n2,yes\n3\n');
    expect(told).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('3 of 4 rows were refused') as string,
      rows: { total: 4, accepted: 1, refused: 3, written: 0 },
      refused_rows: [
        { row: 3, column: 'Quantity', reason: expect.stringContaining('no number') as string },
        { row: 4, column: 'Locked', reason: expect.stringContaining('true nor false') as string },
        { row: 5, column: null, reason: expect.stringContaining('1 cells') as string },
      ],
    });
    expect(await rowsOf(context.app, at.hub)).toEqual(OLD);
    expect(await piecesLeft(context.app)).toBe(0);
  });

  it('202: skips refused rows when told to, and still counts and names them', async () => {
    const at = await stage(context.app);
    const told = await imported(context.app, at, 'mode=append&on_error=skip', 'Quantity\n1\nx\n3\n1,2\n');
    expect(told).toMatchObject({ state: 'completed', rows: { total: 4, accepted: 2, refused: 2, written: 2 } });
    expect(told.refused_rows.map(({ row }) => row)).toEqual([3, 5]);
    expect((await rowsOf(context.app, at.hub)).slice(2).map((row) => row[2])).toEqual([1, 3]);
  });

  it('202: keeps a thousand refused rows and counts the others', async () => {
    const at = await stage(context.app);
    const csv = `Quantity\n${'x\n'.repeat(2500)}1\n`;
    const told = await imported(context.app, at, 'mode=append&on_error=skip', csv);
    expect([told.rows.refused, told.refused_rows.length, told.refused_rows[999].row]).toEqual([2500, 1000, 1001]);
  });

  it('shows no cell of the file in the report', async () => {
    const at = await stage(context.app);
    const answer = await send(at.importer, into(at, 'mode=append'), 'Quantity\nsecret-cell\n').expect(202);
    await work(context.app);
    const { text } = await at.importer.get(`${LISTS}/imports/${jobOf(answer.body)}`).expect(200);
    expect(text).not.toContain('secret-cell');
  });
});

describe('the rules of the columns', () => {
  it('hold for each row: a required column, a default for a column that the file leaves out, a range', async () => {
    const at = await stage(context.app);
    const columns = [
      { name: 'Code', type: 'String', required: true },
      { name: 'Level', type: 'Number', minimum: 1, maximum: 3, default: 2 },
    ];
    const { body } = await at.importer.post(LISTS, { name: 'Ruled', columns }).expect(201);
    const ruled = { ...at, list: { id: (body as { data: { id: string } }).data.id, name: 'Ruled' } };
    const without = await imported(context.app, ruled, 'mode=append', 'Level\n1\n');
    expect(without.refused_rows).toMatchObject([{ row: 2, column: 'Code' }]);
    const some = await imported(context.app, ruled, 'mode=append&on_error=skip', 'Code,Level\na,4\n,1\nb,3\n');
    expect(some.refused_rows).toMatchObject([
      { row: 2, column: 'Level' },
      { row: 3, column: 'Code' },
    ]);
    await imported(context.app, ruled, 'mode=append', 'Code\nc\n');
    expect(await rowsOf(context.app, at.hub, 'Ruled')).toEqual([
      [1, 'b', 3],
      [2, 'c', 2],
    ]);
  });
});

describe('POST /v1/hubs/current/lists/{listId}/imports?mode=replace', () => {
  it('202: puts the rows in the place of all others, under ids above theirs; the list stays what it was', async () => {
    const at = await stage(context.app);
    const before = (await at.importer.get(`${LISTS}/${at.list.id}`).expect(200)).body as { data: object };
    await imported(context.app, at, 'mode=replace', 'Quantity\n1\n2\n3\n');
    expect(await rowsOf(context.app, at.hub)).toEqual([1, 2, 3].map((one) => [one + 2, null, one, null]));
    const after = (await at.importer.get(`${LISTS}/${at.list.id}`).expect(200)).body as { data: object };
    expect({ ...after.data, events: null }).toEqual({ ...before.data, events: null });
    expect(((await at.importer.get(LISTS).expect(200)).body as { data: unknown[] }).data).toHaveLength(1);
  });

  it('202: leaves no row behind that nobody sees', async () => {
    const at = await stage(context.app);
    await imported(context.app, at, 'mode=replace', 'Quantity\n1\n');
    const sql = 'SELECT COUNT(*) AS n FROM list_row r JOIN list l ON l.no = r.list_no WHERE l.hub_id = ?';
    expect(Number((await context.app.database.query<{ n: number }>(sql, [at.hub.id]))[0].n)).toBe(1);
  });

  it('202: gives an id to no second row, also when rows are added meanwhile', async () => {
    const at = await stage(context.app);
    const writer = await context.app.create.integrator(at.hub);
    await imported(context.app, at, 'mode=replace', 'Quantity\n1\n2\n');
    const added = await writer.post('/public-api/v1/lists/items', { listName: 'StockInfo', data: { Quantity: 3 } });
    expect(added.body).toMatchObject({ addedItem: [{ column: 'ID', value: 5 }, {}, {}, {}] });
    await imported(context.app, at, 'mode=replace', 'Quantity\n9\n');
    expect(await rowsOf(context.app, at.hub)).toEqual([[6, null, 9, null]]);
  });

  it('409 in the job: leaves all rows as they are when one is refused', async () => {
    const at = await stage(context.app);
    const told = await imported(context.app, at, 'mode=replace', 'Quantity\n1\nx\n');
    expect(told.state).toBe('failed');
    expect(await rowsOf(context.app, at.hub)).toEqual(OLD);
  });

  it('409 in the job: does not empty a list for a file of which no row is accepted', async () => {
    const at = await stage(context.app);
    const told = await imported(context.app, at, 'mode=replace&on_error=skip', 'Quantity\nx\n');
    expect(told.state).toBe('failed');
    expect(await rowsOf(context.app, at.hub)).toEqual(OLD);
  });
});

describe('POST /v1/hubs/current/lists/imports', () => {
  const create = async (query: string, csv: string) => {
    const hub = await context.app.create.hub();
    const importer = context.app.as((await importerKey(context.app, hub)).secret);
    const answer = await send(importer, `${LISTS}/imports?${query}`, csv).expect(202);
    return { hub, importer, id: jobOf(answer.body) };
  };

  it('202: makes a list whose types are those of the cells', async () => {
    const csv =
      'ID,Text,Number,Truth,Zeros,Long,Quoted,Mixed,Empty\n' +
      '1,a,-1.5,true,007,12345678901234567890,"1",1,\n2,b,2e3,FALSE,1,1,"2",true,\n3,,,,,,,,\n';
    const { hub, importer, id } = await create('name=Fresh', csv);
    expect(((await importer.get(LISTS).expect(200)).body as { data: unknown[] }).data).toEqual([]);
    await work(context.app);
    const told = await report(importer, id);
    expect(told).toMatchObject({ state: 'completed', rows: { total: 3, written: 3 } });
    expect(told.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'Text String',
      'Number Number',
      'Truth Boolean',
      'Zeros String',
      'Long String',
      'Quoted String',
      'Mixed String',
      'Empty String',
    ]);
    const { body } = await importer.get(`${LISTS}/${told.list_id}`).expect(200);
    expect(body).toMatchObject({ data: { name: 'Fresh', number: 1 } });
    expect((await rowsOf(context.app, hub, 'fresh'))[0]).toEqual([
      1,
      'a',
      -1.5,
      1,
      '007',
      '12345678901234567890',
      '1',
      '1',
      null,
    ]);
  });

  it('202: makes it with the types that are given', async () => {
    const { hub } = await create('name=Fresh&types=String,number', 'a,b\n1,2\n');
    await work(context.app);
    expect(await rowsOf(context.app, hub, 'Fresh')).toEqual([[1, '1', 2]]);
  });

  it('409 in the job: makes no list when a row is refused, and its name is free', async () => {
    const { importer, id } = await create('name=Fresh&types=Number', 'a\n1\nx\n');
    await work(context.app);
    expect((await report(importer, id)).state).toBe('failed');
    expect(((await importer.get(LISTS).expect(200)).body as { data: unknown[] }).data).toEqual([]);
    await send(importer, `${LISTS}/imports?name=Fresh`, 'a\n1\n').expect(202);
  });

  it('409: not with a name that is taken, now or meanwhile', async () => {
    const { hub, importer, id } = await create('name=Fresh', 'a\n1\n');
    await context.app.create.list(hub, 'FRESH');
    await send(importer, `${LISTS}/imports?name=fresh`, 'a\n1\n').expect(409);
    await work(context.app);
    expect(await report(importer, id)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('exists already') as string,
    });
    expect(((await importer.get(LISTS).expect(200)).body as { data: unknown[] }).data).toHaveLength(1);
  });
});
