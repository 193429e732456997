import { afterEach, describe, expect, it, vi } from 'vitest';
import { PrincipalDirectory } from '../../src/access/index.js';
import { type Client } from '../support/client.js';
import { type RotatedKey, type TestHub, type TestKey } from '../support/factory.js';
import {
  activityOf,
  dataOf,
  type Json,
  keyPath,
  leavesAlone,
  NO_ID,
  ownedHub,
  refusalOf,
  toldBy,
  WHOAMI,
} from '../support/management.js';
import { useHeldNodes } from '../support/held-app.js';
import { poll } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';

const LISTS = '/public-api/v1/lists';
const HOUR_S = 3600;

let here: TestApp;
let there: TestApp;

useHeldNodes((first, second) => {
  [here, there] = [first, second];
});
afterEach(() => {
  vi.restoreAllMocks();
});

interface Scene {
  readonly hub: TestHub;
  readonly owner: Client;
  /** With its first secret. */
  readonly old: TestKey;
  /** The same key with its second one. */
  readonly key: RotatedKey;
}

/** A key in the middle of a rotation. */
async function scene(): Promise<Scene> {
  const { hub, owner } = await ownedHub(here);
  const old = await here.create.integrationKey(hub);
  return { hub, owner, old, key: await here.create.rotate(hub, old, HOUR_S) };
}

const secretsOf = (key: { id: unknown }): string => `${keyPath(key)}/secrets`;
const secretPath = (key: { id: unknown }, id: string): string => `${secretsOf(key)}/${id}`;
const whoIs = async (app: TestApp, { secret }: TestKey): Promise<number> => (await app.as(secret).get(WHOAMI)).status;
const statusOf = async (caller: Client, path: string): Promise<number> => (await caller.get(path)).status;
const inSeconds = (seconds: number): string => new Date(here.clock.now() + seconds * 1000).toISOString();

async function pass(seconds: number): Promise<void> {
  for (const app of [here, there]) {
    app.clock.advance(seconds * 1000);
    await poll(app);
  }
}

describe('the list of secrets', () => {
  it('holds all that the key ever had, the oldest first, masked', async () => {
    const { hub, owner, old, key } = await scene();
    await pass(HOUR_S);
    const third = await here.create.rotate(hub, key, 60);

    const answer = await owner.get(secretsOf(key)).expect(200);

    const told = dataOf<{ id: string; secret: string; state: { current: string }; ends_at: string | null }[]>(answer);
    expect(told.map(({ id, state, ends_at }) => [id, state.current, ends_at])).toEqual([
      [key.replacedId, 'ended', inSeconds(0)],
      [key.secretId, 'live', inSeconds(60)],
      [third.secretId, 'live', null],
    ]);
    expect(new Set(told.map(({ secret }) => secret))).toEqual(new Set([`hgk_${key.id}_****`]));
    for (const { secret } of [old, key, third]) {
      expect(answer.text).not.toContain(secret.slice(29));
    }
    expect(answer.text).not.toContain('digest');
  });

  it('tells since when each is what it is', async () => {
    const { owner, key } = await scene();
    const [since, ended] = [inSeconds(0), inSeconds(HOUR_S)];
    await pass(HOUR_S + 60);

    const [first, second] = dataOf<{ state: Json }[]>(await owner.get(secretsOf(key)).expect(200));

    expect(first.state).toEqual({ current: 'ended', changed: ended });
    expect(second.state).toEqual({ current: 'live', changed: since });
  });

  it('404: for foreign, deleted, never issued and malformed keys, all alike', async () => {
    const { hub, owner } = await scene();
    const { key: foreign } = await scene();
    const deleted = await here.create.key({ hub });
    await owner.delete(keyPath(deleted)).expect(200);

    const answers: ReturnType<typeof toldBy>[] = [];
    for (const id of [foreign.id, deleted.id, NO_ID, 'x', '%00']) {
      answers.push(toldBy(await owner.get(secretsOf({ id })).expect(404)));
    }
    expect(answers[0].error.code).toBe('404.hub.api-key');
    expect(answers).toEqual(answers.map(() => answers[0]));
  });

  it('403: is for those who manage keys', async () => {
    const { hub, key } = await scene();
    const caller = await here.create.caller({ hub, capabilities: ['groups-manage'] });

    expect(await statusOf(caller, secretsOf(key))).toBe(403);
  });
});

