import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/common/ids.js';
import { RefusalWriter } from '../../src/modules/activity/index.js';
import { type Client } from '../support/client.js';
import { type TestHub, type TestKey } from '../support/factory.js';
import {
  API_KEYS,
  dataOf,
  type Json,
  keyPath,
  leavesAlone,
  ownedHub,
  refusalOf,
  ROLES,
} from '../support/management.js';
import { tamper } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';
import { record } from './support/chain.js';
import { contractProblems } from './support/contract-activity.js';

const ACTIVITY = '/v1/hubs/current/activity';
const CAPABILITY = 'hubs-auditlog-view';

interface Activity {
  readonly id: string;
  readonly event: string;
  readonly status: string;
  readonly user: { readonly type: string; readonly id: string };
  readonly component: { readonly type: string; readonly id: string } | null;
  readonly changes: { readonly component: string; readonly before?: Json; readonly after?: Json }[];
  readonly session: Json | null;
  readonly annotations: Json;
  readonly error: Json | null;
  readonly verbosity: number;
  readonly time: string;
}

const test = useTestApp();
const list = async (caller: Client, query = ''): Promise<Activity[]> =>
  dataOf<Activity[]>(await caller.get(`${ACTIVITY}?${query}`).expect(200));
const includes = async (caller: Client, query: string): Promise<Json> =>
  ((await caller.get(`${ACTIVITY}?${query}`).expect(200)).body as { includes: Json }).includes;
const flush = () => test.app.nest.get(RefusalWriter).flush();
const eventsOf = (activities: readonly Activity[]): string[] => activities.map(({ event }) => event);

/** A hub in which a key was made, changed and deleted, a role was made, and a caller was refused twice. */
interface Story {
  readonly hub: TestHub;
  readonly owner: Client;
  readonly ownerId: string;
  readonly reader: Client;
  readonly refused: TestKey;
  readonly keyId: string;
  readonly roleId: string;
}

async function story(): Promise<Story> {
  const { hub, owner, ownerId } = await ownedHub(test.app);
  const made = await owner.from('192.0.2.7').post(API_KEYS, { name: 'ERP sync', role_id: hub.roles['integration'] });
  const { id } = dataOf<{ id: string }>(made);
  await owner.patch(keyPath({ id }), { ips: ['192.0.2.0/24'], expires_at: '2030-01-01T00:00:00Z', description: 'x' });
  await owner.delete(keyPath({ id })).expect(200);
  const role = await owner.post(ROLES, { identifier: 'night', rank: 3 }).expect(201);
  const refused = await test.app.create.key({ hub, ips: ['192.0.2.0/24'] });
  for (let time = 0; time < 2; time += 1) {
    await test.app.as(refused.secret).from('198.51.100.9').get(ROLES).expect(403);
  }
  await flush();
  const reader = await test.app.create.caller({ hub, capabilities: [CAPABILITY] });
  return { hub, owner, ownerId, reader, refused, keyId: id, roleId: dataOf<{ id: string }>(role).id };
}

let told: Story;
beforeAll(async () => {
  told = await story();
}, 60_000);

