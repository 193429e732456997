import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { type Client } from '../support/client.js';
import { API_KEYS, dataOf, GROUPS, keyPath, leavesAlone, ownedHub, refusalOf, ROLES } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';
import { keyed, newKey, POST_NAMES, POSTS, recordsOf, rowsIn } from './support/posts.js';

const test = useTestApp();

describe.each(POST_NAMES)('%s, sent again under its key', (name) => {
  it('has one effect and gets the same answer', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { path, body, table } = await POSTS[name](test.app, hub);
    const caller = keyed(owner);
    const first = await caller.post(path, body).expect(201);
    const rows = await rowsIn(test.app, table, hub);

    const again = await leavesAlone(test.app, hub, () => caller.post(path, body));
    expect({ status: again.status, text: again.text, etag: again.headers['etag'] }).toEqual({
      status: first.status,
      text: first.text,
      etag: first.headers['etag'],
    });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(await rowsIn(test.app, table, hub)).toEqual(rows);
    expect(again.headers['cache-control']).toBe('no-store');
  });

  it('is the same request whatever the order of its properties', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { path, body } = await POSTS[name](test.app, hub);
    const caller = keyed(owner);
    await caller.post(path, body).expect(201);

    const turned = Object.fromEntries(Object.entries(body).toReversed());
    expect((await caller.post(path, turned).expect(201)).headers['idempotency-replayed']).toBe('true');
  });

  it('without a key, keeps no answer', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { path, body } = await POSTS[name](test.app, hub);
    const { headers } = await owner.post(path, body).expect(201);

    expect(headers['idempotency-replayed']).toBeUndefined();
    expect(await recordsOf(test.app, hub)).toEqual([]);
  });
});

describe('one key', () => {
  const role = { identifier: 'night-shift', rank: 1 };

  it('with another body is a 409 that says so, and does nothing', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const caller = keyed(owner);
    await caller.post(ROLES, role).expect(201);

    for (const body of [{ ...role, rank: 2 }, { ...role, name: null }, {}, undefined]) {
      const answer = await leavesAlone(test.app, hub, () => caller.post(ROLES, body));
      expect(answer.status).toBe(409);
      expect(refusalOf(answer)).toMatchObject({
        code: '409.idempotency-key-reused',
        source: '/header/Idempotency-Key',
      });
    }
  });

  it('stands for something else with another caller, hub, route or thing', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const other = test.app.as((await test.app.create.ownerKey(hub)).secret);
    const elsewhere = (await ownedHub(test.app)).owner;
    const key = newKey();
    const things = [await test.app.create.key({ hub, capabilities: [] }), await test.app.create.key({ hub })];
    const sent: [Client, string, object][] = [
      [owner, ROLES, role],
      [other, ROLES, role],
      [elsewhere, ROLES, role],
      [owner, GROUPS, { name: 'Warehouse' }],
      ...things.map((thing): [Client, string, object] => [owner, `${keyPath(thing)}/rotate`, {}]),
    ];

    for (const [caller, path, body] of sent) {
      const { headers } = await keyed(caller, key).post(path, body).expect(201);
      expect(headers['idempotency-replayed']).toBeUndefined();
    }
    expect((await rowsIn(test.app, 'role', hub)).filter(({ identifier }) => identifier === 'night-shift')).toHaveLength(
      2,
    );
  });

  it('is the same for both secrets of a key that is being rotated', async () => {
    const { hub } = await ownedHub(test.app);
    const before = await test.app.create.ownerKey(hub);
    const key = newKey();
    await keyed(test.app.as(before.secret), key).post(ROLES, role).expect(201);
    const after = await test.app.create.rotate(hub, before);

    const { headers } = await keyed(test.app.as(after.secret), key).post(ROLES, role).expect(201);
    expect(headers['idempotency-replayed']).toBe('true');
  });

  it.each(['', ' ', 'a b', 'a, b', 'x'.repeat(256), 'schlüssel', '\ta\tb'])(
    'that reads %j is refused and does nothing',
    async (key) => {
      const { hub, owner } = await ownedHub(test.app);

      const answer = await leavesAlone(test.app, hub, () => keyed(owner, key).post(ROLES, role));
      expect(answer.status).toBe(422);
      expect(refusalOf(answer)).toMatchObject({ code: '422.invalid-argument', source: '/header/Idempotency-Key' });
    },
  );

  it.each(['x', 'x'.repeat(255), '"8e03978e-40d5-43dd-bc93-6894a57f9324"', '!~'])('may read %j', async (key) => {
    const { owner } = await ownedHub(test.app);

    await keyed(owner, key).post(ROLES, role).expect(201);
    expect((await keyed(owner, key).post(ROLES, role)).headers['idempotency-replayed']).toBe('true');
  });
});

describe('the header', () => {
  it('means nothing to other methods and at the public door', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const list = await test.app.create.list(hub);
    const integrator = keyed(await test.app.create.integrator(hub), 'x');
    const id = await test.app.create.role(hub, [], 0);
    const item = { listName: list.name, data: { Quantity: 1 } };

    for (const name of ['One', 'Two']) {
      await keyed(owner, 'x').patch(`${ROLES}/${id}`, { name }).expect(200);
      await integrator.post('/public-api/v1/lists/items', item).expect(200);
    }
    expect(dataOf(await owner.get(`${ROLES}/${id}`))['name']).toBe('Two');
    expect(await rowsIn(test.app, 'list', hub)).toMatchObject([{ row_count: 2 }]);
    expect(await recordsOf(test.app, hub)).toEqual([]);
  });

  it('lets nobody in who would not get in without it', async () => {
    const { hub } = await ownedHub(test.app);
    const powerless = await test.app.create.caller({ hub, capabilities: [] });

    await keyed(powerless).post(ROLES, {}).expect(403);
    await keyed(test.app.anonymous).post(ROLES, {}).expect(401);
    await keyed(powerless, '').post(ROLES, {}).expect(403);
    expect(await recordsOf(test.app, hub)).toEqual([]);
  });
});

