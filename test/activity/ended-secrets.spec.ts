import { describe, expect, it, vi } from 'vitest';
import { Mutations, UsageLog } from '../../src/access/index.js';
import { EndedSecretWatch } from '../../src/modules/api-key/index.js';
import { type Client } from '../support/client.js';
import { type KeySpec, type RotatedKey, type TestHub, type TestKey } from '../support/factory.js';
import { dataOf, type Entry, keyPath, ownedHub, storedOf, WHOAMI } from '../support/management.js';
import { useHeldNodes } from '../support/held-app.js';
import { poll, statementsOf } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';

const EXCHANGE = '/public-api/v1/auth/token';
const DAY_MS = 86_400_000;

let here: TestApp;
let there: TestApp;

useHeldNodes((first, second) => {
  [here, there] = [first, second];
});

interface Scene {
  readonly hub: TestHub;
  readonly owner: Client;
  /** With a secret that has ended. */
  readonly old: TestKey;
  readonly key: RotatedKey;
}

async function scene(spec: Partial<KeySpec> = {}): Promise<Scene> {
  const { hub, owner } = await ownedHub(here);
  const old = await here.create.integrationKey(hub, spec);
  return { hub, owner, old, key: await here.create.rotate(hub, old, 0) };
}

const present = ({ secret }: TestKey, app = here, address = '192.0.2.9') =>
  app.as(secret).from(address).get(WHOAMI).expect(401);
const flush = (app = here): Promise<void> => app.nest.get(EndedSecretWatch).flush();
const stateOf = async (owner: Client, key: { id: string }): Promise<string> =>
  dataOf<{ state: { current: string } }>(await owner.get(keyPath(key)).expect(200)).state.current;
const setPolicy = (owner: Client, rotation: object) =>
  owner.patch('/v1/hubs/current', { security: { rotation } }).expect(200);

async function entriesOf(hub: TestHub, ...events: string[]): Promise<Entry[]> {
  const { activity } = await storedOf(here, hub);
  const entries = activity.map(({ body }) => JSON.parse(String(body)) as Entry);
  return entries.filter(({ event }) => events.includes(event));
}
const alertsOf = (hub: TestHub): Promise<Entry[]> => entriesOf(hub, 'hub.apikey.secret.reused');

async function pass(milliseconds: number): Promise<void> {
  for (const app of [here, there]) {
    app.clock.advance(milliseconds);
    await poll(app);
  }
}
const nextDay = (): Promise<void> => pass(DAY_MS - (here.clock.now() % DAY_MS));