describe('GET /v1/hubs/current/activity', () => {
  it('200: has the contract’s fields and no others, whatever happened', async () => {
    const all = await list(told.reader, 'page[size]=100');

    expect(contractProblems(all)).toEqual([]);
    expect(new Set(eventsOf(all))).toEqual(
      new Set(['hub.apikey.create', 'hub.apikey.update', 'hub.apikey.delete', 'hub.role.create', 'hub.apikey.refused']),
    );
  });

  it('200: says who did what to what, when, from where and by which request', async () => {
    const [made] = await list(told.reader, `filter[component]=${told.keyId}&filter[events]=hub.apikey.create`);

    expect(made).toMatchObject({
      hub_id: told.hub.id,
      user: { type: 'api-key', id: told.ownerId },
      verbosity: 0,
      context: {},
      session: { url: API_KEYS, method: 'POST', ip: '192.0.2.7', token: null, api_key: told.ownerId },
      annotations: {},
      error: null,
      component: { type: 'api_key', id: told.keyId },
      status: 'success',
    });
    expect(Math.abs(Date.parse(String(made?.time)) - Date.now())).toBeLessThan(3_600_000);
  });

  it('200: tells each changed field by what it was and is', async () => {
    const [changed] = await list(told.reader, `filter[component]=${told.keyId}&filter[events]=hub.apikey.update`);

    expect(changed?.changes).toEqual(
      expect.arrayContaining([
        { component: 'ips', before: {}, after: { string: '["192.0.2.0/24"]' } },
        { component: 'description', before: {}, after: { string: 'x' } },
      ]),
    );
    const [role] = await list(told.reader, 'filter[events]=hub.role.create&sort=-id&page[size]=1&filter[search]=role');
    expect(role?.changes).toEqual(expect.arrayContaining([{ component: 'rank', after: { number: 5 } }]));
    const [made] = await list(told.reader, `filter[component]=${told.keyId}&filter[events]=hub.apikey.create`);
    expect(made?.changes).toContainEqual({ component: 'role_id', after: { id: told.hub.roles['integration'] } });
  });

  it('200: shows refusals with address, code and count, as one', async () => {
    const refusals = await list(told.reader, 'filter[events]=hub.apikey.refused');

    expect(refusals).toEqual([
      expect.objectContaining({
        user: { type: 'api-key', id: told.refused.id },
        component: { type: 'api_key', id: told.refused.id },
        session: { url: '', ip: '198.51.100.9', token: null, api_key: told.refused.id },
        annotations: { code: '403.invalid-ip', count: 2 },
        error: { message: 'Refused: 403.invalid-ip.' },
        status: 'alert',
        verbosity: 1,
      }),
    ]);
  });

  it('200: shows a refusal of an earlier version, whose body names no component, in the same way', async () => {
    const hub = await test.app.create.hub();
    const keyId = newId();
    await record(test.app, hub);
    const body = JSON.stringify({ verbosity: 1, session: { ip: '', api_key: keyId }, annotations: { code: 'x' } });
    await tamper(test.app, [
      "UPDATE activity SET event = 'hub.apikey.refused', component_type = 'api_key', component_id = ?, body = ? WHERE hub_id = ? AND event = 'hub.inactive'",
      [keyId, body, hub.id],
    ]);
    const reader = await test.app.create.caller({ hub, capabilities: [CAPABILITY] });

    const [shown] = await list(reader, 'filter[events]=hub.apikey.refused');
    expect(shown).toMatchObject({ component: { type: 'api_key', id: keyId }, verbosity: 1 });
  });

  it('200: shows a row whose body somebody broke by its columns, and the others beside it', async () => {
    const hub = await test.app.create.hub();
    await record(test.app, hub, 2);
    await tamper(test.app, [
      "UPDATE activity SET body = 'no JSON', created_at = 1152921504606846977 WHERE hub_id = ? AND component_id IS NULL",
      [hub.id],
    ]);
    const reader = await test.app.create.caller({ hub, capabilities: [CAPABILITY] });

    const shown = await list(reader, 'filter[events]=hub.inactive');
    expect(contractProblems(shown)).toEqual([]);
    expect(shown).toHaveLength(2);
    expect(shown[0]).toMatchObject({ changes: [], session: null, time: '0001-01-01T00:00:00Z' });
  });
});

describe('its order and its pages', () => {
  it('are newest first, and each row is on one page', async () => {
    const all = await list(told.reader, 'page[size]=100');
    const ids = all.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort().reverse());

    const pages = [];
    for (let number = 1; number <= Math.ceil(all.length / 3); number += 1) {
      pages.push(...(await list(told.reader, `page[size]=3&page[number]=${number}`)));
    }
    expect(pages.map(({ id }) => id)).toEqual(ids);
  });

  it('can be turned round, and go by time', async () => {
    const ids = async (query: string) => (await list(told.reader, `page[size]=100&${query}`)).map(({ id }) => id);
    const oldest = await ids('sort=id');

    expect(oldest).toEqual([...oldest].sort());
    expect((await ids('sort=time')).length).toBe(oldest.length);
    expect(await ids('sort=-time')).toEqual((await ids('sort=time')).reverse());
  });
});

