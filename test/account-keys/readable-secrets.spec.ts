import { afterEach, describe, expect, it, vi } from 'vitest';
import { SCOPES } from '../../src/access/index.js';
import { KeyRules } from '../../src/modules/api-key/api-key.rules.js';
import { ReadableSecrets } from '../../src/modules/api-key/readable-secrets.js';
import { JobWorker } from '../../src/modules/job/index.js';
import { type Client } from '../support/client.js';
import { type KeySpec, type TestHub } from '../support/factory.js';
import { activityOf, API_KEYS, dataOf, type Json, leavesAlone, ownedHub, refusalOf } from '../support/management.js';
import { tamper } from '../support/stillness.js';
import { dumpTables } from '../support/table-dump.js';
import { useTestApp } from '../support/test-app.js';
import {
  ACCOUNT_KEYS,
  type AccountKey,
  CURRENT,
  idOf,
  keptIn,
  makeKey,
  MASKED,
  pathOf,
  readKey,
  readKeys,
  setReadable,
} from './support.js';

const test = useTestApp();
const REVEAL = ['api-keys-manage', 'api-keys-reveal'];
const EVENT = 'hub.apikey.secret.reveal';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A hub that keeps its secrets readable, with a key whose secret it has kept. */
async function readableHub(): Promise<{ hub: TestHub; owner: Client; ownerId: string; key: AccountKey }> {
  const here = await ownedHub(test.app);
  await setReadable(here.owner, true);
  return { ...here, key: await makeKey(here.owner, 'kept') };
}

describe('the setting readable_secrets', () => {
  it('is off until the hub says otherwise, and then nothing is kept', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await makeKey(owner, 'a');
    expect(dataOf(await owner.get(CURRENT).expect(200))).toMatchObject({ security: { readable_secrets: false } });
    expect(await keptIn(test.app, hub)).toBe(0);
  });

  it('keeps what is made from then on, at every door, and nothing of before', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const before = await makeKey(owner, 'before');
    await setReadable(owner, true);
    const after = await makeKey(owner, 'after');
    const elsewhere = dataOf<{ secret: string }>(
      await owner.post(API_KEYS, { name: 'elsewhere', role_id: hub.roles.integration }).expect(201),
    );
    const values = Object.fromEntries((await readKeys(owner)).map(({ name, value }) => [name, value]));
    expect(values['before']).toBe(`hgk_${idOf(before)}_****`);
    expect(values['after']).toBe(after.value);
    expect(values['elsewhere']).toBe(elsewhere.secret);
  });

  it('is in the activity when it changes', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const [entry] = await activityOf(test.app, hub, () => setReadable(owner, true));
    expect(entry?.changes['security']).toMatchObject({
      before: { readable_secrets: false },
      after: { readable_secrets: true },
    });
  });

  it('403: is not switched on without api-keys-reveal, which is named; off it is, with hubs-update alone', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const updater = await test.app.create.caller({ hub, capabilities: ['hubs-update'] });
    const on = { security: { readable_secrets: true } };
    const answer = await leavesAlone(test.app, hub, () => updater.patch(CURRENT, on).expect(403));
    expect(refusalOf(answer)).toMatchObject({ code: '403.permissions', extra: { capability: 'api-keys-reveal' } });
    const both = await test.app.create.caller({ hub, capabilities: ['hubs-update', 'api-keys-reveal'] });
    await both.patch(CURRENT, on).expect(200);
    await makeKey(owner, 'kept');
    await updater.patch(CURRENT, on).expect(200);
    await updater.patch(CURRENT, { security: { readable_secrets: false } }).expect(200);
    expect(await keptIn(test.app, hub)).toBe(0);
  });

  it.each([null, 1, 'true', {}])('422: is not %j', async (readable_secrets) => {
    const { hub, owner } = await ownedHub(test.app);
    const patch = () => owner.patch(CURRENT, { security: { readable_secrets } }).expect(422);
    expect(refusalOf(await leavesAlone(test.app, hub, patch)).source).toBe('/security/readable_secrets');
  });

  it('is one hub’s own', async () => {
    const { hub } = await readableHub();
    const { hub: neighbour, owner } = await ownedHub(test.app);
    await makeKey(owner, 'theirs');
    expect([await keptIn(test.app, hub), await keptIn(test.app, neighbour)]).toEqual([1, 0]);
  });
});

