import { beforeAll, describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import { type KeySpec, type RotatedKey, type TestHub, type TestKey } from '../support/factory.js';
import {
  API_KEYS,
  dataOf,
  type Json,
  keyPath,
  leavesAlone,
  NO_ID,
  ownedHub,
  type Refusal,
  refusalOf,
  toldBy,
  WHOAMI,
} from '../support/management.js';
import { hold, holdWatch, poll } from '../support/stillness.js';
import { dumpDecisions } from '../support/table-dump.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();
const WEEK_S = 604_800;

beforeAll(async () => {
  await hold(test.app);
  await holdWatch(test.app);
});

const rotatePath = (key: { id: unknown }): string => `${keyPath(key)}/rotate`;
const inSeconds = (seconds: number): string => new Date(test.app.clock.now() + seconds * 1000).toISOString();

/** Asks for a rotation that must be refused, and must change no table. */
async function refused(caller: Client, key: { id: unknown }, status: number, body?: object | string): Promise<Refusal> {
  const before = await dumpDecisions(test.app.database);
  const answer = await caller.post(rotatePath(key), body);
  expect(answer.status).toBe(status);
  expect(await dumpDecisions(test.app.database)).toEqual(before);
  return refusalOf(answer);
}

async function scene(spec: Partial<KeySpec> = {}): Promise<{ hub: TestHub; owner: Client; key: TestKey }> {
  const { hub, owner } = await ownedHub(test.app);
  return { hub, owner, key: await test.app.create.integrationKey(hub, spec) };
}

describe('422: an overlap', () => {
  it.each<[string, unknown, string]>([
    ['below 0', -1, '422.invalid-argument'],
    ['that is not whole', 0.5, '422.invalid-argument'],
    ['that is text', '60', '422.invalid-argument'],
    ['that is null', null, '422.invalid-argument'],
    ['that is true', true, '422.invalid-argument'],
    ['that is a list', [60], '422.invalid-argument'],
    ['that is an object', {}, '422.invalid-argument'],
    ['a second beyond what the hub allows', WEEK_S + 1, '422.max-exceeded'],
    ['beyond what any hub may allow', 90 * 86_400 + 1, '422.max-exceeded'],
    ['beyond every number that is exact', 1e300, '422.max-exceeded'],
  ])('%s', async (_, overlap_seconds, code) => {
    const { owner, key } = await scene();

    const refusal = await refused(owner, key, 422, { overlap_seconds });

    expect(refusal).toMatchObject({ code, source: '/overlap_seconds' });
  });

  it('beyond what this hub allows, naming how much that is', async () => {
    const { owner, key } = await scene();
    await owner.patch('/v1/hubs/current', { security: { rotation: { max_overlap_seconds: 60 } } }).expect(200);

    const refusal = await refused(owner, key, 422, { overlap_seconds: 61 });

    expect(refusal).toMatchObject({ code: '422.max-exceeded', extra: { max_overlap_seconds: 60 } });
    expect(refusal.detail).toContain('at most 60 seconds');
    await owner.post(rotatePath(key), { overlap_seconds: 60 }).expect(201);
  });

  it('that is infinite in JSON: no number at all', async () => {
    const { owner, key } = await scene();

    expect((await refused(owner, key, 422, '{"overlap_seconds":1e999}')).code).toBe('422.invalid-argument');
  });

  it.each<[string, object | string]>([
    ['an unknown field', { overlap_seconds: 0, secret: 'mine' }],
    ['a field of another name', { overlap: 0 }],
    ['a list', []],
    ['a text', '"0"'],
    ['null', 'null'],
  ])('422: or a body with %s', async (_, body) => {
    const { owner, key } = await scene();

    expect((await refused(owner, key, 422, body)).code).toBe('422.invalid-argument');
  });

  it('400: or a body that is no JSON', async () => {
    const { owner, key } = await scene();

    expect((await refused(owner, key, 400, '{"overlap_seconds":')).code).toMatch(/^400\./);
  });
});

describe('a key that cannot be rotated', () => {
  it('403.invalid-state: one that is switched off', async () => {
    const { owner, key } = await scene();
    await owner.patch(keyPath(key), { state: 'inactive' }).expect(200);

    expect(await refused(owner, key, 403)).toMatchObject({
      code: '403.invalid-state',
      detail: expect.stringContaining('"live"'),
    });
  });

  it('403.expired: one that has expired, naming when', async () => {
    const expiresAt = inSeconds(60);
    const { owner, key } = await scene({ expiresAt });
    test.app.clock.advance(60_000);
    await poll(test.app);

    expect(await refused(owner, key, 403)).toMatchObject({
      code: '403.expired',
      detail: expect.stringContaining(expiresAt),
    });
  });

  it('409.rotation-running: one whose rotation is not over, naming the secret and its end', async () => {
    const { hub, owner, key } = await scene();
    const { replacedId } = await test.app.create.rotate(hub, key, 60);
    const ends_at = inSeconds(60);

    for (const overlap_seconds of [0, 60]) {
      const refusal = await refused(owner, key, 409, { overlap_seconds });
      expect(refusal).toMatchObject({ code: '409.rotation-running', extra: { secret: replacedId, ends_at } });
    }
  });

  it('404: foreign, deleted, never issued and malformed ids, all alike', async () => {
    const { hub, owner } = await scene();
    const deleted = await test.app.create.key({ hub });
    await owner.delete(keyPath(deleted)).expect(200);
    const { key: foreign } = await scene();
    const ids = [foreign.id, deleted.id, NO_ID, 'x', `${foreign.id}%20`, '%00'];

    const before = await dumpDecisions(test.app.database);
    const answers: ReturnType<typeof toldBy>[] = [];
    for (const id of ids) {
      answers.push(toldBy(await owner.post(rotatePath({ id }), { overlap_seconds: 0 }).expect(404)));
    }

    expect(answers[0].error.code).toBe('404.hub.api-key');
    expect(answers).toEqual(ids.map(() => answers[0]));
    expect(await dumpDecisions(test.app.database)).toEqual(before);
  });
});

describe('the ceiling of a rotation', () => {
  const manager = async (hub: TestHub, spec: Partial<KeySpec> = {}) => {
    const key = await test.app.create.key({ hub, capabilities: ['api-keys-manage'], rank: 5, ...spec });
    return { key, caller: test.app.as(key.secret) };
  };
  const missing = ({ extra }: Refusal): unknown => extra?.['missing'];

  it('403: whoever may not manage keys rotates none, not even the own one', async () => {
    const { hub } = await scene();
    const key = await test.app.create.key({ hub, capabilities: ['groups-manage'] });

    const refusal = await refused(test.app.as(key.secret), key, 403);

    expect(refusal.extra).toEqual({ capability: 'api-keys-manage' });
  });

  it('201: a key rotates a sibling of its role, one that ranks below, and itself', async () => {
    const { hub } = await scene();
    const { key, caller } = await manager(hub);
    const sibling = await test.app.create.key({ hub, roleId: key.roleId });
    const lower = await test.app.create.key({ hub, roleId: hub.roles['integration'] });

    for (const target of [sibling, lower, key]) {
      expect((await caller.post(rotatePath(target), { overlap_seconds: 60 })).status).toBe(201);
    }
  });

  it.each<[string, (hub: TestHub) => Promise<Partial<KeySpec>>, string]>([
    ['ranks higher', async (hub) => ({ roleId: hub.roles['admin'] }), 'rank above 7 (the key\'s role is "admin")'],
    ['is root', async (hub) => ({ roleId: hub.roles['owner'] }), 'rank above 10 (the key\'s role is "owner")'],
    [
      'has the same rank in another role',
      async () => ({ rank: 5 }),
      'rank above 5 (the key\'s role is "made-for-test")',
    ],
    ['may more', async () => ({ capabilities: ['groups-manage'], rank: 1 }), 'capability groups-manage'],
    ['has more scopes', async () => ({ rank: 1, scopes: ['write:lists'] }), 'scope write:lists'],
    [
      'has a group with more rights',
      async (hub) => ({ rank: 1, groupId: await test.app.create.group(hub, ['read']) }),
      'group permission lists:*:read',
    ],
  ])('403: nobody rotates a key that %s', async (_, spec, lacking) => {
    const { hub } = await scene();
    const { caller } = await manager(hub);
    const target = await test.app.create.key({ hub, ...(await spec(hub)) });

    expect(missing(await refused(caller, target, 403, { overlap_seconds: 0 }))).toEqual([lacking]);
  });

  it('403: nor one that works from more addresses, even as root', async () => {
    const { hub } = await scene();
    const ips = ['192.0.2.0/24'];
    const confined = await manager(hub, { roleId: hub.roles['owner'], ips });
    const caller = confined.caller.from('192.0.2.1');
    const open = await test.app.create.key({ hub, roleId: hub.roles['integration'] });

    expect(missing(await refused(caller, open, 403))).toEqual([
      'use from addresses beyond 192.0.2.0/24 (send ips within these)',
    ]);
    await caller.post(rotatePath(confined.key), {}).expect(201);
  });

  it('403: nor one that outlives it, even as root; its own end stays where it is', async () => {
    const { hub, owner } = await scene();
    const expiresAt = inSeconds(3600);
    const ending = await manager(hub, { roleId: hub.roles['owner'], expiresAt });
    const lasting = await test.app.create.key({ hub, roleId: hub.roles['integration'] });

    expect(missing(await refused(ending.caller, lasting, 403))).toEqual([
      `life beyond ${expiresAt} (send an expires_at not later)`,
    ]);
    const { secret } = dataOf<{ secret: string }>(await ending.caller.post(rotatePath(ending.key), {}).expect(201));
    expect(dataOf(await owner.get(keyPath(ending.key)))).toMatchObject({ expires_at: expiresAt });
    test.app.clock.advance(3_600_000);
    await poll(test.app);
    await test.app.as(secret).get(WHOAMI).expect(401);
  });
});

describe('a secret in its last hour', () => {
  const ENDS_IN_S = 3600;

  /** The old secret of a key that may do everything, a root key unless said, and its new one. */
  async function lastHour(roleId?: string): Promise<{ hub: TestHub; old: Client; key: RotatedKey; ends: string }> {
    const hub = await test.app.create.hub();
    await test.app.create.ownerKey(hub);
    const first = await test.app.create.key({ hub, roleId: roleId ? hub.roles[roleId] : hub.roles['owner'] });
    const key = await test.app.create.rotate(hub, first, ENDS_IN_S);
    return { hub, old: test.app.as(first.secret), key, ends: inSeconds(ENDS_IN_S) };
  }
  const hint = (ends: string): string => `life beyond ${ends} (your secret ends then: use the newer one)`;

  it.each(['owner', 'admin'])('of an %s leaves nothing behind that outlives it', async (role) => {
    const { hub, old, key, ends } = await lastHour(role);
    const target = await test.app.create.key({ hub, roleId: hub.roles['integration'] });
    const body = { name: 'for ever', role_id: hub.roles['integration'] };
    const later = new Date(Date.parse(ends) + 1).toISOString();

    const answers = await leavesAlone(test.app, hub, async () => [
      await old.post(API_KEYS, { ...body, expires_at: null }),
      await old.post(API_KEYS, { ...body, expires_at: later }),
      await old.post(rotatePath(key), { overlap_seconds: 0 }),
      await old.post(rotatePath(target), { overlap_seconds: 0 }),
      await old.patch(keyPath(target), { name: 'mine' }),
      await old.patch(keyPath(target), { expires_at: later }),
      await old.patch(keyPath(key), { expires_at: null }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
    expect(answers.map((answer) => missingIn(answer))).toEqual(answers.map(() => [hint(ends)]));
  });

  it('passes its own end on to what it makes, and may rotate and edit that', async () => {
    const { hub, old, ends } = await lastHour();
    const body = { name: 'for an hour', role_id: hub.roles['integration'] };
    const made = dataOf(await old.post(API_KEYS, body).expect(201));

    expect(made).toMatchObject({ expires_at: ends });
    const { secret } = dataOf(await old.post(rotatePath({ id: made['id'] }), {}).expect(201));
    await old.patch(keyPath({ id: made['id'] }), { name: 'still for an hour' }).expect(200);
    test.app.clock.advance(ENDS_IN_S * 1000);
    await poll(test.app);
    await test.app.as(String(secret)).get(WHOAMI).expect(401);
  });

  it('hinders the new one in nothing', async () => {
    const { hub, key } = await lastHour();
    const caller = test.app.as(key.secret);

    const body = { name: 'lasting', role_id: hub.roles['integration'], expires_at: null };
    const made = dataOf(await caller.post(API_KEYS, body).expect(201));
    expect((await caller.post(rotatePath({ id: made['id'] }), {})).status).toBe(201);
  });

  const missingIn = (answer: { status: number; body: unknown }): Json[string] => refusalOf(answer).extra?.['missing'];
});