describe('a secret that turns up after its end', () => {
  it('raises one alert that names the key, the secret and the address, and switches nothing off', async () => {
    const { hub, owner, old, key } = await scene();
    await present(old);
    await flush();

    expect(await alertsOf(hub)).toMatchObject([
      {
        status: 'alert',
        hub_id: hub.id,
        user: { type: 'platform' },
        component: { type: 'api_key', id: key.id },
        annotations: { secret_id: key.replacedId, address: '192.0.2.9', disabled: false },
      },
    ]);
    expect(await stateOf(owner, key)).toBe('live');
    expect((await here.as(key.secret).get(WHOAMI)).status).toBe(200);
  });

  it('raises one per UTC day, however often, by whichever secret and on however many nodes', async () => {
    const { hub, old, key } = await scene();
    await nextDay();
    const third = await here.create.rotate(hub, key, 0);
    await poll(there);
    for (const secret of [old, key, old]) {
      await Promise.all([present(secret), present(secret, there)]);
      await Promise.all([flush(), flush(there)]);
    }
    expect(await alertsOf(hub)).toHaveLength(1);
    await pass(DAY_MS - 1);
    await present(old);
    await flush();
    expect(await alertsOf(hub)).toHaveLength(1);
    await nextDay();
    await present(old);
    await flush();

    expect(await alertsOf(hub)).toHaveLength(2);
    expect((await here.as(third.secret).get(WHOAMI)).status).toBe(200);
  });

  it('raises it for each key', async () => {
    const { hub, old } = await scene();
    const second = await here.create.integrationKey(hub);
    await here.create.rotate(hub, second, 0);
    await present(old);
    await present(second);
    await flush();

    const alerted = (await alertsOf(hub)).map(({ component }) => component['id']);
    expect(alerted).toHaveLength(2);
    expect(new Set(alerted)).toEqual(new Set([old.id, second.id]));
  });

  it('does so at the exchange too, and when its overlap has run out by itself', async () => {
    const { hub, owner } = await ownedHub(here);
    const old = await here.create.integrationKey(hub);
    await here.create.rotate(hub, old, 60);
    const exchange = here.anonymous.with({ apiKey: old.secret });
    await exchange.get(EXCHANGE).expect(200);
    await flush();
    expect(await alertsOf(hub)).toEqual([]);
    await pass(60_000);
    await exchange.get(EXCHANGE).expect(401);
    await flush();

    expect(await alertsOf(hub)).toHaveLength(1);
    await owner.get(WHOAMI).expect(200);
  });

  it('does so from an address where the key may not be used', async () => {
    const { hub, old } = await scene({ ips: ['198.51.100.0/24'] });
    await present(old);
    await flush();

    expect(await alertsOf(hub)).toMatchObject([{ annotations: { address: '192.0.2.9' } }]);
  });

  it('is no alert as a token of it: a client may hold that longer than the secret', async () => {
    const { hub } = await ownedHub(here);
    const old = await here.create.integrationKey(hub);
    const token = await here.create.token(old);
    await here.create.rotate(hub, old, 0);
    await here.as(token).get('/public-api/v1/lists').expect(401);
    await flush();

    expect(await alertsOf(hub)).toEqual([]);
  });

  it.each<[string, (s: Scene) => PromiseLike<unknown>]>([
    ['is switched off', ({ owner, key }) => owner.patch(keyPath(key), { state: 'inactive' }).expect(200)],
    ['is deleted', ({ owner, key }) => owner.delete(keyPath(key)).expect(200)],
  ])('is no alert once its key %s, also between the request and the look', async (_, end) => {
    const made = await scene();
    await present(made.old);
    await end(made);
    await flush();
    await present(made.old);
    await flush();

    expect(await alertsOf(made.hub)).toEqual([]);
  });

  it('is no alert when only somebody else’s secret is tried', async () => {
    const { hub, owner, key } = await scene();
    await here
      .as(key.secret.replace(/.{38}$/, 'x'.repeat(38)))
      .get(WHOAMI)
      .expect(401);
    await here.as(key.secret).from('192.0.2.9').get(WHOAMI).expect(200);
    await flush();

    expect(await alertsOf(hub)).toEqual([]);
    await owner.get(WHOAMI).expect(200);
  });

  it('is refused without a statement while the lease holds', async () => {
    const { old } = await scene();
    await poll(here);
    await present(old);

    expect(await statementsOf(here, () => present(old))).toBe(0);
  });

  it('is reported later when the database does not take it', async () => {
    const { hub, old } = await scene();
    await flush();
    await present(old);
    const spy = vi.spyOn(here.nest.get(Mutations), 'run').mockRejectedValueOnce(new Error('no connection'));
    await flush();
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
    expect(await alertsOf(hub)).toEqual([]);
    await flush();

    expect(await alertsOf(hub)).toHaveLength(1);
    expect(here.nest.get(UsageLog).drainEndedSecrets()).toEqual([]);
  });
});

