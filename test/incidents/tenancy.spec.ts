import { describe, expect, it } from 'vitest';
import { abilityCacheKey, ALL_SCOPES, platformPrincipal, type PrincipalRecord } from '../../src/access/index.js';
import { type Client } from '../support/client.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

const CURRENT = '/v1/hubs/current';
const LISTS = '/public-api/v1/lists';
const ITEMS = `${LISTS}/items`;

type Caps = PrincipalRecord['role']['capabilities'];
type Lists = NonNullable<PrincipalRecord['group']>['permissions']['lists'];

function record(hubId: string, capabilities: Caps, lists: Lists | null): PrincipalRecord {
  const { record: platform } = platformPrincipal(hubId);
  const group = lists && { id: 'g', name: 'g', permissions: { lists } };
  return { ...platform, role: { ...platform.role, root: false, capabilities }, group };
}

const some = (...specific: string[]): Caps => ({ all: false, specific });

describe('caches and tenancy', () => {
  describe('incident 22 (CVE-2022-24812): the permissions of an admin served the next caller', () => {
    it('keeps an admin and a viewer of one hub apart, 1 000 times in turn', async () => {
      const hub = await test.app.create.hub();
      const secrets = [
        (await test.app.create.key({ hub, capabilities: ['groups-manage'] })).secret,
        (await test.app.create.key({ hub })).secret,
      ];
      const statuses: Record<string, number> = {};
      for (let round = 0; round < 500; round += 1) {
        for (const [index, secret] of secrets.entries()) {
          const headers = { authorization: `Bearer ${secret}` };
          const { statusCode } = await test.app.nest.inject({ url: `${CURRENT}/groups`, headers });
          statuses[`${index === 0 ? 'admin' : 'viewer'} ${statusCode}`] = round + 1;
        }
      }

      expect(statuses).toEqual({ 'admin 200': 500, 'viewer 403': 500 });
    });

    it('keeps their tokens apart, when all ask at once', async () => {
      const hub = await test.app.create.hub();
      const { name } = await test.app.create.list(hub);
      const writer = await test.app.create.integrator(hub);
      const reader = await test.app.create.integrator(hub, { rights: ['read'] });
      const add = (client: Client) => client.post(ITEMS, { listName: name, data: {} }).then(({ status }) => status);

      const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => add(index % 2 ? writer : reader)));

      expect(answers).toEqual(answers.map((_, index) => (index % 2 ? 200 : 403)));
    });
  });

  describe('incident 23 (CVE-2026-14199): two callers met under one cache key', () => {
    const [hub, other] = ['a'.repeat(24), `${'a'.repeat(23)}b`];
    const key = (made: PrincipalRecord, kind: 'api-key' | 'access-token' = 'api-key', scopes = ALL_SCOPES) =>
      abilityCacheKey(kind, made, scopes);
    const pairs: [string, string, string][] = [
      ['("ab", "c") and ("a", "bc")', key(record(hub, some('ab', 'c'), null)), key(record(hub, some('a', 'bc'), null))],
      ['("a,b") and ("a", "b")', key(record(hub, some('a,b'), null)), key(record(hub, some('a', 'b'), null))],
      ['("a\\",\\"b") and ("a", "b")', key(record(hub, some('a","b'), null)), key(record(hub, some('a', 'b'), null))],
      ['two hubs', key(record(hub, some('a'), null)), key(record(other, some('a'), null))],
      ['a key and its token', key(record(hub, some(), null)), key(record(hub, some(), null), 'access-token')],
      ['all and none', key(record(hub, { all: true, specific: [] }, null)), key(record(hub, some(), null))],
      ['no group and one without lists', key(record(hub, some(), null)), key(record(hub, some(), []))],
      [
        'rights moved from one list to the next',
        key(
          record(hub, some(), [
            { list_id: '1', rights: ['read', 'add'] },
            { list_id: '2', rights: [] },
          ]),
        ),
        key(
          record(hub, some(), [
            { list_id: '1', rights: ['read'] },
            { list_id: '2', rights: ['add'] },
          ]),
        ),
      ],
      [
        'a list whose id runs into its rights',
        key(record(hub, some(), [{ list_id: '1read', rights: [] }])),
        key(record(hub, some(), [{ list_id: '1', rights: ['read'] }])),
      ],
      ['one scope and another', key(record(hub, some(), []), 'api-key', 1), key(record(hub, some(), []), 'api-key', 2)],
    ];

    it.each(pairs)('tells apart: %s', (_what, one, another) => {
      expect(one).not.toBe(another);
      expect([one.length, another.length]).toEqual([44, 44]);
    });

    it('gives callers who may do the same the same one, in whatever order that was written', () => {
      const rights = [{ list_id: '1', rights: ['add', 'read'] as const }];
      const turned = [{ list_id: '1', rights: ['read', 'add'] as const }];

      expect(key(record(hub, some('a', 'b'), rights))).toBe(key(record(hub, some('b', 'a'), turned)));
    });
  });

  describe('incident 24 (CVE-2022-21673): a request was made as whoever had asked last', () => {
    it('answers 300 requests at once to 30 callers of 10 hubs, each as itself', async () => {
      const callers: { id: string; hubId: string; client: Client; url: string }[] = [];
      for (let index = 0; index < 10; index += 1) {
        const hub = await test.app.create.hub();
        const [key, another] = [await test.app.create.key({ hub }), await test.app.create.ownerKey(hub)];
        const machine = await test.app.create.integrationKey(hub);
        const token = test.app.as(await test.app.create.token(machine));
        callers.push(
          { id: key.id, hubId: hub.id, client: test.app.as(key.secret), url: `${CURRENT}/whoami` },
          { id: another.id, hubId: hub.id, client: test.app.as(another.secret), url: `${CURRENT}/whoami` },
          { id: machine.id, hubId: hub.id, client: token, url: '/public-api/v1/auth/whoami' },
        );
      }
      const asked = Array.from({ length: 10 }, () => callers).flat();

      const answers = await Promise.all(asked.map(({ client, url }) => client.get(url).expect(200)));

      const seen = answers.map(({ body }) => {
        const me = body as { data?: Me } & Me;
        const { api_key, hub } = me.data ?? me;
        return [api_key.id, hub.id];
      });
      expect(seen).toEqual(asked.map(({ id, hubId }) => [id, hubId]));
    });

    it('writes each change down under whoever made it', async () => {
      const hub = await test.app.create.hub();
      const makers = await Promise.all(
        Array.from({ length: 8 }, () => test.app.create.key({ hub, capabilities: ['groups-manage'] })),
      );

      await Promise.all(
        makers.map(({ id, secret }) =>
          test.app
            .as(secret)
            .post(`${CURRENT}/groups`, { name: `of ${id}` })
            .expect(201),
        ),
      );

      const rows = await test.app.database.query<{ actor_id: string; body: string }>(
        "SELECT actor_id, body FROM activity WHERE hub_id = ? AND event = 'hub.group.create'",
        [hub.id],
      );
      expect(rows).toHaveLength(8);
      expect(rows.filter(({ actor_id, body }) => !body.includes(`of ${actor_id}`))).toEqual([]);
    });
  });

  describe('incident 26 (CVE-2026-21721, CVE-2024-1313): the right action on the wrong thing', () => {
    it('asks for the right on the very list, not on any list', async () => {
      const hub = await test.app.create.hub();
      const mine = await test.app.create.list(hub, 'Mine');
      await test.app.create.list(hub, 'Yours');
      const filler = await test.app.create.integrator(hub);
      await filler.post(ITEMS, { listName: 'Yours', data: { Quantity: 1 } }).expect(200);
      const lists = [{ list_id: mine.id, rights: ['read', 'add', 'change', 'delete'] as const }];
      const groupId = await test.app.create.group(hub, { lists });
      const caller = await test.app.create.integrator(hub, { groupId });

      await caller.get(`${LISTS}/list?Name=Yours`).expect(404);
      await caller.post(ITEMS, { listName: 'Yours', data: {} }).expect(404);
      await caller.put(ITEMS, { listName: 'Yours', rowId: 1, data: { Quantity: 2 } }).expect(404);
      await caller.delete(ITEMS, { listName: 'Yours', rowId: 1 }).expect(404);

      const { body } = await filler.get(`${LISTS}/list?Name=Yours`).expect(200);
      expect(JSON.stringify(body)).toContain('"value":1}');
    });

    it.each(['groups', 'roles', 'lists', 'api-keys'])(
      'deletes no %s of another hub with the greatest rights in one’s own',
      async (collection) => {
        const [ours, theirs] = [await test.app.create.hub(), await test.app.create.hub()];
        const ids: Readonly<Record<string, () => Promise<string>>> = {
          groups: () => test.app.create.group(theirs, []),
          roles: () => test.app.create.role(theirs, [], 1),
          lists: async () => (await test.app.create.list(theirs)).id,
          'api-keys': async () => (await test.app.create.key({ hub: theirs })).id,
        };
        const path = `${CURRENT}/${collection}/${await ids[collection]?.()}`;

        const { status } = await test.app.as((await test.app.create.ownerKey(ours)).secret).delete(path);

        expect(status).toBe(404);

        await test.app
          .as((await test.app.create.ownerKey(theirs)).secret)
          .get(path)
          .expect(200);
      },
    );
  });

  describe('incident 29 (CVE-2026-55670, CVE-2025-64746): what was made again had the old grants', () => {
    it('gives a list of the same name a new id, a new number and none of the old rights', async () => {
      const hub = await test.app.create.hub();
      const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);
      const first = await test.app.create.list(hub, 'Stock');
      const groupId = await test.app.create.group(hub, { lists: [{ list_id: first.id, rights: ['read', 'add'] }] });
      const caller = await test.app.create.integrator(hub, { groupId });
      await caller.post(ITEMS, { listName: 'Stock', data: { MaterialNo: 'old' } }).expect(200);

      await owner.delete(`${CURRENT}/lists/${first.id}`).expect(202);
      const again = await test.app.create.list(hub, 'Stock');

      expect(again.id).not.toBe(first.id);
      await caller.get(`${LISTS}/list?Name=Stock`).expect(404);
      await caller.post(ITEMS, { listName: 'Stock', data: {} }).expect(404);
      expect((await caller.get(LISTS).expect(200)).body).toEqual([]);
      const { body } = await (await test.app.create.integrator(hub)).get(`${LISTS}/list?Name=stock`).expect(200);
      expect((body as { items: unknown[] }).items).toEqual([]);
    });

    it('takes no key into a group or a role of the same name', async () => {
      const hub = await test.app.create.hub();
      const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);
      const { name } = await test.app.create.list(hub);
      const make = async () => {
        const sent = { name: 'Warehouse', permissions: { lists: [{ list_id: '*', rights: ['read'] }] } };
        const { body } = await owner.post(`${CURRENT}/groups`, sent).expect(201);
        return (body as { data: { id: string } }).data.id;
      };
      const first = await make();
      const key = await test.app.create.integrationKey(hub, { groupId: first });
      const caller = test.app.as(await test.app.create.token(key));
      await caller.get(`${LISTS}/list?Name=${name}`).expect(200);

      await owner.patch(`${CURRENT}/api-keys/${key.id}`, { group_id: null }).expect(200);
      await owner.delete(`${CURRENT}/groups/${first}`).expect(200);
      const second = await make();

      expect(second).not.toBe(first);
      await caller.get(`${LISTS}/list?Name=${name}`).expect(404);
      await owner.patch(`${CURRENT}/api-keys/${key.id}`, { group_id: first }).expect(422);
    });
  });
});

interface Me {
  readonly api_key: { readonly id: string };
  readonly hub: { readonly id: string };
}
