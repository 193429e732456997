import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiSecretRepository } from '../../src/modules/api-key/api-secret.repository.js';
import { LastUseWriter } from '../../src/modules/api-key/index.js';
import { type Client } from '../support/client.js';
import { type TestHub, type TestKey } from '../support/factory.js';
import { activityOf, dataOf, type Json, keyPath, ownedHub, refusalOf, WHOAMI } from '../support/management.js';
import { useHeldNodes } from '../support/held-app.js';
import { poll, statementsOf } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';

const EXCHANGE = '/public-api/v1/auth/token';
const LISTS = '/public-api/v1/lists';
const MASKED = /^hgk_[0-9a-f]{24}_\*{4}$/;
const HOUR_S = 3600;
const DAY_S = 86_400;

let here: TestApp;
let there: TestApp;

useHeldNodes((first, second) => {
  [here, there] = [first, second];
});
afterEach(() => {
  vi.restoreAllMocks();
});

interface Secret {
  readonly id: string;
  readonly secret: string;
  readonly ends_at: string | null;
}
interface Rotation {
  readonly data: Secret;
  readonly meta: { readonly replaced: Secret };
}

const rotatePath = (key: TestKey): string => `${keyPath(key)}/rotate`;
const statusOf = async (caller: Client, path = WHOAMI): Promise<number> => (await caller.get(path)).status;
const inSeconds = (seconds: number): string => new Date(here.clock.now() + seconds * 1000).toISOString();

async function rotate(caller: Client, key: TestKey, body?: Json): Promise<Rotation> {
  const answer = await caller.post(rotatePath(key), body).expect(201);
  return answer.body as Rotation;
}

async function pass(seconds: number): Promise<void> {
  for (const app of [here, there]) {
    app.clock.advance(seconds * 1000);
    await poll(app);
  }
}

/** A hub with its owner, and a key with data rights to rotate. */
async function scene(): Promise<{ hub: TestHub; owner: Client; key: TestKey; old: Client }> {
  const { hub, owner } = await ownedHub(here);
  const key = await here.create.integrationKey(hub);
  return { hub, owner, key, old: here.as(key.secret) };
}