describe('in a hub that switches keys off when an ended secret turns up', () => {
  const strict = async (spec: Partial<KeySpec> = {}): Promise<Scene> => {
    const made = await scene(spec);
    await setPolicy(made.owner, { disable_on_reuse: true });
    return made;
  };

  it('the key is off at once here and after the next poll there, its tokens for good', async () => {
    const { hub, owner, old, key } = await strict();
    const token = await here.create.token(key);
    await there.as(key.secret).get(WHOAMI).expect(200);
    await present(old);
    await flush();

    expect(await stateOf(owner, key)).toBe('inactive');
    expect((await here.as(key.secret).get(WHOAMI)).status).toBe(401);
    await poll(there);
    expect((await there.as(key.secret).get(WHOAMI)).status).toBe(401);
    await owner.patch(keyPath(key), { state: 'live' }).expect(200);
    expect((await here.as(token).get('/public-api/v1/lists')).status).toBe(401);
    expect(await entriesOf(hub, 'hub.apikey.secret.reused', 'hub.apikey.update')).toMatchObject([
      { event: 'hub.apikey.secret.reused', annotations: { disabled: true } },
      { user: { type: 'platform' }, changes: { state: { before: 'live', after: 'inactive' } } },
      { user: { type: 'api-key' }, changes: { state: { before: 'inactive', after: 'live' } } },
    ]);
  });

  it('the key is switched off again on the same day, without a second alert', async () => {
    const { hub, owner, old, key } = await strict();
    for (const _ of [1, 2]) {
      await owner.patch(keyPath(key), { state: 'live' }).expect(200);
      await present(old);
      await flush();
      expect(await stateOf(owner, key)).toBe('inactive');
    }

    expect(await alertsOf(hub)).toHaveLength(1);
  });

  it('no other key is touched, nor one of a hub that says otherwise', async () => {
    const { hub, owner, old } = await strict();
    const sibling = await here.create.integrationKey(hub);
    const lenient = await scene();
    await present(old);
    await present(lenient.old);
    await flush();

    expect(await stateOf(owner, sibling)).toBe('live');
    expect(await stateOf(lenient.owner, lenient.key)).toBe('live');
  });

  describe('the last way in stays', () => {
    interface RootSpec {
      readonly ips?: string[];
      readonly expiresAt?: string;
    }
    /** A root key with an ended secret, beside others: is it switched off? */
    async function fateBeside(ownIps: string[] | undefined, ...others: RootSpec[]): Promise<string> {
      const hub = await here.create.hub();
      const roleId = hub.roles['owner'];
      const old = await here.create.key({ hub, roleId, ips: ownIps });
      const key = await here.create.rotate(hub, old, 0);
      const caller = here.as(key.secret).from('192.0.2.1');
      await setPolicy(caller, { disable_on_reuse: true });
      for (const spec of others) {
        await here.create.key({ hub, roleId, ...spec });
      }
      await present(old);
      await flush();
      expect(await alertsOf(hub)).toHaveLength(1);
      const { api_key } = await storedOf(here, hub);
      return String(api_key.find(({ id }) => id === key.id)?.['state']);
    }
    const office = ['192.0.2.0/24'];

    it.each<[string, string[] | undefined, RootSpec[]]>([
      ['alone', undefined, []],
      ['beside one that ends', undefined, [{ expiresAt: '2090-01-01T00:00:00Z' }]],
      ['beside one that works from other addresses only', undefined, [{ ips: ['203.0.113.9'] }]],
      ['in its network, beside one in another', office, [{ ips: ['203.0.113.9'] }]],
      ['in its network, beside one in a part of it', office, [{ ips: ['192.0.2.128/25'] }]],
    ])('%s', async (_, ips, others) => {
      expect(await fateBeside(ips, ...others)).toBe('live');
    });

    it.each<[string, string[] | undefined, RootSpec[]]>([
      ['one that works from anywhere', undefined, [{}]],
      ['one that works from anywhere, for one in a network', office, [{}]],
      ['one in the same network', office, [{ ips: office }]],
    ])('but a root key is switched off beside %s', async (_, ips, others) => {
      expect(await fateBeside(ips, ...others)).toBe('inactive');
    });

    it('when the old secrets of all root keys turn up at once: one of them', async () => {
      const hub = await here.create.hub();
      const olds = [await here.create.ownerKey(hub), await here.create.ownerKey(hub)];
      const keys: RotatedKey[] = [];
      for (const old of olds) {
        keys.push(await here.create.rotate(hub, old, 0));
      }
      await setPolicy(here.as(keys[0].secret), { disable_on_reuse: true });
      await poll(there);
      await Promise.all([present(olds[0]), present(olds[1], there)]);
      await Promise.all([flush(), flush(there)]);

      const states = (await storedOf(here, hub)).api_key.map(({ state }) => state);
      expect(states).toHaveLength(2);
      expect(new Set(states)).toEqual(new Set(['inactive', 'live']));
    });
  });
});
