import { beforeAll, describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { useTestApp } from '../support/test-app.js';

// The SQL of the published samples (public contract §2, §3), with what they do with the answers.

const LIST = '/public-api/v1/lists/list';
const ITEMS = '/public-api/v1/lists/items';
const test = useTestApp();

interface Table {
  readonly columns: readonly { readonly name: string; readonly elementName: string; readonly type: string | null }[];
  readonly items: readonly (readonly { readonly column: string; readonly value: unknown }[])[];
}

let hub: TestHub;
let caller: Client;

beforeAll(async () => {
  hub = await test.app.create.hub();
  await test.app.create.list(hub, 'StockInfo');
  await test.app.create.list(hub, 'Orders');
  caller = await test.app.create.integrator(hub);
  const rows = [
    ['StockInfo', 'A-1', 5, false],
    ['StockInfo', 'B-2', 9, true],
    ['StockInfo', 'C-3', 7, false],
    ['Orders', 'A-1', 2, false],
    ['Orders', 'A-1', 3, false],
    ['Orders', 'B-2', 1, false],
  ] as const;
  for (const [listName, MaterialNo, Quantity, Locked] of rows) {
    await caller.post(ITEMS, { listName, data: { MaterialNo, Quantity, Locked } }).expect(200);
  }
});

async function ask(sql: string): Promise<Table> {
  return (await caller.post(LIST, { sql }).expect(200)).body as Table;
}

const rowsOf = ({ items }: Table): unknown[][] => items.map((cells) => cells.map(({ value }) => value));
const typesOf = ({ columns }: Table): unknown[][] => columns.map(({ name, type }) => [name, type]);

describe('the SQL of the Python sample', () => {
  it('counts by a column whose name it writes in lower case', async () => {
    const table = await ask('select Locked, count(*) as Counter from stockinfo group by locked');

    expect(typesOf(table)).toEqual([
      ['Locked', 'Boolean'],
      ['Counter', null],
    ]);
    expect(table.columns.every(({ name, elementName }) => name === elementName)).toBe(true);
    expect(new Map(rowsOf(table) as [boolean, number][])).toEqual(
      new Map([
        [false, 2],
        [true, 1],
      ]),
    );
  });

  it('reads all there is, in the columns and types of the list', async () => {
    const table = await ask('select * from StockInfo');

    expect(typesOf(table)).toEqual([
      ['ID', 'Number'],
      ['MaterialNo', 'String'],
      ['Quantity', 'Number'],
      ['Locked', 'Boolean'],
    ]);
    expect(rowsOf(table)).toEqual([
      [1, 'A-1', 5, false],
      [2, 'B-2', 9, true],
      [3, 'C-3', 7, false],
    ]);
  });
});

describe('the SQL of the other samples', () => {
  it('takes columns, an alias and a condition', async () => {
    const table = await ask(
      "select MaterialNo, Quantity as Amount from StockInfo where Quantity > 5 and MaterialNo <> 'B-2'",
    );

    expect(rowsOf(table)).toEqual([['C-3', 7]]);
    expect(table.columns.map(({ name }) => name)).toEqual(['MaterialNo', 'Amount']);
  });

  it('takes the smallest, the largest, the mean and its rounding', async () => {
    const table = await ask(
      'select min(Quantity) as Low, max(Quantity) as High, avg(Quantity) as Mean, round(avg(Quantity), 1) as Near from StockInfo',
    );

    expect(rowsOf(table)).toEqual([[5, 9, 7, 7]]);
    expect(typesOf(table).map(([, type]) => type)).toEqual([null, null, null, null]);
  });

  it('joins two lists by a column', async () => {
    const table = await ask(
      'select s.MaterialNo, sum(o.Quantity) as Ordered from StockInfo s inner join Orders o on s.MaterialNo = o.MaterialNo ' +
        'group by s.MaterialNo order by s.MaterialNo',
    );

    expect(rowsOf(table)).toEqual([
      ['A-1', 5],
      ['B-2', 1],
    ]);
  });

  it('cuts the day of now', async () => {
    const table = await ask('select cast(getdate() as date) as Today from StockInfo where ID = 1');

    expect(String(rowsOf(table)[0]?.[0])).toMatch(/^\d{4}-\d{2}-\d{2}/);
  });
});

describe('SQL that is no question', () => {
  it.each([
    'delete from StockInfo where ID = 1',
    'update StockInfo set Locked = 1',
    "insert into StockInfo (MaterialNo) values ('X')",
    'drop table list_row',
    'select * from sqlite_master',
    'select * from StockInfo; delete from StockInfo',
  ])('%s: is refused, and the list stays as it is', async (sql) => {
    const before = await ask('select * from StockInfo');
    const { status, body } = await caller.post(LIST, { sql });

    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body).toMatchObject({ code: expect.any(String), requestId: expect.any(String) });
    expect(await ask('select * from StockInfo')).toEqual(before);
  });
});