describe('a rotation', () => {
  it('answers with the new secret, whole, and with the one it replaces, masked', async () => {
    const { owner, key } = await scene();

    const { data, meta } = await rotate(owner, key, { overlap_seconds: HOUR_S });

    const now = inSeconds(0);
    const common = { api_key_id: key.id, last_used_at: null, last_used_address: null };
    expect(data).toEqual({
      ...common,
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      secret: expect.stringMatching(new RegExp(`^hgk_${key.id}_[0-9A-Za-z]{38}$`)),
      state: { current: 'live', changed: now },
      created_at: now,
      ends_at: null,
    });
    expect(meta.replaced).toEqual({
      ...common,
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      secret: expect.stringMatching(MASKED),
      state: { current: 'live', changed: expect.any(String) },
      created_at: expect.any(String),
      ends_at: inSeconds(HOUR_S),
    });
    expect(data.secret).not.toBe(key.secret);
  });

  it('lets both secrets in at both doors until the old one ends, to the millisecond', async () => {
    const { owner, key, old } = await scene();
    const { data } = await rotate(owner, key, { overlap_seconds: HOUR_S });
    const exchange = (secret: string) => statusOf(here.anonymous.with({ apiKey: secret }), EXCHANGE);
    const all = async () => [
      await statusOf(old),
      await exchange(key.secret),
      await statusOf(here.as(data.secret)),
      await exchange(data.secret),
    ];
    expect(await all()).toEqual([200, 200, 200, 200]);
    await pass(HOUR_S - 0.001);
    expect(await all()).toEqual([200, 200, 200, 200]);
    await pass(0.001);

    expect(await all()).toEqual([401, 401, 200, 200]);
    const { code, detail } = refusalOf(await old.get(WHOAMI));
    expect(code).toBe('401.auth-expired');
    expect(detail).toContain('Use the newer one');
  });

  it.each([
    ['without a body', undefined],
    ['with an empty one', {}],
  ])('%s takes a day', async (_, body) => {
    const { owner, key } = await scene();

    expect((await rotate(owner, key, body)).meta.replaced.ends_at).toBe(inSeconds(DAY_S));
  });

  it('without a wish takes no longer than the hub allows', async () => {
    const { owner, key } = await scene();
    await owner.patch('/v1/hubs/current', { security: { rotation: { max_overlap_seconds: 60 } } }).expect(200);

    expect((await rotate(owner, key)).meta.replaced.ends_at).toBe(inSeconds(60));
  });

  it('with an overlap of 0 ends the old secret also where a clock is behind', async () => {
    const { owner, key } = await scene();
    const elsewhere = there.as(key.secret);
    expect(await statusOf(elsewhere)).toBe(200);
    await rotate(owner, key, { overlap_seconds: 0 });

    const now = there.clock.now.bind(there.clock);
    vi.spyOn(there.clock, 'now').mockImplementation(() => now() - HOUR_S * 1000);
    await poll(there);

    expect(refusalOf(await elsewhere.get(WHOAMI).expect(401)).code).toBe('401.auth-expired');
    vi.restoreAllMocks();
    await poll(there);
  });

  it('with an overlap of 0 has the old secret refused by the next request here, and there after the next poll', async () => {
    const { owner, key, old } = await scene();
    const elsewhere = there.as(key.secret);
    await old.get(WHOAMI).expect(200);
    await elsewhere.get(WHOAMI).expect(200);
    const { data, meta } = await rotate(owner, key, { overlap_seconds: 0 });

    expect(meta.replaced).toMatchObject({ state: { current: 'ended', changed: inSeconds(0) }, ends_at: inSeconds(0) });
    expect(await statusOf(old)).toBe(401);
    expect(await statusOf(elsewhere)).toBe(200);
    await poll(there);
    expect(await statusOf(elsewhere)).toBe(401);
    expect(await statusOf(there.as(data.secret))).toBe(200);
  });

  it('ends the tokens of the old secret with it, and leaves those of the new one', async () => {
    const { owner, key } = await scene();
    const before = here.as(await here.create.token(key));
    const { data } = await rotate(owner, key, { overlap_seconds: 60 });
    const after = here.as(await here.create.token({ ...key, secret: data.secret }));
    const late = here.as(await here.create.token(key));
    expect(await Promise.all([before, late, after].map((caller) => statusOf(caller, LISTS)))).toEqual([200, 200, 200]);
    await pass(60);

    expect(await Promise.all([before, late, after].map((caller) => statusOf(caller, LISTS)))).toEqual([401, 401, 200]);
  });

  it('changes nothing else: role, scopes, addresses and end stay, and so does who may use it', async () => {
    const { owner, key } = await scene();
    const { data: before } = (await owner.get(keyPath(key))).body as { data: Json };
    const { data } = await rotate(owner, key, { overlap_seconds: 0 });

    expect(dataOf(await owner.get(keyPath(key)))).toEqual(before);
    expect(dataOf(await here.as(data.secret).get(WHOAMI))).toMatchObject({ api_key: { id: key.id }, expires_at: null });
  });

  it('tells each holder when its own secret ends', async () => {
    const { owner, key, old } = await scene();
    const { data } = await rotate(owner, key, { overlap_seconds: HOUR_S });

    expect(dataOf(await old.get(WHOAMI)).expires_at).toBe(inSeconds(HOUR_S));
    expect(dataOf(await here.as(data.secret).get(WHOAMI)).expires_at).toBeNull();
  });

  it('gives each secret a last use and an address of its own; the key shows the later one', async () => {
    const { owner, key, old } = await scene();
    const { data, meta } = await rotate(owner, key, { overlap_seconds: HOUR_S });
    await old.from('192.0.2.1').get(WHOAMI).expect(200);
    const usedOld = inSeconds(0);
    await pass(5);
    await here.as(data.secret).from('192.0.2.2').get(WHOAMI).expect(200);
    await here.nest.get(LastUseWriter).flush();

    const secrets = dataOf<Json[]>(await owner.get(`${keyPath(key)}/secrets`));
    expect(secrets.map(({ id, last_used_at, last_used_address }) => [id, last_used_at, last_used_address])).toEqual([
      [meta.replaced.id, usedOld, '192.0.2.1'],
      [data.id, inSeconds(0), '192.0.2.2'],
    ]);
    expect(dataOf(await owner.get(keyPath(key)))).toMatchObject({ last_used_address: '192.0.2.2' });
  });

  it('is in the activity, with which secrets lived before and after and until when, and without a secret', async () => {
    const { hub, owner, key } = await scene();
    let made: Rotation | undefined;
    const entries = await activityOf(here, hub, async () => {
      made = await rotate(owner, key, { overlap_seconds: 60 });
    });

    const oldId = made?.meta.replaced.id;
    expect(entries).toMatchObject([
      {
        event: 'hub.apikey.rotate',
        component: { type: 'api_key', id: key.id },
        changes: {
          secrets: {
            before: [{ id: oldId, ends_at: null }],
            after: [
              { id: oldId, ends_at: inSeconds(60) },
              { id: made?.data.id, ends_at: null },
            ],
          },
        },
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain(made?.data.secret.slice(29));
  });

  it('leaves both secrets without a statement on the hot path', async () => {
    const { owner, key, old } = await scene();
    const { data } = await rotate(owner, key, { overlap_seconds: HOUR_S });
    const both = [old, here.as(data.secret)];
    await Promise.all(both.map((caller) => caller.get(WHOAMI).expect(200)));

    for (const caller of both) {
      expect(await statementsOf(here, () => caller.get(WHOAMI).expect(200))).toBe(0);
    }
  });

  it('can follow another once that one is over', async () => {
    const { owner, key } = await scene();
    const first = await rotate(owner, key, { overlap_seconds: 60 });
    await pass(60);
    const second = await rotate(owner, key, { overlap_seconds: 60 });

    expect(second.meta.replaced.id).toBe(first.data.id);
    expect(await statusOf(here.as(first.data.secret))).toBe(200);
    expect(await statusOf(here.as(second.data.secret))).toBe(200);
  });

  it('replaces an old secret that was left alone, and lengthens its life by nothing', async () => {
    const { owner, key, old } = await scene();
    const first = await rotate(owner, key, { overlap_seconds: 60 });
    await owner.delete(`${keyPath(key)}/secrets/${first.data.id}`).expect(200);
    const second = await rotate(owner, key, { overlap_seconds: HOUR_S });

    expect(second.meta.replaced.ends_at).toBe(inSeconds(60));
    await pass(60);
    expect([await statusOf(old), await statusOf(here.as(second.data.secret))]).toEqual([401, 200]);
  });
});

describe('two rotations at once', () => {
  /** Both have looked at the key before either may change it. */
  function meet(apps: readonly TestApp[]): void {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    let looks = 0;
    for (const secrets of new Set(apps.map((app) => app.nest.get(ApiSecretRepository)))) {
      const list = secrets.list.bind(secrets);
      vi.spyOn(secrets, 'list').mockImplementation(async (hubId, keyId, tx) => {
        const found = await list(hubId, keyId, tx);
        looks += tx ? 0 : 1;
        if (looks === 2) {
          open();
        }
        await gate;
        return found;
      });
    }
  }

  it.each([
    ['here', 0],
    ['here', 60],
    ['on two nodes', 0],
    ['on two nodes', 60],
  ])('%s, with an overlap of %d s, give one new secret', async (where, overlap_seconds) => {
    const { hub, key, owner } = await scene();
    const second = where === 'here' ? here : there;
    const other = second.as((await here.create.ownerKey(hub)).secret);
    await Promise.all([owner.get(WHOAMI).expect(200), other.get(WHOAMI).expect(200)]);
    meet([here, second]);
    const answers = await Promise.all(
      [owner, other].map((caller) => caller.post(rotatePath(key), { overlap_seconds })),
    );
    vi.restoreAllMocks();
    await poll(there);

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    const won = answers.find(({ status }) => status === 201)?.body as Rotation;
    const lost = answers.find(({ status }) => status === 409);
    expect(refusalOf(lost ?? answers[0]).code).toBe('409.rotation-running');
    expect(dataOf<Json[]>(await owner.get(`${keyPath(key)}/secrets`))).toHaveLength(2);
    expect(await statusOf(second.as(won.data.secret))).toBe(200);
    expect(await statusOf(second.as(key.secret))).toBe(overlap_seconds === 0 ? 401 : 200);
  });
});