describe('a kept secret', () => {
  it('is read whole, alone and in the list, works, and is never whole at the management door', async () => {
    const { owner, key } = await readableHub();
    expect(await readKey(owner, 'kept')).toEqual(key);
    expect((await readKeys(owner)).find(({ name }) => name === 'kept')).toEqual(key);
    await test.app.as(key.value).get(ACCOUNT_KEYS).expect(200);
    const shown = [`${API_KEYS}/${idOf(key)}`, API_KEYS, `${API_KEYS}/${idOf(key)}/secrets`];
    for (const path of shown) {
      expect((await owner.get(path).expect(200)).text).not.toContain(key.value.slice(30));
    }
  });

  it('is told to the activity by whose it was, each time, and never itself', async () => {
    const { hub, owner, ownerId, key } = await readableHub();
    const second = await makeKey(owner, 'second');
    const one = await activityOf(test.app, hub, () => owner.get(pathOf('kept')).expect(200));
    const all = await activityOf(test.app, hub, () => owner.get(ACCOUNT_KEYS).expect(200));
    expect(one).toEqual([
      expect.objectContaining({
        event: EVENT,
        user: { id: ownerId, type: 'api-key' },
        component: { type: 'api_key', id: idOf(key) },
        annotations: { api_keys: [idOf(key)] },
      }),
    ]);
    expect(all).toEqual([
      expect.objectContaining({
        event: EVENT,
        component: { type: 'hub', id: hub.id },
        annotations: { api_keys: [idOf(key), idOf(second)] },
      }),
    ]);
    expect(JSON.stringify([one, all])).not.toContain(key.value.slice(30));
  });

  it('is not shown when the activity cannot be written', async () => {
    const { hub, owner, key } = await readableHub();
    const rename = (from: string, to: string) => tamper(test.app, [`ALTER TABLE ${from} RENAME TO ${to}`]);
    await rename('activity', 'activity_away');
    const answer = await owner.get(pathOf('kept'));
    await rename('activity_away', 'activity');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain(key.value.slice(30));
    expect(await keptIn(test.app, hub)).toBe(1);
  });

  it('is in no table, as text, hex or base64, and nothing of it in what is kept for a repetition', async () => {
    const { hub, owner, key } = await readableHub();
    const body = { name: 'keyed', role_id: hub.roles.integration };
    const keyed = await owner.with({ 'idempotency-key': hub.id }).post(API_KEYS, body).expect(201);
    const values = [key.value, dataOf<{ secret: string }>(keyed).secret];
    const dump = JSON.stringify(await dumpTables(test.app.database));
    for (const text of values.flatMap((value) => [value, value.slice(30)])) {
      const forms = [text, Buffer.from(text).toString('hex'), Buffer.from(text).toString('base64').replace(/=+$/, '')];
      expect(forms.filter((form) => dump.includes(form))).toEqual([]);
    }
  });

  it('opens in its own row only', async () => {
    const { hub, owner, key } = await readableHub();
    const other = await makeKey(owner, 'other');
    const { owner: stranger, hub: elsewhere } = await ownedHub(test.app);
    await setReadable(stranger, true);
    const theirs = await makeKey(stranger, 'theirs');
    const read = 'SELECT sealed FROM api_secret WHERE key_id = ?';
    const [{ sealed }] = await test.app.database.query<{ sealed: Buffer }>(read, [idOf(key)]);
    const put = 'UPDATE api_secret SET sealed = ? WHERE key_id = ?';
    await tamper(test.app, [put, [sealed, idOf(other)]], [put, [sealed, idOf(theirs)]]);

    const here = await activityOf(test.app, hub, async () => {
      expect((await readKey(owner, 'other')).value).toMatch(MASKED);
    });
    const there = await activityOf(test.app, elsewhere, async () => {
      expect((await readKey(stranger, 'theirs')).value).toMatch(MASKED);
    });
    expect([here, there]).toEqual([[], []]);
    expect((await readKeys(owner)).map(({ name, value }) => [name, MASKED.test(value)])).toEqual([
      ['owner', true],
      ['kept', false],
      ['other', true],
    ]);
    // Moved with its row's number, or with a bit turned over.
    const turned = Buffer.from(sealed);
    turned[turned.length - 1] ^= 1;
    await tamper(test.app, [put, [turned, idOf(key)]]);
    expect((await readKey(owner, 'kept')).value).toMatch(MASKED);
  });
});