describe('the filters', () => {
  const ids = async (query: string): Promise<string[]> => (await list(told.reader, query)).map(({ id }) => id);
  const where = async (keep: (one: Activity) => boolean): Promise<string[]> =>
    (await list(told.reader, 'page[size]=100')).filter(keep).map(({ id }) => id);

  it.each<[string, () => string, (one: Activity) => boolean]>([
    ['state', () => 'filter[state]=alert', ({ status }) => status === 'alert'],
    ['several states', () => 'filter[state]=alert,success', () => true],
    ['a state that nothing has', () => 'filter[state]=warn', () => false],
    ['user', () => `filter[user]=${told.ownerId}`, ({ user }) => user.id === told.ownerId],
    [
      'several users',
      () => `filter[user]=${told.ownerId},${told.refused.id}`,
      ({ user }) => [told.ownerId, told.refused.id].includes(user.id),
    ],
    ['component', () => `filter[component]=${told.keyId}`, ({ component }) => component?.id === told.keyId],
    ['component_type', () => 'filter[component_type]=role', ({ component }) => component?.type === 'role'],
    [
      'events',
      () => 'filter[events]=hub.apikey.delete,hub.apikey.update',
      ({ event }) => /\.(delete|update)$/.test(event),
    ],
    ['verbosity 0', () => 'filter[verbosity]=0', ({ verbosity }) => verbosity === 0],
    ['verbosity 1', () => 'filter[verbosity]=1', () => true],
    ['verbosity 2', () => 'filter[verbosity]=2', () => true],
    ['a text of the event', () => 'filter[search]=APIKEY.c', ({ event }) => event === 'hub.apikey.create'],
    ['a text with a sign of LIKE', () => 'filter[search]=%25', () => false],
    [
      'an id',
      () => `filter[search]=${told.refused.id}`,
      ({ user, component }) => [user.id, component?.id].includes(told.refused.id),
    ],
    [
      'several at once',
      () => `filter[user]=${told.ownerId}&filter[component_type]=api_key&filter[search]=delete`,
      ({ event, user }) => event === 'hub.apikey.delete' && user.id === told.ownerId,
    ],
    ['from the past on', () => 'filter[from]=2020-01-01T00:00:00%2B02:00', () => true],
    ['up to the past', () => 'filter[to]=2020-01-01T00:00:00Z', () => false],
    ['up to the future', () => 'filter[to]=2999-01-01T00:00:00Z', () => true],
  ])('200: narrow by %s', async (_, query, keep) => {
    expect(await ids(`${query()}&page[size]=100&sort=-id`)).toEqual(await where(keep));
  });

  it('200: from counts, to does not', async () => {
    const hub = await test.app.create.hub();
    await record(test.app, hub, 3);
    const sql = "SELECT id FROM activity WHERE hub_id = ? AND event = 'hub.inactive' ORDER BY id";
    const rows = await test.app.database.query<{ id: string }>(sql, [hub.id]);
    await tamper(
      test.app,
      ...rows.map(({ id }, index): [string, unknown[]] => [
        'UPDATE activity SET created_at = ? WHERE id = ?',
        [Date.parse('2025-01-01T00:00:00Z') + index * 1000, id],
      ]),
    );
    const reader = await test.app.create.caller({ hub, capabilities: [CAPABILITY] });

    const found = await list(reader, 'filter[from]=2025-01-01T00:00:01Z&filter[to]=2025-01-01T00:00:02Z');
    expect(found.map(({ id }) => id)).toEqual([rows[1]?.id]);
  });

  it.each([
    ['filter[server]=1', '/query/filter/server'],
    ['filter[container]=1', '/query/filter/container'],
    ['filter[environment]=1', '/query/filter/environment'],
    ['filter[virtual-machine]=1', '/query/filter/virtual-machine'],
    ['filter[instance]=1', '/query/filter/instance'],
    ['filter[body]=x', '/query/filter/body'],
    ['filter[user]=x', '/query/filter/user'],
    ['filter[state]=live', '/query/filter/state'],
    ['filter[verbosity]=3', '/query/filter/verbosity'],
    ['filter[from]=yesterday', '/query/filter/from'],
    ['filter[from]=2026-02-30T00:00:00Z', '/query/filter/from'],
    ['filter[from]=2026-02-01T00:00:00Z&filter[to]=2026-02-01T00:00:00Z', '/query/filter/to'],
    ['sort=body', '/query/sort'],
    ['sort=event', '/query/sort'],
    ['include=creators', '/query/include'],
    ['meta=counts', '/query/meta'],
  ])('422: %s is refused at %s', async (query, source) => {
    const refusal = refusalOf(await told.reader.get(`${ACTIVITY}?${query}`).expect(422));

    expect(refusal).toMatchObject({ code: '422.invalid-argument', source });
  });
});

