import { describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import { ownedHub } from '../support/management.js';
import { rawRequest } from '../support/raw-request.js';
import { useTestApp } from '../support/test-app.js';

// What the published samples do (public contract §2, §3, §12), step by step, with the checks that they make.

const V1 = '/public-api/v1';
const LIST = `${V1}/lists/list`;
const ITEMS = `${V1}/lists/items`;
const test = useTestApp();

interface Column {
  readonly name: string;
  readonly elementName: string;
  readonly type: string | null;
}
interface Cell {
  readonly column: string;
  readonly value: unknown;
}
interface Table {
  readonly columns: readonly Column[];
  readonly items: readonly (readonly Cell[])[];
}

/** A hub with the samples' list, and the key that the samples paste in. */
async function samples(): Promise<{ key: string; keyId: string; owner: Client }> {
  const { hub, owner } = await ownedHub(test.app);
  await test.app.create.list(hub, 'StockInfo');
  const { id, secret } = await test.app.create.integrationKey(hub);
  return { key: secret, keyId: id, owner };
}

/** The samples take every status but 200 for a failure. */
async function ok<T>(asked: PromiseLike<{ status: number; body: unknown }>): Promise<T> {
  const { status, body } = await asked;
  expect([status, body]).toEqual([200, body]);
  return body as T;
}

async function exchange(key: string): Promise<Client> {
  const { accessToken } = await ok<{ accessToken: string }>(
    test.app.anonymous.with({ apiKey: key }).get(`${V1}/auth/token`),
  );
  return test.app.as(accessToken);
}

const row = (MaterialNo: string, Quantity: number, Locked: boolean) => ({ MaterialNo, Quantity, Locked });

async function stocked(caller: Client): Promise<void> {
  for (const data of [row('A-1', 5, false), row('B-2', 9, true), row('C-3', 7, false)]) {
    await ok(caller.post(ITEMS, { listName: 'StockInfo', data }));
  }
}

const valuesIn = ({ items }: Table, name: string): unknown[] =>
  items.map((cells) => cells.find(({ column }) => column === name)?.value);

describe('the C# sample', () => {
  it('exchanges the key, drops its header and goes on with the token', async () => {
    const { key } = await samples();
    const token = await ok<Record<string, unknown>>(test.app.anonymous.with({ apiKey: key }).get(`${V1}/auth/token`));

    expect(token).toMatchObject({ accessToken: expect.any(String), validUntill: expect.any(String) });
    const caller = test.app.as(String(token['accessToken']));
    await ok(caller.get(`${V1}/auth/whoami`));
    await ok(caller.get(`${V1}/lists`));
  });

  it('prints the body of a failure, which then says what was wrong', async () => {
    const answer = await test.app.anonymous.with({ apiKey: 'not-a-key' }).get(`${V1}/auth/token`);

    expect(answer.status).toBe(401);
    expect(answer.text).toContain('detail');
  });

  it('works with header names in lower case, as HTTP/2 and some clients send them', async () => {
    const { key } = await samples();
    const exchanged = await rawRequest(test.app, `${V1}/auth/token`, [`apikey: ${key}`]);
    const { accessToken } = JSON.parse(exchanged.body) as { accessToken: string };
    const lists = await rawRequest(test.app, `${V1}/lists`, [`authorization: bearer ${accessToken}`]);

    expect([exchanged.status, lists.status]).toEqual([200, 200]);
    expect(JSON.parse(lists.body)).toEqual([{ id: 1, name: 'StockInfo' }]);
  });
});

describe('the Python sample', () => {
  it('puts both texts of the exchange together with others', async () => {
    const { key } = await samples();
    const answer = await ok<Record<string, unknown>>(test.app.anonymous.with({ apiKey: key }).get(`${V1}/auth/token`));

    // Only texts can be added to texts there.
    expect([typeof answer['accessToken'], typeof answer['validUntill']]).toEqual(['string', 'string']);
    expect(Date.parse(String(answer['validUntill']))).toBeGreaterThan(test.app.clock.now());
  });

  it('shows the lists by id and name', async () => {
    const caller = await exchange((await samples()).key);

    expect(await ok(caller.get(`${V1}/lists`))).toEqual([{ id: 1, name: 'StockInfo' }]);
  });

  it('reads the list sorted by a column, in both orders, under names in other cases', async () => {
    const caller = await exchange((await samples()).key);
    await stocked(caller);
    const read = (query: string) => ok<Table>(caller.get(`${LIST}?${query}`));

    const up = await read('Name=stockinfo&SortColumn=Quantity&SortOrder=Asc');
    const down = await read('Name=Stockinfo&SortColumn=MaterialNo&SortOrder=Desc');

    expect(up.columns).toEqual([
      { name: 'ID', elementName: 'ID', type: 'Number' },
      { name: 'MaterialNo', elementName: 'MaterialNo', type: 'String' },
      { name: 'Quantity', elementName: 'Quantity', type: 'Number' },
      { name: 'Locked', elementName: 'Locked', type: 'Boolean' },
    ]);
    expect(valuesIn(up, 'Quantity')).toEqual([5, 7, 9]);
    expect(valuesIn(down, 'MaterialNo')).toEqual(['C-3', 'B-2', 'A-1']);
    expect(valuesIn(await read('Name=StockInfo&SkipRows=1&MaxRows=1'), 'MaterialNo')).toEqual(['B-2']);
  });

  it('adds a row, takes its id from the first value, changes one value and deletes it with a body', async () => {
    const caller = await exchange((await samples()).key);
    await stocked(caller);

    const { addedItem } = await ok<{ addedItem: Cell[] }>(
      caller.post(ITEMS, { listName: 'stockinfo', data: row('D-4', 12, false) }),
    );
    const rowId = addedItem[0]?.value;
    const changed = await ok(caller.put(ITEMS, { rowId, listName: 'stockinfo', data: { locked: true } }));
    const after = await ok<Table>(caller.get(`${LIST}?Name=stockinfo`));
    const deleted = await ok(caller.delete(ITEMS, { listName: 'stockinfo', rowId }));

    expect(addedItem).toEqual([
      { column: 'ID', value: 4 },
      { column: 'MaterialNo', value: 'D-4' },
      { column: 'Quantity', value: 12 },
      { column: 'Locked', value: false },
    ]);
    expect([changed, deleted]).toEqual([{ state: 'Success' }, { state: 'Success' }]);
    expect(after.items[3]?.map(({ value }) => value)).toEqual([4, 'D-4', 12, true]);
    expect(valuesIn(await ok<Table>(caller.get(`${LIST}?Name=stockinfo`)), 'ID')).toEqual([1, 2, 3]);
  });
});

describe('the Power BI sample', () => {
  it('puts names and values together by their places', async () => {
    const caller = await exchange((await samples()).key);
    await stocked(caller);

    const { columns, items } = await ok<Table>(caller.get(`${LIST}?Name=StockInfo`));
    const records = items.map((cells) => Object.fromEntries(cells.map(({ value }, at) => [columns[at]?.name, value])));

    expect(records).toEqual([
      { ID: 1, ...row('A-1', 5, false) },
      { ID: 2, ...row('B-2', 9, true) },
      { ID: 3, ...row('C-3', 7, false) },
    ]);
    expect(items.every((cells) => cells.every(({ column }, at) => column === columns[at]?.name))).toBe(true);
  });
});

describe('the sample of v2', () => {
  it('exchanges the key there, and uses the token with everything of v1', async () => {
    const { key } = await samples();
    const token = await ok<Record<string, unknown>>(
      test.app.anonymous.with({ apiKey: key }).get('/public-api/v2/auth/token'),
    );

    expect(Object.keys(token).sort()).toEqual(['accessToken', 'validUntil']);
    expect(Date.parse(String(token['validUntil']))).toBeGreaterThan(test.app.clock.now());
    await ok(test.app.as(String(token['accessToken'])).get(`${V1}/lists`));
  });
});

describe('a token that has ended', () => {
  it('is got anew by the same exchange', async () => {
    const { key } = await samples();
    const caller = await exchange(key);
    test.app.clock.advance(3_600_000);

    expect((await caller.get(`${V1}/lists`)).status).toBe(401);
    await ok((await exchange(key)).get(`${V1}/lists`));
  });
});

describe('alerts and variables, as the scopes and the prose of the samples speak of them', () => {
  it('a script sends an alert, pushes a variable, and reads both', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await owner.post('/v1/hubs/current/variables', { name: 'LineSpeed', type: 'Number' }).expect(201);
    const permissions = {
      lists: [],
      alerts: ['read', 'write'],
      variables: [{ variable_id: '*', rights: ['read', 'write'] }],
    };
    const made = await owner.post('/v1/hubs/current/groups', { name: 'Scripts', permissions }).expect(201);
    const groupId = (made.body as { data: { id: string } }).data.id;
    const caller = await exchange((await test.app.create.integrationKey(hub, { groupId })).secret);

    await ok(caller.post(`${V1}/alerts`, { type: 'Problem', message: 'Line 2 stands still' }));
    await ok(caller.put(`${V1}/variables/variable`, { name: 'linespeed', value: 0 }));

    expect(await ok(caller.get(`${V1}/alerts?State=New`))).toMatchObject([
      { Type: 'Problem', Priority: 2, Description: 'Line 2 stands still', Solved: false },
    ]);
    expect(await ok(caller.get(`${V1}/variables`))).toEqual([{ name: 'LineSpeed', type: 'Number', value: 0 }]);
  });
});