/** A key of the hub that the reader could not rotate, for one reason. */
const OUT_OF_REACH: readonly [
  reason: string,
  target: (hub: TestHub) => Promise<Partial<KeySpec>>,
  reader?: Partial<KeySpec>,
][] = [
  ['a rank above', () => Promise.resolve({ rank: 6 })],
  ['the same rank in another role', () => Promise.resolve({ rank: 5 })],
  ['the root role', (hub) => Promise.resolve({ roleId: hub.roles.owner })],
  ['a capability more', () => Promise.resolve({ rank: 1, capabilities: ['boxes-manage'] })],
  ['a scope more', () => Promise.resolve({ rank: 1, scopes: [SCOPES[0]] })],
  ['a user group of more rights', async (hub) => ({ rank: 1, groupId: await test.app.create.group(hub), scopes: [] })],
  ['more addresses', () => Promise.resolve({ rank: 1 }), { ips: ['127.0.0.0/8'] }],
  ['a longer life', () => Promise.resolve({ rank: 1 }), { expiresAt: '2090-01-01T00:00:00.000Z' }],
];

describe('who could not rotate a key', () => {
  it.each(OUT_OF_REACH)(
    'because of %s sees it masked, and the others whole',
    async (_reason, target, confined = {}) => {
      const { hub, owner } = await ownedHub(test.app);
      await setReadable(owner, true);
      const reader = await test.app.create.caller({ hub, name: 'reader', capabilities: REVEAL, ...confined });
      await test.app.create.key({ hub, name: 'beyond', ...(await target(hub)) });
      await test.app.create.key({ hub, name: 'within', rank: 1, ...confined });

      const values = Object.fromEntries((await readKeys(reader)).map(({ name, value }) => [name, MASKED.test(value)]));

      expect(values).toMatchObject({ owner: true, beyond: true, within: false, reader: false });
      const told = await activityOf(test.app, hub, async () => {
        expect((await readKey(reader, 'beyond')).value).toMatch(MASKED);
      });
      expect(told).toEqual([]);
    },
  );

  it('because it is off or over sees it masked', async () => {
    const { hub, owner, key } = await readableHub();
    const until = { hub, name: 'over', roleId: hub.roles.integration, expiresAt: '2090-01-01T00:00:00.000Z' };
    const over = await test.app.create.key(until);
    expect((await readKey(owner, 'over')).value).toBe(over.secret);
    await tamper(test.app, ['UPDATE api_key SET expires_at = 1 WHERE id = ?', [over.id]]);
    expect((await readKey(owner, 'over')).value).toMatch(MASKED);
    await owner.patch(`${API_KEYS}/${idOf(key)}`, { state: 'inactive' }).expect(200);
    expect((await readKey(owner, 'kept')).value).toMatch(MASKED);
    await owner.patch(`${API_KEYS}/${idOf(key)}`, { state: 'live' }).expect(200);
    expect(await readKey(owner, 'kept')).toEqual(key);
  });

  it('holding a secret that ends sees masked what lasts longer', async () => {
    const { hub, owner } = await readableHub();
    const desk = await test.app.create.key({ hub, name: 'desk', roleId: hub.roles.owner });
    await test.app.create.rotate(hub, desk, 3600);
    expect((await readKey(test.app.as(desk.secret), 'kept')).value).toMatch(MASKED);
    expect((await readKey(owner, 'kept')).value).not.toMatch(MASKED);
  });

  it('lacking api-keys-reveal sees all masked, and nothing is written', async () => {
    const { hub } = await readableHub();
    const caller = await test.app.create.caller({ hub, capabilities: ['api-keys-manage'], rank: 9 });
    await leavesAlone(test.app, hub, async () => {
      expect((await readKeys(caller)).filter(({ value }) => !MASKED.test(value))).toEqual([]);
      expect((await readKey(caller, 'kept')).value).toMatch(MASKED);
    });
  });

  it('lacking it by now, though not a moment ago, sees all masked', async () => {
    const { hub, owner } = await readableHub();
    const desk = await test.app.create.key({ hub, name: 'desk', capabilities: REVEAL, rank: 9 });
    await test.app.create.key({ hub, name: 'low', rank: 1 });
    const service = test.app.nest.get(ReadableSecrets);
    const ask = service.mayBeRevealedTo.bind(service);
    vi.spyOn(service, 'mayBeRevealedTo').mockImplementationOnce(async (principal) => {
      const may = await ask(principal);
      const capabilities = { all: false, specific: ['api-keys-manage'] };
      await owner.patch(`/v1/hubs/current/roles/${desk.roleId}`, { capabilities }).expect(200);
      return may;
    });
    expect((await readKey(test.app.as(desk.secret), 'low')).value).toMatch(MASKED);
  });
});

