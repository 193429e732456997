import { type QueryRunner } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { FillApiKeyHandle1763769670030 } from '../../migrations/1763769670030-fill-api-key-handle.js';
import { newId } from '../../src/common/ids.js';
import { ApiKey } from '../../src/modules/api-key/api-key.entity.js';
import { type TestHub } from '../support/factory.js';
import { API_KEYS, leavesAlone, ownedHub } from '../support/management.js';
import { rawRequest } from '../support/raw-request.js';
import { statementsOf, tamper } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';
import { ACCOUNT_KEYS, idOf, makeKey, pathOf, readKey, readKeys } from './support.js';

const test = useTestApp();

const namesOf = async (caller: Parameters<typeof readKeys>[0]): Promise<string[]> =>
  (await readKeys(caller)).map(({ name }) => name);

describe('the name of a key at the account door', () => {
  it('is given from its name where it was made, with a number behind it where that is taken', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const body = { role_id: hub.roles.integration };
    await makeKey(owner, 'erp-3');
    for (const name of ['ERP', 'erp', ' Erp ', 'erp']) {
      await owner.post(API_KEYS, { ...body, name }).expect(201);
    }
    expect(await namesOf(owner)).toEqual(['owner', 'erp-3', 'ERP', 'erp-2', 'Erp-4', 'erp-5']);
  });

  it('stays when the key is renamed, and so stays taken; the new name is free', async () => {
    const { owner } = await ownedHub(test.app);
    const key = await makeKey(owner, 'before');
    await owner.patch(`${API_KEYS}/${idOf(key)}`, { name: 'after' }).expect(200);

    expect(await readKey(owner, 'before')).toMatchObject({ name: 'before', created: key.created });
    await owner.get(pathOf('after')).expect(404);
    await owner.post(ACCOUNT_KEYS, { name: 'before' }).expect(409);
    await makeKey(owner, 'after');
  });

  it('is one’s own hub’s: others have the same', async () => {
    const { owner } = await ownedHub(test.app);
    const { owner: neighbour } = await ownedHub(test.app);
    expect(idOf(await makeKey(owner, 'shared'))).not.toBe(idOf(await makeKey(neighbour, 'shared')));
  });

  it.each([
    'CI/CD Pipeline Key',
    'a b+c&d=e?f#g%h%2Fi',
    '..\\..\\x',
    '…/../x',
    '%2e%2e',
    'naïve Ünïcödé Ωμέγα',
    '鍵🔑',
    '<script>alert(1)</script>',
    "'; DROP TABLE api_key; --",
    '__proto__',
    'constructor',
    'a_b%c',
    'x'.repeat(200),
    '鍵'.repeat(200),
  ])('can be %j, and is found so and as nothing else', async (name) => {
    const { owner } = await ownedHub(test.app);
    const made = await makeKey(owner, name);
    expect(made.name).toBe(name);
    expect(idOf(await readKey(owner, name))).toBe(idOf(made));
    await owner.get(`${pathOf(name)}x`).expect(404);
    await owner.delete(pathOf(name)).expect(204);
    expect(await namesOf(owner)).toEqual(['owner']);
  });

  it('is compared without case and width, however it is written: one key has one name, and no other looks alike', async () => {
    const { owner } = await ownedHub(test.app);
    const key = await makeKey(owner, 'Straße Ａ');
    const alike = ['straße a', 'STRASSE A', ' Straße A ', 'StraSSe\u00a0A'];
    for (const name of alike) {
      expect(idOf(await readKey(owner, name))).toBe(idOf(key));
      await owner.post(ACCOUNT_KEYS, { name }).expect(409);
    }
    const escapes = ['%53tra%C3%9Fe%20A', 'stra%73%53e%20%EF%BC%A1'];
    for (const escaped of escapes) {
      expect((await owner.get(`${ACCOUNT_KEYS}/${escaped}`)).status).toBe(200);
    }
    for (const name of ['Straße', 'Straße A-2', 'Strasse%20A', 'Straße A\u0000', 'Straße A\u200b\u200b x']) {
      await owner.get(pathOf(name)).expect(404);
      await owner.delete(pathOf(name)).expect(404);
    }
  });

  it('is decoded once: a name that is an escape is not what it stands for', async () => {
    const { owner } = await ownedHub(test.app);
    await makeKey(owner, 'a/b');
    await owner.get(`${ACCOUNT_KEYS}/a%252Fb`).expect(404);
    await owner.get(`${ACCOUNT_KEYS}/a/b`).expect(404);
    await owner.get(`${ACCOUNT_KEYS}/a%2fb`).expect(200);
    await owner.get(`${ACCOUNT_KEYS}/a%2Gb`).expect(400);
  });

  it('that looks like a masked key, a key or an id stands for the key that is called so and for no other', async () => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    const masked = `hgk_${ownerId}_****`;
    for (const path of [masked, ownerId, `${masked}%00`, `hgk_${ownerId}_`]) {
      await leavesAlone(test.app, hub, () => owner.delete(`${ACCOUNT_KEYS}/${path}`).expect(404));
    }
    const decoy = await makeKey(owner, masked);
    const reader = await test.app.create.caller({ hub, capabilities: ['api-keys-manage'], rank: 9 });
    expect(idOf(await readKey(reader, masked))).toBe(idOf(decoy));
    await test.app.as(masked).get(ACCOUNT_KEYS).expect(401);
    await owner.delete(pathOf(masked)).expect(204);
    expect((await readKeys(owner)).map(idOf)).toContain(ownerId);
  });

  it('cannot leave the collection by dots, which other doors may have in a name', async () => {
    const { hub, owner } = await ownedHub(test.app);
    for (const name of ['.', '..']) {
      await owner.post(API_KEYS, { name, role_id: hub.roles.integration }).expect(201);
    }
    expect(await namesOf(owner)).toEqual(['owner', '.-2', '..-2']);
    const { secret } = await test.app.create.ownerKey(hub);
    for (const dots of ['.', '..', '%2e', '%2E%2e']) {
      const answer = await rawRequest(
        test.app,
        `${ACCOUNT_KEYS}/${dots}`,
        [`authorization: Bearer ${secret}`],
        'DELETE',
      );
      expect(answer.status).toBe(404);
    }
    expect(await readKeys(owner)).toHaveLength(4);
  });

  it('of 257 characters is an address without a route', async () => {
    const { owner } = await ownedHub(test.app);
    expect((await owner.get(pathOf('x'.repeat(256)))).body).toMatchObject({ code: '404.hub.api-key' });
    expect((await owner.get(pathOf('x'.repeat(257)))).body).toMatchObject({ code: '404.uri' });
  });
});