describe('the includes', () => {
  it('are left out unless asked for', async () => {
    expect((await told.reader.get(ACTIVITY).expect(200)).body).not.toHaveProperty('includes');
  });

  it('name each component as it is called now, deleted ones too', async () => {
    const { components } = await includes(told.reader, 'include=components&page[size]=100');

    expect(components).toMatchObject({
      [told.keyId]: { id: told.keyId, type: 'api_key', name: 'ERP sync' },
      [told.roleId]: { id: told.roleId, type: 'role', name: 'night' },
    });
  });

  it('have no person where only keys acted', async () => {
    expect(await includes(told.reader, 'include=users')).toEqual({ users: { accounts: {} } });
  });

  it('name no thing of another hub, even where a row points to one', async () => {
    const [hub, other] = [await test.app.create.hub(), await story()];
    await record(test.app, hub);
    for (const [type, id] of [
      ['api_key', other.keyId],
      ['role', other.roleId],
      ['hub', other.hub.id],
    ]) {
      await tamper(test.app, [
        "UPDATE activity SET component_type = ?, component_id = ? WHERE hub_id = ? AND event = 'hub.inactive'",
        [type, id, hub.id],
      ]);
      const reader = await test.app.create.caller({ hub, capabilities: [CAPABILITY] });
      const { components } = await includes(reader, `include=components&filter[component]=${id}`);
      expect(components).toEqual({});
    }
  });
});

describe('a caller', () => {
  it('403: without hubs-auditlog-view is told so, and nothing else is left behind', async () => {
    const others = ['api-keys-manage', 'groups-manage', 'hubs-roles-manage', 'hubs-update', 'lists-manage'];
    const caller = await test.app.create.caller({ hub: told.hub, capabilities: others });

    for (const path of [ACTIVITY, `${ACTIVITY}/export`]) {
      const answer = await leavesAlone(test.app, told.hub, () => caller.get(path).expect(403));
      expect(refusalOf(answer).extra).toEqual({ capability: CAPABILITY });
    }
  });

  it('200: of the default role admin may look', async () => {
    const admin = await test.app.create.caller({ hub: told.hub, roleId: told.hub.roles['admin'] });
    expect(await list(admin, 'page[size]=1')).toHaveLength(1);
  });

  it('200: of another hub finds nothing of this one, by no filter', async () => {
    const stranger = await story();
    const all = JSON.stringify(await list(told.reader, 'page[size]=100'));
    const own = await list(stranger.reader, 'page[size]=100');
    expect(own.filter(({ id }) => all.includes(id))).toEqual([]);

    const first = (await list(told.reader))[0]?.id ?? '';
    for (const query of [
      `filter[user]=${told.ownerId}`,
      `filter[user]=${told.refused.id}`,
      `filter[component]=${told.keyId}`,
      `filter[component]=${told.hub.id}`,
      `filter[search]=${told.keyId}`,
      `filter[search]=${first}`,
    ]) {
      expect(await list(stranger.reader, query)).toEqual([]);
    }
  });
});