describe('a rotation', () => {
  const rotate = async (owner: Client, key: AccountKey, overlap_seconds: number): Promise<string> =>
    dataOf<{ secret: string }>(await owner.post(`${API_KEYS}/${idOf(key)}/rotate`, { overlap_seconds }).expect(201))
      .secret;

  it.each([0, 3600])('with an overlap of %d s keeps the new secret and forgets the old', async (overlap) => {
    const { hub, owner, key } = await readableHub();
    const value = await rotate(owner, key, overlap);
    expect(await readKey(owner, 'kept')).toEqual({ ...key, value });
    expect(await keptIn(test.app, hub)).toBe(1);
  });

  it('while the hub keeps nothing leaves nothing to read', async () => {
    const { hub, owner, key } = await readableHub();
    await setReadable(owner, false);
    await rotate(owner, key, 0);
    await setReadable(owner, true);
    expect((await readKey(owner, 'kept')).value).toMatch(MASKED);
    expect(await keptIn(test.app, hub)).toBe(0);
    const value = await rotate(owner, key, 0);
    expect(await readKey(owner, 'kept')).toEqual({ ...key, value });
  });

  it('whose new secret is ended leaves the older one masked', async () => {
    const { hub, owner, key } = await readableHub();
    await rotate(owner, key, 3600);
    const secrets = dataOf<Json[]>(await owner.get(`${API_KEYS}/${idOf(key)}/secrets`).expect(200));
    await owner.delete(`${API_KEYS}/${idOf(key)}/secrets/${String(secrets[1]?.id)}`).expect(200);
    expect((await readKey(owner, 'kept')).value).toMatch(MASKED);
    expect(await keptIn(test.app, hub)).toBe(0);
  });
});

