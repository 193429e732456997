import { describe, expect, it } from 'vitest';
import { newId } from '../../src/common/ids.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { useTestApp } from '../support/test-app.js';

const LISTS = '/v1/hubs/current/lists';
const columns = [
  { name: 'MaterialNo', type: 'String' },
  { name: 'Quantity', type: 'Number' },
];
const context = useTestApp();

const hub = () => context.app.create.hub();
const manager = (of: TestHub) => context.app.create.caller({ hub: of, capabilities: ['lists-manage'] });
const names = async (caller: Client) =>
  ((await caller.get(LISTS).expect(200)).body as { data: { name: string }[] }).data.map(({ name }) => name);

async function events(hubId: string): Promise<string[]> {
  const sql = "SELECT event FROM activity WHERE hub_id = ? AND event LIKE 'hub.list.%' ORDER BY id";
  return (await context.app.database.query<{ event: string }>(sql, [hubId])).map(({ event }) => event);
}

describe('POST /v1/hubs/current/lists', () => {
  it('201: makes a list whose first column is ID, numbered within its hub, and writes the activity', async () => {
    const of = await hub();
    const caller = await manager(of);
    const { body } = await caller
      .post(LISTS, { name: ' StockInfo ', description: 'What we have', columns })
      .expect(201);
    expect(body.data).toMatchObject({
      number: 1,
      hub_id: of.id,
      name: 'StockInfo',
      description: 'What we have',
      columns: [{ name: 'ID', type: 'Number' }, ...columns],
      creator: { type: 'api-key' },
      events: { deleted: '0001-01-01T00:00:00Z' },
    });
    expect((await caller.post(LISTS, { name: 'Second', columns }).expect(201)).body.data.number).toBe(2);
    expect(await events(of.id)).toEqual(['hub.list.create', 'hub.list.create']);
  });

  it('409: for a name that is taken, whatever its case; nothing changes', async () => {
    const of = await hub();
    const caller = await manager(of);
    await caller.post(LISTS, { name: 'StockInfo', columns }).expect(201);
    const { body } = await caller.post(LISTS, { name: 'STOCKINFO', columns }).expect(409);
    expect(body.error).toMatchObject({ code: '409.duplicate-found', source: '/name' });
    expect(await names(caller)).toEqual(['StockInfo']);
    expect(await events(of.id)).toEqual(['hub.list.create']);
  });

  it('lets exactly one of two win who want the same name at once', async () => {
    const caller = await manager(await hub());
    const answers = await Promise.all(['Same', 'same'].map((name) => caller.post(LISTS, { name, columns })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    expect(await names(caller)).toHaveLength(1);
  });

  it('201: two hubs may each have a list of one name', async () => {
    for (const caller of [await manager(await hub()), await manager(await hub())]) {
      expect((await caller.post(LISTS, { name: 'StockInfo', columns }).expect(201)).body.data.number).toBe(1);
    }
  });

  it.each([
    [{ name: '', columns }, '/name'],
    [{ name: '\ufdfa'.repeat(100), columns }, '/name'],
    [{ name: 'A', columns: [] }, '/columns'],
    [{ name: 'A' }, '/columns'],
    [{ name: 'A', columns: [[]] }, '/columns'],
    [{ name: 'A', columns: [columns] }, '/columns'],
    [{ name: 'A', columns: [null] }, '/columns'],
    [{ name: 'A', columns: ['Quantity'] }, '/columns'],
    [{ name: 'A', columns: columns[0] }, '/columns'],
    [{ name: 'A', columns: [{ name: ['a'], type: 'Number' }] }, '/columns/0/name'],
    [{ name: 'A', columns: [{ name: 'a', type: ['Number'] }] }, '/columns/0/type'],
    [{ name: ['A'], columns }, '/name'],
    [{ name: 'A', description: [], columns }, '/description'],
    [{ name: 'A', columns: [{ name: 'a.b', type: 'Number' }] }, '/columns/0/name'],
    [{ name: 'A', columns: [{ name: 'a b', type: 'Number' }] }, '/columns/0/name'],
    [{ name: 'A', columns: [{ name: 'ID', type: 'Number' }] }, '/columns/0/name'],
    [{ name: 'A', columns: [{ name: 'a', type: 'Date' }] }, '/columns/0/type'],
    [{ name: 'A', columns: [...columns, { name: 'quantity', type: 'String' }] }, '/columns/2/name'],
    [{ name: 'A', columns, rows: [] }, '/rows'],
  ])('422: refuses %j', async (input, source) => {
    const caller = await manager(await hub());
    expect((await caller.post(LISTS, input).expect(422)).body.error.source).toBe(source);
    expect(await names(caller)).toEqual([]);
  });

  it('403: needs lists-manage; nothing is made', async () => {
    const of = await hub();
    const caller = await context.app.create.caller({ hub: of, capabilities: ['groups-manage'] });
    const { body } = await caller.post(LISTS, { name: 'StockInfo', columns }).expect(403);
    expect(body.error.extra).toEqual({ capability: 'lists-manage' });
    expect(await names(await manager(of))).toEqual([]);
  });
});

describe('GET /v1/hubs/current/lists', () => {
  it('200: shows the lists of this hub only, searched, sorted and paged', async () => {
    const of = await hub();
    const caller = await manager(of);
    await context.app.create.list(await hub(), 'Foreign');
    for (const name of ['beta', 'Alpha', 'Gamma']) {
      await context.app.create.list(of, name);
    }
    expect(await names(caller)).toEqual(['beta', 'Alpha', 'Gamma']);
    const query = async (text: string) =>
      (await caller.get(`${LISTS}?${text}`).expect(200)).body.data as { name: string }[];
    expect((await query('sort=name')).map(({ name }) => name)).toEqual(['Alpha', 'beta', 'Gamma']);
    expect((await query('filter[search]=AM')).map(({ name }) => name)).toEqual(['Gamma']);
    expect((await query('sort=-number&page[size]=1&page[number]=2')).map(({ name }) => name)).toEqual(['Alpha']);
  });
});

describe('GET and DELETE /v1/hubs/current/lists/:listId', () => {
  it('404: an id of another hub, a deleted one, one never issued and a malformed one read the same', async () => {
    const of = await hub();
    const caller = await manager(of);
    const foreign = (await context.app.create.list(await hub())).id;
    const deleted = (await context.app.create.list(of, 'Gone')).id;
    await caller.delete(`${LISTS}/${deleted}`).expect(202);
    for (const id of [foreign, deleted, newId(), 'x', `${deleted}%20`]) {
      for (const answer of [await caller.get(`${LISTS}/${id}`), await caller.delete(`${LISTS}/${id}`)]) {
        expect(answer.status).toBe(404);
        expect(answer.body.error).toMatchObject({ code: '404.hub.list', title: 'There is no such list in this hub.' });
      }
    }
  });

  it('202: deletes; the list is gone at once, its name is free and its number is not given again', async () => {
    const of = await hub();
    const caller = await manager(of);
    const { id } = await context.app.create.list(of, 'StockInfo');
    expect((await caller.get(`${LISTS}/${id}`).expect(200)).body.data.name).toBe('StockInfo');
    expect((await caller.delete(`${LISTS}/${id}`).expect(202)).body.data).toMatchObject({
      action: 'hub.list.delete',
    });
    expect(await names(caller)).toEqual([]);
    expect((await caller.post(LISTS, { name: 'StockInfo', columns }).expect(201)).body.data.number).toBe(2);
    expect(await events(of.id)).toEqual(['hub.list.create', 'hub.list.delete', 'hub.list.create']);
  });

  it('403: needs lists-manage; the list stays', async () => {
    const of = await hub();
    const { id } = await context.app.create.list(of);
    const caller = await context.app.create.caller({ hub: of });
    await caller.delete(`${LISTS}/${id}`).expect(403);
    expect(await names(await manager(of))).toEqual(['StockInfo']);
  });
});
