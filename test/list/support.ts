import { expect } from 'vitest';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { type TestApp } from '../support/test-app.js';

export const LISTS = '/v1/hubs/current/lists';
export const ITEMS = '/public-api/v1/lists/items';
export const LIST = '/public-api/v1/lists/list';
export const listName = 'StockInfo';

export interface Setting {
  readonly app: TestApp;
  readonly hub: TestHub;
  readonly listId: string;
  /** Holds `lists-manage`. */
  readonly manager: Client;
  /** Has every right on every list. */
  readonly caller: Client;
}

/** A hub with one list of these columns. */
export async function settingWith(app: TestApp, columns: readonly object[]): Promise<Setting> {
  const hub = await app.create.hub();
  const manager = await app.create.caller({ hub, capabilities: ['lists-manage', 'groups-manage'] });
  const { body } = await manager.post(LISTS, { name: listName, columns }).expect(201);
  const caller = await app.create.integrator(hub);
  return { app, hub, listId: (body as { data: { id: string } }).data.id, manager, caller };
}

export async function add(caller: Client, data: object): Promise<void> {
  await caller.post(ITEMS, { listName, data }).expect(200);
}

/** The rows as the public door shows them: by column, ID first. */
export async function rowsOf(caller: Client): Promise<Record<string, unknown>[]> {
  const { body } = await caller.get(`${LIST}?Name=${listName}`).expect(200);
  const { items } = body as { items: { column: string; value: unknown }[][] };
  return items.map((cells) => Object.fromEntries(cells.map(({ column, value }) => [column, value])));
}

/** The columns as the management door shows them, without ID. */
export async function columnsOf({ manager, listId }: Setting): Promise<Record<string, unknown>[]> {
  const { body } = await manager.get(`${LISTS}/${listId}`).expect(200);
  return (body as { data: { columns: Record<string, unknown>[] } }).data.columns.slice(1);
}

/** What became of the job that this answer tells of, at the top or beside the list. */
export async function jobState({ manager }: Setting, answer: { body: unknown }): Promise<string> {
  const { job } = (answer.body as { data: { job: { id?: string; job?: { id: string } } } }).data;
  const { body } = await manager.get(`/v1/jobs/${job.id ?? job.job?.id}`).expect(200);
  return (body as { data: { tasks: { state: { current: string } }[] } }).data.tasks[0].state.current;
}

/** Everything about the list that a write could change, as the database has it. */
export async function stateOf({ app, listId }: Setting): Promise<unknown> {
  const list = 'SELECT name, column_definitions, slot_work, last_row_id, row_count, revision FROM list WHERE id = ?';
  const rows = 'SELECT * FROM list_row WHERE list_no = (SELECT no FROM list WHERE id = ?) ORDER BY row_id';
  const counts = 'SELECT added, changed, deleted, cleared FROM list_write_count WHERE list_id = ? ORDER BY key_id';
  const all = [list, rows, counts].map((sql) => app.database.query<object>(sql, [listId]));
  return (await Promise.all(all)).map((found) => found.map((row) => ({ ...row })));
}

/** How something is refused, after a look that the list and its rows are as they were. */
export async function refusalOf(here: Setting, send: () => PromiseLike<{ status: number }>): Promise<number> {
  const before = await stateOf(here);
  const { status } = await send();
  expect(await stateOf(here)).toEqual(before);
  return status;
}

/** The body of a refusal with this status, which leaves the list and its rows as they were. */
export async function expectRefused(
  here: Setting,
  status: number,
  send: () => PromiseLike<{ status: number; body: unknown }>,
): Promise<Readonly<Record<string, unknown>>> {
  let body: unknown;
  const seen = await refusalOf(here, async () => {
    const answer = await send();
    body = answer.body;
    return answer;
  });
  expect(seen).toBe(status);
  return body as Record<string, unknown>;
}