describe('a refusal', () => {
  it('keeps nothing: the key is free for the right request', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const caller = keyed(owner);
    await caller.post(GROUPS, { name: 'Warehouse', colour: 'red' }).expect(422);
    await caller.post(GROUPS, '{').expect(400);
    await test.app.create.group(hub);
    expect(await recordsOf(test.app, hub)).toEqual([]);

    const { headers } = await caller.post(GROUPS, { name: 'Warehouse' }).expect(201);
    expect(headers['idempotency-replayed']).toBeUndefined();
    const late = keyed(owner);
    const answer = await leavesAlone(test.app, hub, () => late.post(GROUPS, { name: 'Warehouse' }));
    expect(answer.status).toBe(409);
    await owner.delete(`${GROUPS}/${String(dataOf(await caller.post(GROUPS, { name: 'Warehouse' }))['id'])}`);
    await late.post(GROUPS, { name: 'Warehouse' }).expect(201);
  });
});

describe('the repetition is refused', () => {
  const role = { identifier: 'night-shift', rank: 4 };

  it('once the caller is revoked', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const key = await test.app.create.key({ hub, roleId: hub.roles['owner'] });
    const caller = keyed(test.app.as(key.secret));
    await caller.post(ROLES, role).expect(201);
    await owner.delete(keyPath(key)).expect(200);

    expect((await leavesAlone(test.app, hub, () => caller.post(ROLES, role))).status).toBe(401);
  });

  it('once the caller lacks the capability', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const key = await test.app.create.key({ hub, capabilities: ['hubs-roles-manage'] });
    const caller = keyed(test.app.as(key.secret));
    await caller.post(ROLES, role).expect(201);
    await owner.patch(`${ROLES}/${key.roleId}`, { capabilities: { all: false, specific: [] } }).expect(200);

    expect((await leavesAlone(test.app, hub, () => caller.post(ROLES, role))).status).toBe(403);
  });

  it('once the caller could not grant that any more, and is allowed again when it can', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const key = await test.app.create.key({ hub, capabilities: ['hubs-roles-manage'], rank: 5 });
    const caller = keyed(test.app.as(key.secret));
    const first = await caller.post(ROLES, role).expect(201);
    await owner.patch(`${ROLES}/${key.roleId}`, { rank: 4 }).expect(200);

    const answer = await leavesAlone(test.app, hub, () => caller.post(ROLES, role));
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain(String(dataOf(first)['id']));
    expect(answer.headers['etag']).toBeUndefined();
    await owner.patch(`${ROLES}/${key.roleId}`, { rank: 5 }).expect(200);
    expect((await caller.post(ROLES, role).expect(201)).text).toBe(first.text);
  });

  it('once the thing that it was about is gone', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const key = await test.app.create.key({ hub });
    const caller = keyed(owner);
    await caller.post(`${keyPath(key)}/rotate`, {}).expect(201);
    await owner.delete(keyPath(key)).expect(200);

    const answer = await caller.post(`${keyPath(key)}/rotate`, {}).expect(404);
    expect(refusalOf(answer).code).toBe('404.hub.api-key');
  });

  it('but not when what it made is gone, or in its own way', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const caller = keyed(owner);
    const body = { name: 'ERP sync', role_id: hub.roles['integration'] };
    const first = await caller.post(API_KEYS, body).expect(201);
    await owner.delete(`${API_KEYS}/${String(dataOf(first)['id'])}`).expect(200);

    expect((await leavesAlone(test.app, hub, () => caller.post(API_KEYS, body).expect(201))).text).toBe(first.text);
  });
});

describe('any sequence of requests', () => {
  it('has one effect for each pair of caller and key, and one answer', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const callers = [owner, test.app.as((await test.app.create.ownerKey(hub)).secret)] as const;
    const request = fc.record({ caller: fc.nat(1), key: fc.constantFrom('a', 'b', null), rank: fc.nat(2) });
    const rolesNow = async () => (await rowsIn(test.app, 'role', hub)).length;

    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 8 }), async (requests) => {
        const run = newKey();
        const known = new Map<string, { rank: number; text: string }>();
        for (const { caller, key, rank } of requests) {
          const client = callers[caller === 0 ? 0 : 1];
          const before = await rolesNow();
          const name = key && `${run}${key}`;
          const body = { identifier: 'any', rank };
          const { status, text } = await (name === null ? client : keyed(client, name)).post(ROLES, body);
          const earlier = known.get(`${caller}${name}`);
          const made = (await rolesNow()) - before;
          const repeated = earlier?.rank === rank;
          expect({ status, made, text: repeated ? text : '' }).toEqual({
            status: earlier && !repeated ? 409 : 201,
            made: earlier ? 0 : 1,
            text: repeated ? earlier.text : '',
          });
          if (!earlier && name !== null) {
            known.set(`${caller}${name}`, { rank, text });
          }
        }
      }),
      { numRuns: 15 },
    );
  });
});