describe('two who want one name at once', () => {
  it('are one who gets it and one who is told of it, every time', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const other = await test.app.secondNode();
    try {
      const there = other.as((await test.app.create.ownerKey(hub)).secret);
      for (let round = 0; round < 10; round += 1) {
        const name = `race ${round}`;
        const answers = await Promise.all([owner, there].map((caller) => caller.post(ACCOUNT_KEYS, { name })));
        expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409]);
      }
    } finally {
      await other.stop();
    }
  });

  it('at doors without conflicts are two with different names', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const body = { name: 'alike', role_id: hub.roles.integration };
    await Promise.all(Array.from({ length: 8 }, () => owner.post(API_KEYS, body).expect(201)));
    expect(new Set(await namesOf(owner)).size).toBe(9);
  });
});

/** Keys of before: of one name, without any handle. */
async function oldKeys(hub: TestHub, name: string, count: number): Promise<void> {
  const { id } = await test.app.create.key({ hub, name });
  await test.app.database.transaction(async (tx) => {
    const key = await tx.findOneByOrFail(ApiKey, { id });
    const none = { handle: null, handleKey: null };
    await tx.update(ApiKey, { id }, none);
    const ids = Array.from({ length: count - 1 }, (_, made) => newId(key.createdAt + made + 1));
    const rows = ids.map((one) => Object.assign(new ApiKey(), key, none, { id: one }));
    for (let start = 0; start < rows.length; start += 100) {
      await tx.insert(ApiKey, rows.slice(start, start + 100));
    }
  });
}

const fill = (): Promise<void> =>
  test.app.database.transaction((tx) =>
    new FillApiKeyHandle1763769670030().up(tx.queryRunner as unknown as QueryRunner),
  );

describe('a thousand keys of one name', () => {
  it('get their handles from the migration, which can be run again, and the next one in few looks', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await oldKeys(hub, 'Sensor', 1000);

    const looks = await statementsOf(test.app, fill);
    expect(looks).toBeLessThan(2200);
    const names = await namesOf(owner);
    await fill();

    const numbered = Array.from({ length: 1000 }, (_, index) => (index === 0 ? 'Sensor' : `Sensor-${index + 1}`));
    expect(names).toEqual(['owner', ...numbered]);
    expect(await namesOf(owner)).toEqual(names);
    const body = { name: 'sensor', role_id: hub.roles.integration };
    const statements = await statementsOf(test.app, () => owner.post(API_KEYS, body).expect(201));
    const usual = await statementsOf(test.app, () => owner.post(API_KEYS, { ...body, name: 'other' }).expect(201));
    expect(statements - usual).toBeLessThanOrEqual(22);
    expect((await namesOf(owner)).at(-2)).toBe('sensor-1001');
  }, 120_000);

  it('of which some had got theirs before a process died keep those', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await oldKeys(hub, 'Half', 6);
    await fill();
    const before = await namesOf(owner);
    const lost =
      "UPDATE api_key SET handle = NULL, handle_key = NULL WHERE hub_id = ? AND handle_key IN ('half', 'half-4')";
    await tamper(test.app, [lost, [hub.id]]);

    await fill();

    expect((await namesOf(owner)).sort()).toEqual(before.sort());
  });

  it('that have ended get none', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await makeKey(owner, 'over');
    await owner.delete(pathOf('over')).expect(204);
    await fill();
    const sql = 'SELECT handle, handle_key FROM api_key WHERE hub_id = ? AND deleted_at IS NOT NULL';
    expect(await test.app.database.query(sql, [hub.id])).toEqual([{ handle: null, handle_key: null }]);
  });
});
