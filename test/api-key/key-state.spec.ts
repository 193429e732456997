import { describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import { type KeySpec, type TestHub, type TestKey } from '../support/factory.js';
import {
  activityOf,
  API_KEYS,
  dataOf,
  type Json,
  keyPath,
  leavesAlone,
  ownedHub,
  refusalOf,
  WHOAMI,
} from '../support/management.js';
import { useHeldNodes } from '../support/held-app.js';
import { poll } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';

const EXCHANGE = '/public-api/v1/auth/token';
const LISTS = '/public-api/v1/lists';

let here: TestApp;
let there: TestApp;

useHeldNodes((first, second) => {
  [here, there] = [first, second];
});

async function scene(spec: Partial<KeySpec> = {}): Promise<{ hub: TestHub; owner: Client; key: TestKey }> {
  const { hub, owner } = await ownedHub(here);
  return { hub, owner, key: await here.create.integrationKey(hub, spec) };
}
const statusOf = async (caller: Client, path = WHOAMI): Promise<number> => (await caller.get(path)).status;
const turn = (caller: Client, key: { id: string }, state: 'live' | 'inactive') => caller.patch(keyPath(key), { state });

/** What the key and its token are answered at each door of a node. */
async function doors(app: TestApp, key: TestKey, token: string): Promise<number[]> {
  return [
    await statusOf(app.as(key.secret)),
    await statusOf(app.anonymous.with({ apiKey: key.secret }), EXCHANGE),
    await statusOf(app.as(token), LISTS),
  ];
}

describe('a key that is switched off', () => {
  it('is refused at once at every door here, and there after the next poll', async () => {
    const { owner, key } = await scene();
    const token = await here.create.token(key);
    expect(await doors(there, key, token)).toEqual([200, 200, 200]);
    const off = dataOf(await turn(owner, key, 'inactive').expect(200));

    const now = new Date(here.clock.now()).toISOString();
    expect(off).toMatchObject({ state: { current: 'inactive', changed: now } });
    expect(await doors(here, key, token)).toEqual([401, 401, 401]);
    expect(await doors(there, key, token)).toEqual([200, 200, 200]);
    await poll(there);
    expect(await doors(there, key, token)).toEqual([401, 401, 401]);
  });

  it('reads like one that never was to whoever presents it', async () => {
    const { owner, key } = await scene();
    await turn(owner, key, 'inactive').expect(200);

    expect(refusalOf(await here.as(key.secret).get(WHOAMI).expect(401)).code).toBe('401.auth-invalid');
  });

  it('works again when it is switched on, with all its secrets; the tokens that were out are dead for good', async () => {
    const { hub, owner, key } = await scene();
    const token = await here.create.token(key);
    const rotated = await here.create.rotate(hub, key, 3600);
    await turn(owner, key, 'inactive').expect(200);
    await poll(there);
    await turn(owner, key, 'live').expect(200);
    await poll(there);

    for (const app of [here, there]) {
      expect(await doors(app, key, token)).toEqual([200, 200, 401]);
      expect(await doors(app, rotated, await here.create.token(rotated))).toEqual([200, 200, 200]);
    }
  });

  it('is still in the list, and found by its state', async () => {
    const { owner, key } = await scene();
    await turn(owner, key, 'inactive').expect(200);
    const found = async (query: string) => dataOf<Json[]>(await owner.get(`${API_KEYS}${query}`)).map(({ id }) => id);

    expect(await found('')).toContain(key.id);
    expect(await found('?filter[state]=inactive')).toEqual([key.id]);
    expect(await found('?filter[state]=live')).not.toContain(key.id);
  });

  it('can be edited and deleted, and stays off', async () => {
    const { owner, key } = await scene();
    await turn(owner, key, 'inactive').expect(200);

    const edited = dataOf(await owner.patch(keyPath(key), { name: 'asleep' }).expect(200));

    expect(edited).toMatchObject({ name: 'asleep', state: { current: 'inactive' } });
    expect(await statusOf(here.as(key.secret))).toBe(401);
    await owner.delete(keyPath(key)).expect(200);
    expect((await turn(owner, key, 'live')).status).toBe(404);
  });

  it('is in the activity both ways', async () => {
    const { hub, owner, key } = await scene();

    const entries = await activityOf(here, hub, async () => {
      await turn(owner, key, 'inactive').expect(200);
      await turn(owner, key, 'live').expect(200);
    });

    expect(entries.map(({ event, component, changes }) => ({ event, component, changes }))).toEqual([
      expect.objectContaining({ changes: { state: { before: 'live', after: 'inactive' } } }),
      expect.objectContaining({ changes: { state: { before: 'inactive', after: 'live' } } }),
    ]);
    expect(entries.map(({ event }) => event)).toEqual(['hub.apikey.update', 'hub.apikey.update']);
  });

  it('may be the own one, by which nobody is left to switch it on', async () => {
    const { hub } = await scene();
    const key = await here.create.key({ hub, capabilities: ['api-keys-manage'] });
    const caller = here.as(key.secret);

    await turn(caller, key, 'inactive').expect(200);

    expect((await turn(caller, key, 'live')).status).toBe(401);
  });
});

describe('the state of a key', () => {
  it('leaves the tokens alone when it is set to what it is', async () => {
    const { owner, key } = await scene();
    const token = await here.create.token(key);
    const before = dataOf(await owner.get(keyPath(key)));
    here.clock.advance(1000);
    await poll(here);

    const after = dataOf(await turn(owner, key, 'live').expect(200));

    expect(after['state']).toEqual(before['state']);
    expect(await doors(here, key, token)).toEqual([200, 200, 200]);
  });

  it.each(['deleted', 'deleting', 'new', 'LIVE', '', null, true, ['live'], { current: 'live' }])(
    '422: cannot be set to %j',
    async (state) => {
      const { hub, owner, key } = await scene();

      const answer = await leavesAlone(here, hub, () => owner.patch(keyPath(key), { state }).expect(422));

      expect(refusalOf(answer)).toMatchObject({ code: '422.invalid-argument', source: '/state' });
    },
  );

  it('422: cannot be said of a key that is being made', async () => {
    const { hub, owner } = await scene();
    const body = { name: 'x', role_id: hub.roles['integration'], state: 'inactive' };

    const answer = await leavesAlone(here, hub, () => owner.post(API_KEYS, body).expect(422));

    expect(refusalOf(answer).source).toBe('/state');
  });

  it.each<[string, (hub: TestHub) => Promise<Partial<KeySpec>>]>([
    ['ranks higher', async (hub) => ({ roleId: hub.roles['admin'] })],
    ['may more', async () => ({ capabilities: ['groups-manage'], rank: 1 })],
    ['has more scopes', async () => ({ rank: 1, scopes: ['write:lists'] })],
    ['has more rights', async (hub) => ({ rank: 1, groupId: await here.create.group(hub, ['read']) })],
  ])('403: is changed by nobody when the key %s', async (_, spec) => {
    const { hub, owner } = await scene();
    const caller = await here.create.caller({ hub, capabilities: ['api-keys-manage'], rank: 5 });
    const target = await here.create.key({ hub, ...(await spec(hub)) });
    await leavesAlone(here, hub, () => turn(caller, target, 'inactive').expect(403));
    await turn(owner, target, 'inactive').expect(200);

    expect((await leavesAlone(here, hub, () => turn(caller, target, 'live'))).status).toBe(403);
  });

  it('403: nor when the key would outlive the one who switches it on, or work from elsewhere', async () => {
    const { hub, owner, key } = await scene();
    const end = new Date(here.clock.now() + 3_600_000).toISOString();
    const ips = ['192.0.2.0/24'];
    await turn(owner, key, 'inactive').expect(200);
    const ending = await here.create.caller({ hub, roleId: hub.roles['owner'], expiresAt: end });
    const confined = (await here.create.caller({ hub, roleId: hub.roles['owner'], ips })).from('192.0.2.1');

    for (const caller of [ending, confined]) {
      expect((await leavesAlone(here, hub, () => turn(caller, key, 'live'))).status).toBe(403);
    }
  });
});

describe('the last root key of a hub', () => {
  it('cannot be switched off, by itself or by another', async () => {
    const { hub, owner, ownerId } = await ownedHub(here);
    const ending = await here.create.caller({
      hub,
      roleId: hub.roles['owner'],
      expiresAt: new Date(here.clock.now() + 3_600_000).toISOString(),
    });

    const answer = await leavesAlone(here, hub, () => turn(owner, { id: ownerId }, 'inactive').expect(403));

    expect(refusalOf(answer)).toMatchObject({ code: '403.not-allowed', extra: { api_key: ownerId } });
    await leavesAlone(here, hub, () => turn(ending, { id: ownerId }, 'inactive').expect(403));
    await owner.get(WHOAMI).expect(200);
  });

  it('is not saved by one that is switched off', async () => {
    const { hub, owner, ownerId } = await ownedHub(here);
    const second = await here.create.ownerKey(hub);
    await turn(owner, second, 'inactive').expect(200);

    await leavesAlone(here, hub, () => turn(owner, { id: ownerId }, 'inactive').expect(403));
    expect((await leavesAlone(here, hub, () => owner.delete(keyPath({ id: ownerId })))).status).toBe(403);
  });

  it('may be switched off when another one lasts, also when both are switched off at once: one stays', async () => {
    const { hub, owner, ownerId } = await ownedHub(here);
    const second = await here.create.ownerKey(hub);
    const callers = [owner, here.as(second.secret)];

    const answers = await Promise.all([
      turn(callers[0], second, 'inactive'),
      turn(callers[1], { id: ownerId }, 'inactive'),
    ]);

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(await Promise.all(callers.map((caller) => statusOf(caller))))).toEqual(new Set([200, 401]));
  });
});
