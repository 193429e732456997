import { platformPrincipal } from '../../src/access/index.js';
import { ListService, RowService } from '../../src/modules/list/index.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { type TestApp } from '../support/test-app.js';

export interface Table {
  columns: { name: string; elementName: string; type: string | null }[];
  items: { column: string; value: unknown }[][];
}

export type Columns = Readonly<Record<string, 'Number' | 'String' | 'Boolean'>>;
export type Rows = readonly (readonly unknown[])[];

/** The list of the samples, with what is apt to be compared wrongly. */
export const STOCK: Columns = { MaterialNo: 'String', Quantity: 'Number', Locked: 'Boolean' };
export const STOCK_ROWS: Rows = [
  ['A', 5, true],
  ['B', -2.5, false],
  ['a', 5, null],
  ['A ', null, true],
  [null, 0.5, false],
];

/** Makes a list with these rows. */
export async function makeList(
  app: TestApp,
  hub: TestHub,
  name: string,
  columns: Columns,
  rows: Rows,
): Promise<{ id: string }> {
  const names = Object.keys(columns);
  const input = { name, columns: names.map((column) => ({ name: column, type: columns[column] ?? 'String' })) };
  const { id } = await app.nest.get(ListService).create(platformPrincipal(hub.id), input);
  for (const row of rows) {
    const data = Object.fromEntries(names.map((column, index) => [column, row[index]]));
    await app.nest.get(RowService).add(platformPrincipal(hub.id), name, data);
  }
  return { id };
}

/** A hub with the list StockInfo, and a key that may read it. */
export async function stockHub(app: TestApp, rows: Rows = STOCK_ROWS): Promise<{ hub: TestHub; reader: Client }> {
  const hub = await app.create.hub();
  await makeList(app, hub, 'StockInfo', STOCK, rows);
  return { hub, reader: await app.create.integrator(hub, { rights: ['read'] }) };
}

export const LIST = '/public-api/v1/lists/list';

export const post = (reader: Client, sql: unknown) => reader.post(LIST, { sql });

/** The values of the answer. */
export async function rowsOf(reader: Client, sql: string): Promise<unknown[][]> {
  const { body, status } = await post(reader, sql);
  if (status !== 200) {
    throw new Error(`${sql}: ${JSON.stringify(body)}`);
  }
  return (body as Table).items.map((row) => row.map(({ value }) => value));
}

/** The refusal of a statement. */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  source: string;
  extra: { line: number; column: number; offset: number };
}

/** Brings the list, which has one row, to so many, past the door. */
export async function multiply(app: TestApp, hub: TestHub, name: string, rows: number): Promise<void> {
  const [list] = await app.database.query<{ no: number }>('SELECT no FROM list WHERE hub_id = ? AND name = ?', [
    hub.id,
    name,
  ]);
  for (let there = 1; there < rows; there *= 2) {
    await app.database.transaction(async (tx) => {
      const copy =
        'INSERT INTO list_row (list_no, row_id, s1, n1, n2) ' +
        'SELECT list_no, row_id + ?, s1, n1, n2 FROM list_row WHERE list_no = ? AND row_id <= ?';
      await tx.query(copy, [there, list?.no, Math.min(there, rows - there)]);
    });
  }
}