describe('ending a secret', () => {
  it('refuses it by the next request here, and there after the next poll; the other one works on', async () => {
    const { owner, old, key } = await scene();
    expect([await whoIs(here, old), await whoIs(there, old), await whoIs(there, key)]).toEqual([200, 200, 200]);

    const ended = dataOf(await owner.delete(secretPath(key, key.replacedId)).expect(200));

    expect(ended).toMatchObject({
      id: key.replacedId,
      secret: `hgk_${key.id}_****`,
      state: { current: 'ended', changed: inSeconds(0) },
      ends_at: inSeconds(0),
    });
    expect([await whoIs(here, old), await whoIs(there, old)]).toEqual([401, 200]);
    await poll(there);
    expect([await whoIs(there, old), await whoIs(here, key), await whoIs(there, key)]).toEqual([401, 200, 200]);
  });

  it.each(['old', 'new'])(
    'takes the tokens of the %s one with it, on both nodes, and leaves the others',
    async (which) => {
      const { owner, old, key } = await scene();
      const tokens = [await here.create.token(old), await here.create.token(key)];
      const at = async (app: TestApp) => Promise.all(tokens.map((token) => statusOf(app.as(token), LISTS)));
      expect([await at(here), await at(there)]).toEqual([
        [200, 200],
        [200, 200],
      ]);
      await owner.delete(secretPath(key, which === 'old' ? key.replacedId : key.secretId)).expect(200);
      await poll(there);

      const left = which === 'old' ? [401, 200] : [200, 401];
      expect([await at(here), await at(there)]).toEqual([left, left]);
    },
  );

  it('is in the activity; ending it again changes nothing and answers the same', async () => {
    const { hub, owner, key } = await scene();
    const path = secretPath(key, key.replacedId);
    let first: unknown;
    const entries = await activityOf(here, hub, async () => {
      first = (await owner.delete(path).expect(200)).body;
    });
    expect(entries).toMatchObject([
      {
        event: 'hub.apikey.secret.end',
        component: { type: 'api_key', id: key.id },
        changes: {
          secrets: {
            before: [{ id: key.replacedId, ends_at: inSeconds(HOUR_S) }, { id: key.secretId }],
            after: [{ id: key.secretId, ends_at: null }],
          },
        },
      },
    ]);
    await pass(60);

    const again = await leavesAlone(here, hub, () => owner.delete(path).expect(200));
    expect(again.body).toEqual(first);
  });

  it('409: leaves the last live one', async () => {
    const { hub, owner, key } = await scene();
    await owner.delete(secretPath(key, key.replacedId)).expect(200);

    const answer = await leavesAlone(here, hub, () => owner.delete(secretPath(key, key.secretId)).expect(409));

    expect(refusalOf(answer)).toMatchObject({ code: '409.last-secret', detail: expect.stringContaining('Rotate') });
    expect(await whoIs(here, key)).toBe(200);
  });

  it('409: leaves the old one when the new one was ended; it runs out, and another key can rotate then', async () => {
    const { hub, owner, old, key } = await scene();
    await owner.delete(secretPath(key, key.secretId)).expect(200);
    expect([await whoIs(here, old), await whoIs(here, key)]).toEqual([200, 401]);
    await leavesAlone(here, hub, () => owner.delete(secretPath(key, key.replacedId)).expect(409));
    await pass(HOUR_S);
    expect(await whoIs(here, old)).toBe(401);

    const { body } = await owner.post(`${keyPath(key)}/rotate`, {}).expect(201);

    expect(body).toMatchObject({ meta: { replaced: null } });
    expect(await whoIs(here, { ...key, secret: String(dataOf({ status: 201, body })['secret']) })).toBe(200);
  });

  it('404: for secrets of another key or hub, never issued and malformed ids, all alike', async () => {
    const { hub, owner, key } = await scene();
    const { key: foreign } = await scene();
    const sibling = await here.create.rotate(hub, await here.create.key({ hub }), HOUR_S);
    const ids = [sibling.replacedId, foreign.replacedId, NO_ID, key.id, 'x', `${key.replacedId}%20`, '%00'];

    const answers = await leavesAlone(here, hub, () =>
      Promise.all(ids.map(async (id) => toldBy(await owner.delete(secretPath(key, id)).expect(404)))),
    );

    expect(answers[0].error.code).toBe('404.hub.api-key.secret');
    expect(answers).toEqual(ids.map(() => answers[0]));
    expect([await whoIs(here, sibling), await whoIs(here, foreign)]).toEqual([200, 200]);
  });

  it('404: of a key of another hub, though the secret is named rightly', async () => {
    const { owner } = await scene();
    const { hub, key: foreign } = await scene();

    const answer = await leavesAlone(here, hub, () =>
      owner.delete(secretPath(foreign, foreign.replacedId)).expect(404),
    );

    expect(refusalOf(answer).code).toBe('404.hub.api-key');
  });

  it('403: is for those who rank above the key', async () => {
    const { hub } = await scene();
    const caller = await here.create.caller({ hub, capabilities: ['api-keys-manage'], rank: 5 });
    const higher = await here.create.rotate(hub, await here.create.key({ hub, rank: 6 }), HOUR_S);

    const answer = await leavesAlone(here, hub, () => caller.delete(secretPath(higher, higher.replacedId)));
    expect(answer.status).toBe(403);
  });

  it('is decided when the change has the hub to itself: what ran out while it waited counts no more', async () => {
    const { hub, owner, key } = await scene();
    const directory = here.nest.get(PrincipalDirectory);
    const lockHub = directory.lockHub.bind(directory);
    vi.spyOn(directory, 'lockHub').mockImplementationOnce(async (tx, hubId) => {
      await lockHub(tx, hubId);
      for (const app of [here, there]) {
        app.clock.advance(HOUR_S * 1000);
      }
    });

    const answer = await leavesAlone(here, hub, () => owner.delete(secretPath(key, key.secretId)).expect(409));

    expect(refusalOf(answer).code).toBe('409.last-secret');
    expect(await whoIs(here, key)).toBe(200);
  });
});

