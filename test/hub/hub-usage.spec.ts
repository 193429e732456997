import { describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { useHeldApp } from '../support/held-app.js';
import { dataOf, leavesAlone, ownedHub, refusalOf } from '../support/management.js';
import { tamper } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';

const USAGE = '/v1/hubs/current/usage';
const DAY_MS = 86_400_000;

let app: TestApp;
useHeldApp((one) => {
  app = one;
});

type Day = Readonly<Record<string, unknown>>;

const usage = async (caller: Client, query = ''): Promise<Day[]> =>
  dataOf<Day[]>(await caller.get(`${USAGE}${query}`).expect(200));
const today = (): number => Math.floor(app.clock.now() / DAY_MS);
const text = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Noon of the day that was so many days ago. */
const noon = (daysAgo: number): number => (today() - daysAgo) * DAY_MS + DAY_MS / 2;

/** As if the hub had been made so many days ago, with its roles and the owner key. */
async function age(hub: TestHub, days: number): Promise<void> {
  await tamper(
    app,
    ['UPDATE hub SET created_at = ? WHERE id = ?', [noon(days), hub.id]],
    ['UPDATE role SET created_at = ? WHERE hub_id = ?', [noon(days), hub.id]],
    ['UPDATE api_key SET created_at = ? WHERE hub_id = ?', [noon(days), hub.id]],
  );
}

async function viewerOf(hub: TestHub): Promise<Client> {
  return app.create.caller({ hub, roleId: hub.roles['admin'] });
}

describe('GET /v1/hubs/current/usage', () => {
  it('200: tells what there was at the end of each day, the oldest first', async () => {
    const { hub } = await ownedHub(app);
    const viewer = await viewerOf(hub);
    const key = await app.create.key({ hub, roleId: hub.roles['analyst'] });
    await app.create.group(hub);
    const left = await app.people.member({ hub, roleId: hub.roles['analyst'] });
    await app.people.member({ hub, roleId: hub.roles['analyst'] });
    await age(hub, 3);
    await tamper(
      app,
      ["UPDATE api_key SET state = 'deleted', deleted_at = ? WHERE id = ?", [noon(1), key.id]],
      ['UPDATE membership SET joined_at = ? WHERE id = ?', [noon(2), left.membershipId]],
      [
        "UPDATE membership SET state = 'deleted', member_id = NULL, deleted_at = ? WHERE id = ?",
        [noon(1), left.membershipId],
      ],
    );

    const days = await usage(viewer);

    expect(days.map(({ time }) => time)).toEqual(
      [3, 2, 1, 0].map((ago) => new Date((today() - ago) * DAY_MS).toISOString()),
    );
    expect(days.map(({ api_keys }) => api_keys)).toEqual([3, 3, 2, 2]);
    expect(days.map(({ members }) => members)).toEqual([0, 1, 0, 1]);
    expect(days.map(({ roles }) => roles)).toEqual([7, 7, 7, 7]);
    expect(days.map(({ groups }) => groups)).toEqual([0, 0, 0, 1]);
    for (const day of days) {
      expect(day).toMatchObject({ servers: 0, environments: 0, containers: 0, lists: 0, rows: 0, list_writes: 0 });
    }
  });

  it('200: tells rows and row writes, and a deleted list takes its rows with it', async () => {
    const { hub } = await ownedHub(app);
    const viewer = await viewerOf(hub);
    const [stays, goes] = [await app.create.list(hub, 'Stays'), await app.create.list(hub, 'Goes')];
    await age(hub, 40);
    const counts =
      'INSERT INTO list_write_count (hub_id, list_id, key_id, day, added, changed, deleted) VALUES (?, ?, ?, ?, ?, ?, ?)';
    const keyId = '1'.repeat(24);
    await tamper(
      app,
      ['UPDATE list SET created_at = ? WHERE hub_id = ?', [noon(40), hub.id]],
      ['UPDATE list SET deleted_at = ?, name_key = NULL WHERE id = ?', [noon(1), goes.id]],
      [counts, [hub.id, stays.id, keyId, today() - 35, 10, 0, 1]],
      [counts, [hub.id, goes.id, keyId, today() - 35, 5, 0, 0]],
      [counts, [hub.id, stays.id, keyId, today() - 2, 4, 3, 2]],
      [counts, [hub.id, stays.id, '2'.repeat(24), today() - 2, 1, 0, 0]],
    );

    const days = await usage(viewer, `?filter[from]=${text(today() - 3)}`);

    expect(days.map(({ rows }) => rows)).toEqual([14, 17, 12, 12]);
    expect(days.map(({ list_writes }) => list_writes)).toEqual([0, 10, 0, 0]);
    expect(days.map(({ lists }) => lists)).toEqual([2, 2, 1, 1]);
    expect(await usage(viewer)).toHaveLength(30);
    expect(await usage(viewer, `?filter[from]=${text(today() - 60)}`)).toHaveLength(41);
  });

  it('200: counts nothing of another hub', async () => {
    const { hub } = await ownedHub(app);
    const viewer = await viewerOf(hub);
    const before = await usage(viewer);
    const { hub: other } = await ownedHub(app);
    await app.create.list(other);
    await app.people.member({ hub: other });

    expect(await usage(viewer)).toEqual(before);
  });

  it('200: is in the default roles owner and admin', async () => {
    const { hub, owner } = await ownedHub(app);
    const admin = await app.people.member({ hub, roleId: hub.roles['admin'] });

    expect(await usage(owner)).toEqual(await usage(app.as(admin.token)));
  });

  it('403: names hubs-usage-view to everybody without it', async () => {
    const hub = await app.create.hub();
    const caller = await app.create.caller({ hub, capabilities: ['hubs-update', 'hubs-delete'], rank: 9 });

    const answer = await leavesAlone(app, hub, () => caller.get(USAGE).expect(403));

    expect(refusalOf(answer)).toMatchObject({ code: '403.permissions', extra: { capability: 'hubs-usage-view' } });
  });

  it.each([
    ['filter[from]=2026-02-30', '/query/filter/from'],
    ['filter[to]=yesterday', '/query/filter/to'],
    ['filter[from]=2020-01-02&filter[to]=2020-01-01', '/query/filter/from'],
    ['filter[day]=2026-02-01', '/query/filter/day'],
    ['page[size]=2', '/query/page/size'],
  ])('422: does not take %s', async (query, source) => {
    const { owner } = await ownedHub(app);

    expect(refusalOf(await owner.get(`${USAGE}?${query}`).expect(422))).toMatchObject({
      code: '422.invalid-argument',
      source,
    });
  });
});