describe('what was kept is destroyed', () => {
  it('when the key ends, at either door', async () => {
    const { hub, owner, key } = await readableHub();
    await makeKey(owner, 'second');
    expect(await keptIn(test.app, hub)).toBe(2);
    await owner.delete(pathOf('kept')).expect(204);
    expect(await keptIn(test.app, hub)).toBe(1);
    await owner.delete(`${API_KEYS}/${idOf(await readKey(owner, 'second'))}`).expect(200);
    expect(await keptIn(test.app, hub)).toBe(0);
    await test.app.as(key.value).get(ACCOUNT_KEYS).expect(401);
  });

  it('when the key that made it ends with all that it made', async () => {
    const { hub, owner } = await readableHub();
    const maker = await test.app.create.key({ hub, name: 'maker', capabilities: ['api-keys-manage'] });
    await makeKey(test.app.as(maker.secret), 'child');
    expect(await keptIn(test.app, hub)).toBe(3);
    await owner.delete(`${API_KEYS}/${maker.id}?created=revoke`).expect(200);
    expect(await keptIn(test.app, hub)).toBe(1);
  });

  it('when the hub no longer wants it, for good: the same value does not come back', async () => {
    const { hub, owner, key } = await readableHub();
    const { hub: neighbour, owner: stranger } = await readableHub();
    await setReadable(owner, false);
    expect((await readKey(owner, 'kept')).value).toMatch(MASKED);
    expect(await keptIn(test.app, hub)).toBe(0);
    await setReadable(owner, true);
    expect((await readKey(owner, 'kept')).value).toMatch(MASKED);
    await test.app.as(key.value).get(ACCOUNT_KEYS).expect(200);
    expect(await keptIn(test.app, neighbour)).toBe(1);
    expect((await readKey(stranger, 'kept')).value).not.toMatch(MASKED);
  });

  it('of more keys than one statement takes', async () => {
    const { hub, owner } = await readableHub();
    const copy =
      'INSERT INTO api_secret (id, hub_id, key_id, digest, created_at, ended, sealed) ' +
      'SELECT ?, hub_id, key_id, ?, created_at, 0, sealed FROM api_secret WHERE hub_id = ? AND sealed IS NOT NULL LIMIT 1';
    const copies = Array.from({ length: 2500 }, (_, index): [string, unknown[]] => {
      const id = index.toString(16).padStart(24, '0');
      return [copy, [id, Buffer.from(id.padStart(32, '0')), hub.id]];
    });
    await tamper(test.app, ...copies);
    expect(await keptIn(test.app, hub)).toBe(2501);
    await setReadable(owner, false);
    expect(await keptIn(test.app, hub)).toBe(0);
  }, 60_000);

  it('when the hub is deleted', async () => {
    const { hub, owner } = await readableHub();
    await owner.delete(CURRENT, { options: { force: true } }).expect((answer) => {
      expect([200, 202]).toContain(answer.status);
    });
    await test.app.nest.get(JobWorker).work();
    expect(await keptIn(test.app, hub)).toBe(0);
  });
});

describe('an opt-out', () => {
  it('between the look and the reading wins: nothing is shown and nothing told', async () => {
    const { hub, owner } = await readableHub();
    const service = test.app.nest.get(ReadableSecrets);
    const ask = service.mayBeRevealedTo.bind(service);
    vi.spyOn(service, 'mayBeRevealedTo').mockImplementationOnce(async (principal) => {
      const may = await ask(principal);
      expect(may).toBe(true);
      await setReadable(owner, false);
      return may;
    });
    const told = await activityOf(test.app, hub, async () => {
      expect((await readKey(owner, 'kept')).value).toMatch(MASKED);
    });
    expect(told.map(({ event }) => event)).toEqual(['hub.update']);
  });

  it('during the reading waits for it, and nothing is shown from then on', async () => {
    const { owner, key } = await readableHub();
    const rules = test.app.nest.get(KeyRules);
    const sift = rules.rotatable.bind(rules);
    const begun: Promise<void>[] = [];
    vi.spyOn(rules, 'rotatable').mockImplementationOnce((mutation, keys) => {
      // As a request would, outside of this transaction.
      begun.push(new Promise((resolve) => setImmediate(resolve)).then(() => setReadable(owner, false)));
      return sift(mutation, keys);
    });
    expect(await readKey(owner, 'kept')).toEqual(key);
    await Promise.all(begun);
    expect((await readKey(owner, 'kept')).value).toMatch(MASKED);
  });
});