describe('the secret of the last root key that lasts', () => {
  it('cannot be ended while the older one runs out: nobody could get in afterwards', async () => {
    const { hub, owner, ownerId } = await ownedHub(here);
    const { secret } = dataOf<{ secret: string }>(await owner.post(`${keyPath({ id: ownerId })}/rotate`).expect(201));
    const [, lasting] = dataOf<{ id: string }[]>(await owner.get(secretsOf({ id: ownerId })));

    for (const caller of [owner, here.as(secret)]) {
      const answer = await leavesAlone(here, hub, () =>
        caller.delete(secretPath({ id: ownerId }, lasting.id)).expect(403),
      );
      expect(refusalOf(answer)).toMatchObject({ code: '403.not-allowed', extra: { api_key: ownerId } });
    }
  });

  it('may be ended when another root key has one that lasts, and then that other one is the last', async () => {
    const { hub, owner, ownerId } = await ownedHub(here);
    const other = await here.create.ownerKey(hub);
    const rotated = await here.create.rotate(hub, other, HOUR_S);
    await owner.delete(secretPath(other, rotated.secretId)).expect(200);

    const acts: (() => PromiseLike<{ status: number; body: unknown }>)[] = [
      () => here.as(other.secret).delete(keyPath({ id: ownerId })),
      () => here.as(other.secret).patch(keyPath({ id: ownerId }), { state: 'inactive' }),
      () => owner.delete(keyPath({ id: ownerId })),
      () => owner.patch(keyPath({ id: ownerId }), { state: 'inactive' }),
      () => owner.patch(keyPath({ id: ownerId }), { role_id: hub.roles['admin'] }),
    ];
    for (const act of acts) {
      expect((await leavesAlone(here, hub, act)).status).toBe(403);
    }
    expect(await statusOf(owner, WHOAMI)).toBe(200);
  });
});
