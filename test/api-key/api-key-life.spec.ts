import { describe, expect, it } from 'vitest';
import { LastUseWriter } from '../../src/modules/api-key/last-use-writer.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import {
  API_KEYS,
  dataOf,
  type Json,
  leavesAlone,
  ownedHub,
  refusalOf,
  storedOf,
  WHOAMI,
} from '../support/management.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();
const PUBLIC_WHOAMI = '/public-api/v1/auth/whoami';

const pathOf = ({ id }: { id: unknown }): string => `${API_KEYS}/${String(id)}`;

describe('the secret of a key', () => {
  it('is whole in the answer to its creation, works, and is masked in every other answer', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const body = { name: 'x', role_id: hub.roles.integration };
    const made = dataOf<{ id: string; secret: string }>(await owner.post(API_KEYS, body).expect(201));
    const path = pathOf(made);

    await test.app.as(made.secret).get(WHOAMI).expect(200);

    const answers = [
      await owner.get(path).expect(200),
      await owner.get(`${path}?include=roles`).expect(200),
      await owner.get(API_KEYS).expect(200),
      await owner.patch(path, { name: 'y' }).expect(200),
      await test.app.as(made.secret).get(WHOAMI).expect(200),
      await owner.delete(path).expect(200),
      await owner.get(`${API_KEYS}?filter[state]=deleted`).expect(200),
    ];
    for (const { text } of answers) {
      expect(text).not.toContain(made.secret.slice(29));
      expect(text.match(/hgk_[0-9a-f]{24}_[^"]*/g)?.filter((shown) => !shown.endsWith('_****')) ?? []).toEqual([]);
    }
    expect(dataOf(answers[0]).secret).toBe(`hgk_${made.id}_****`);
  });

  it('is kept as its digest alone, which no answer shows', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const made = await owner.post(API_KEYS, { name: 'x', role_id: hub.roles.integration }).expect(201);
    const { id, secret } = dataOf<{ id: string; secret: string }>(made);

    const stored = await storedOf(test.app, hub);

    expect(JSON.stringify(stored)).not.toContain(secret.slice(29));
    const digest = Buffer.from(stored.api_secret.find((row) => row.key_id === id)?.digest as Uint8Array);
    expect(digest).toHaveLength(32);
    for (const { text } of [made, await owner.get(pathOf({ id })), await owner.get(API_KEYS)]) {
      expect(text).not.toMatch(/digest|"kv"|revision|name_key/);
      expect(text).not.toContain(digest.toString('hex'));
      expect(text).not.toContain(digest.toString('base64'));
    }
  });

  it('is another one for every key', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const body = { name: 'x', role_id: hub.roles.integration };
    const answers = await Promise.all(Array.from({ length: 8 }, () => owner.post(API_KEYS, body).expect(201)));

    const tails = answers.map((answer) => dataOf<{ secret: string }>(answer).secret.slice(29));

    expect(new Set(tails).size).toBe(8);
  });

  it('tells when and from where it was last used', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const key = await test.app.create.key({ hub });
    await test.app.as(key.secret).from('192.0.2.44').get(WHOAMI).expect(200);

    await test.app.nest.get(LastUseWriter).flush();

    const read = dataOf<{ last_used_at: string }>(await owner.get(pathOf(key)).expect(200));
    expect(read).toMatchObject({ last_used_address: '192.0.2.44' });
    expect(read.last_used_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });
});

describe('the tokens of a key', () => {
  const withToken = async (hub: TestHub) => {
    const key = await test.app.create.integrationKey(hub, { rights: ['read', 'add'] });
    return { key, integrator: test.app.as(await test.app.create.token(key)) };
  };

  it.each([{ name: 'renamed' }, { description: 'other' }, { expires_at: '2090-01-01T00:00:00Z' }, {}])(
    'live on when the key gets %j',
    async (edit) => {
      const { hub, owner } = await ownedHub(test.app);
      const { key, integrator } = await withToken(hub);

      await owner.patch(pathOf(key), edit).expect(200);

      expect((await integrator.get(PUBLIC_WHOAMI)).status).toBe(200);
    },
  );

  it('end with the next request when the key is deleted', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { key, integrator } = await withToken(hub);
    await integrator.get(PUBLIC_WHOAMI).expect(200);

    await owner.delete(pathOf(key)).expect(200);

    const exchange = test.app.anonymous.with({ apiKey: key.secret });
    expect((await integrator.get(PUBLIC_WHOAMI)).status).toBe(401);
    expect((await exchange.get('/public-api/v1/auth/token')).status).toBe(401);
    expect((await test.app.as(key.secret).get(WHOAMI)).status).toBe(401);
  });

  it.each([' ', '%20', '%00', '%00x', '/', '%2f'])(
    'end as well when the id is sent with "%s" behind it, or it is a 404',
    async (tail) => {
      const { hub, owner } = await ownedHub(test.app);
      const { key, integrator } = await withToken(hub);
      await integrator.get(PUBLIC_WHOAMI).expect(200);

      const { status } = await owner.delete(`${pathOf(key)}${tail}`);

      expect((await integrator.get(PUBLIC_WHOAMI)).status).toBe(status === 200 ? 401 : 200);
    },
  );

  it('have the rights of the key as it is now', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { key, integrator } = await withToken(hub);
    const rights = async (): Promise<unknown> =>
      ((await integrator.get(PUBLIC_WHOAMI).expect(200)).body as { rights: unknown }).rights;

    await owner.patch(pathOf(key), { scopes: ['read:lists'] }).expect(200);
    const none = { lists: [], boxes: [], variables: [], alerts: [] };
    expect(await rights()).toEqual({ ...none, lists: [{ list_id: '*', rights: ['read'] }] });
    await owner.patch(pathOf(key), { group_id: null }).expect(200);
    expect(await rights()).toEqual(none);
  });
});

describe('the last root key of a hub', () => {
  const NEVER_HERE = ['203.0.113.9'];
  const ends = '2090-01-01T00:00:00Z';

  const secondRoot = async (hub: TestHub, spec: { ips?: string[]; expiresAt?: string } = {}) => {
    const key = await test.app.create.key({ hub, roleId: hub.roles.owner, ...spec });
    return { id: key.id, caller: test.app.as(key.secret) };
  };

  it.each<
    [string, (caller: Client, path: string, hub: TestHub) => PromiseLike<{ status: number; body: unknown }>, string]
  >([
    ['deleted', (caller, path) => caller.delete(path), '403.not-allowed'],
    ['demoted', (caller, path, hub) => caller.patch(path, { role_id: hub.roles.admin }), '403.not-allowed'],
    ['given an end', (caller, path) => caller.patch(path, { expires_at: ends }), '403.not-allowed'],
    ['locked out by its addresses', (caller, path) => caller.patch(path, { ips: NEVER_HERE }), '422.invalid-argument'],
  ])('cannot be %s', async (_, act, code) => {
    const { hub, owner, ownerId } = await ownedHub(test.app);

    const answer = await leavesAlone(test.app, hub, () => act(owner, pathOf({ id: ownerId }), hub));

    expect(refusalOf(answer)).toMatchObject({ code, detail: expect.stringContaining('last root key') });
    await owner.get(WHOAMI).expect(200);
  });

  it('is not saved by a second one that ends, is deleted, or was demoted', async () => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    await secondRoot(hub, { expiresAt: ends });
    await owner.delete(pathOf(await secondRoot(hub))).expect(200);
    await owner.patch(pathOf(await secondRoot(hub)), { role_id: hub.roles.admin }).expect(200);

    const answer = await leavesAlone(test.app, hub, () => owner.delete(pathOf({ id: ownerId })).expect(403));

    expect(refusalOf(answer).code).toBe('403.not-allowed');
  });

  it('is not saved by a second one that works from other addresses only: it may work nowhere', async () => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    const second = await secondRoot(hub);
    await owner.patch(pathOf(second), { ips: NEVER_HERE }).expect(200);

    const answers = await leavesAlone(test.app, hub, async () => [
      await owner.delete(pathOf({ id: ownerId })),
      await owner.patch(pathOf({ id: ownerId }), { role_id: hub.roles.admin }),
      await owner.patch(pathOf({ id: ownerId }), { ips: NEVER_HERE }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 422]);
  });

  it('may be confined to addresses that hold the one it calls from', async () => {
    const { owner, ownerId } = await ownedHub(test.app);

    await owner
      .from('192.0.2.7')
      .patch(pathOf({ id: ownerId }), { ips: ['192.0.2.0/24'] })
      .expect(200);

    expect((await owner.from('192.0.2.8').get(WHOAMI)).status).toBe(200);
    expect((await owner.from('198.51.100.1').get(WHOAMI)).status).toBe(403);
  });

  it.each<[string, (hub: TestHub) => Json | null]>([
    ['deleted', () => null],
    ['demoted', (hub) => ({ role_id: hub.roles.admin, ips: ['192.0.2.7'] })],
    ['given an end', () => ({ expires_at: ends, ips: ['192.0.2.7'] })],
  ])('may be %s when another one works from there', async (_, edit) => {
    const { hub, ownerId } = await ownedHub(test.app);
    const { caller } = await secondRoot(hub, { ips: ['192.0.2.7'] });
    const second = caller.from('192.0.2.7');
    const body = edit(hub);

    await (body ? second.patch(pathOf({ id: ownerId }), body) : second.delete(pathOf({ id: ownerId }))).expect(200);

    expect((await second.get(WHOAMI)).status).toBe(200);
  });

  const races: [string, (caller: Client, target: string, hub: TestHub) => PromiseLike<{ status: number }>][] = [
    ['delete', (caller, target) => caller.delete(target)],
    ['demote', (caller, target, hub) => caller.patch(target, { role_id: hub.roles.analyst })],
    ['put an end to', (caller, target) => caller.patch(target, { expires_at: ends })],
    ['lock out', (caller, target) => caller.patch(target, { ips: NEVER_HERE })],
  ];

  it.each(races)('stays when two root keys %s each other at once', async (_, act) => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    const { id, caller } = await secondRoot(hub);

    await Promise.all([act(owner, pathOf({ id }), hub), act(caller, pathOf({ id: ownerId }), hub)]);

    expect(await waysInto([owner, caller])).not.toEqual([]);
  });

  it.each(races)('stays when two root keys %s themselves at once', async (_, act) => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    const { id, caller } = await secondRoot(hub);

    const answers = await Promise.all([act(owner, pathOf({ id: ownerId }), hub), act(caller, pathOf({ id }), hub)]);

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await waysInto([owner, caller])).toHaveLength(1);
  });
});

/** Those of the keys that still are root, never end, and work. */
async function waysInto(callers: readonly Client[]): Promise<Json[]> {
  const answers = await Promise.all(callers.map((caller) => caller.get(WHOAMI)));
  return answers
    .filter(({ status }) => status === 200)
    .map((answer) => dataOf<{ role: { root: boolean }; expires_at: string | null }>(answer))
    .filter(({ role, expires_at }) => role.root && expires_at === null);
}
