import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { OPEN_ROUTES, routeName, routeTable } from '../support/route-table.js';
import { dumpDecisions, rowsOfHub } from '../support/table-dump.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

const CURRENT = '/v1/hubs/current';
const KEYS = `${CURRENT}/api-keys`;
const ROLES = `${CURRENT}/roles`;
const NEVER = '0'.repeat(24);

const stored = async (hub: TestHub) => rowsOfHub(await dumpDecisions(test.app.database), hub.id);

interface ErrorBody {
  readonly error: { readonly code: string; readonly source?: string; readonly extra?: { readonly missing?: string[] } };
}

const errorOf = ({ body }: { body: unknown }) => (body as ErrorBody).error;

/** Runs what has to be refused, and tells in which tables the hub is not as it was. */
async function tablesChangedBy(hub: TestHub, work: () => Promise<void>): Promise<string[]> {
  const before = await stored(hub);
  await work();
  const after = await stored(hub);
  return Object.keys(after).filter((table) => !isDeepStrictEqual(before[table], after[table]));
}

describe('key creation, update, rotation', () => {
  describe('incident 1 (CVE-2025-61928): an id in the body stood in for a session', () => {
    const claims = (hub: TestHub, keyId: string) => ({
      userId: keyId,
      ownerId: keyId,
      hubId: hub.id,
      hub_id: hub.id,
      roleId: hub.roles['owner'],
      api_key_id: keyId,
    });

    it('takes nobody for somebody because the body says so', async () => {
      const hub = await test.app.create.hub();
      const { id } = await test.app.create.ownerKey(hub);
      const body = { name: 'mine now', role_id: hub.roles['owner'], ...claims(hub, id) };

      const changed = await tablesChangedBy(hub, async () => {
        for (const anonymous of [test.app.anonymous, test.app.anonymous.with({ 'x-hub-id': hub.id })]) {
          await anonymous.post(KEYS, body).expect(401);
          await anonymous.patch(`${KEYS}/${id}`, body).expect(401);
          await anonymous.delete(`${KEYS}/${id}`, body).expect(401);
        }
      });

      expect(changed).toEqual([]);
    });

    it.each(['userId', 'ownerId', 'hubId', 'hub_id', 'roleId', 'api_key_id'] as const)(
      'does not let even a root key say %s',
      async (field) => {
        const hub = await test.app.create.hub();
        const key = await test.app.create.ownerKey(hub);
        const owner = test.app.as(key.secret);
        const extra = { [field]: claims(hub, key.id)[field] };

        const changed = await tablesChangedBy(hub, async () => {
          const made = await owner.post(KEYS, { name: 'x', role_id: hub.roles['integration'], ...extra }).expect(422);
          const changed = await owner.patch(`${KEYS}/${key.id}`, extra).expect(422);

          expect([errorOf(made).source, errorOf(changed).source]).toEqual([`/${field}`, `/${field}`]);
        });

        expect(changed).toEqual([]);
      },
    );
  });

  describe('incident 2 (CVE-2024-1299): who may manage keys could make a greater one serve', () => {
    const edits: [string, object][] = [
      ['rename it', { name: 'mine' }],
      ['open its addresses', { ips: null }],
      ['give it a lesser role', { role_id: 'integration' }],
      ['make it last', { expires_at: null }],
      ['add scopes', { scopes: ['read:lists'] }],
    ];

    it.each(edits)('a manager of keys may not %s', async (_what, edit) => {
      const hub = await test.app.create.hub();
      const greater = await test.app.create.key({
        hub,
        capabilities: ['hubs-roles-manage'],
        rank: 6,
        ips: ['192.0.2.1'],
      });
      const manager = await test.app.create.caller({ hub, capabilities: ['api-keys-manage'], rank: 5 });
      const body = 'role_id' in edit ? { role_id: hub.roles['integration'] } : edit;

      const changed = await tablesChangedBy(hub, async () => {
        expect(errorOf(await manager.patch(`${KEYS}/${greater.id}`, body).expect(403)).code).toBe('403.permissions');
      });

      expect(changed).toEqual([]);
    });

    it('a manager of keys may not end a greater key, nor turn a lesser one into it', async () => {
      const hub = await test.app.create.hub();
      const greater = await test.app.create.key({ hub, rank: 6 });
      const lesser = await test.app.create.key({ hub, rank: 1 });
      const manager = await test.app.create.caller({ hub, capabilities: ['api-keys-manage'], rank: 5 });

      const changed = await tablesChangedBy(hub, async () => {
        await manager.delete(`${KEYS}/${greater.id}`).expect(403);
        await manager.patch(`${KEYS}/${lesser.id}`, { role_id: greater.roleId }).expect(403);
        await manager.patch(`${KEYS}/${lesser.id}`, { role_id: hub.roles['owner'] }).expect(403);
        await manager.patch(`${KEYS}/${lesser.id}`, { scopes: ['read:box'] }).expect(403);
      });

      expect(changed).toEqual([]);
    });
  });

  describe('incident 3 (CVE-2025-7784, CVE-2026-9795): who edits roles could add what they lack', () => {
    const specific = (...names: string[]) => ({ capabilities: { all: false, specific: names } });
    const widenings: [string, object][] = [
      ['a capability that they lack', specific('hubs-roles-manage', 'lists-manage')],
      ['every capability', { capabilities: { all: true, specific: [] } }],
      ['their own rank', { rank: 5 }],
      ['a greater rank', { rank: 10 }],
    ];

    it.each(widenings)('an editor of roles may not make or change a role to have %s', async (_what, widening) => {
      const hub = await test.app.create.hub();
      const below = await test.app.create.role(hub, [], 2);
      const editor = await test.app.create.caller({ hub, capabilities: ['hubs-roles-manage'], rank: 5 });

      const changed = await tablesChangedBy(hub, async () => {
        await editor.post(ROLES, { identifier: 'wide', rank: 1, ...widening }).expect(403);
        await editor.patch(`${ROLES}/${below}`, widening).expect(403);
      });

      expect(changed).toEqual([]);
    });

    it('an editor of roles may not change the role that they hold themselves, nor one beside or above it', async () => {
      const hub = await test.app.create.hub();
      const key = await test.app.create.key({ hub, capabilities: ['hubs-roles-manage'], rank: 5 });
      const beside = await test.app.create.role(hub, [], 5);
      const editor = test.app.as(key.secret);

      const changed = await tablesChangedBy(hub, async () => {
        for (const role of [key.roleId, beside, hub.roles['admin'], hub.roles['owner']]) {
          await editor.patch(`${ROLES}/${role}`, specific('hubs-roles-manage', 'api-keys-manage')).expect(403);
          await editor.delete(`${ROLES}/${role}`).expect(403);
        }
      });

      expect(changed).toEqual([]);
    });
  });

  describe('incident 4 (decocms #4180): a key to read, made by an owner, could make keys', () => {
    const management = () =>
      routeTable(test.app)
        .filter(
          ({ method, path }) => method !== 'HEAD' && path.startsWith(CURRENT) && path.slice(CURRENT.length).length > 0,
        )
        .filter((route) => !OPEN_ROUTES.has(routeName(route)) && route.path !== `${CURRENT}/whoami`)
        .map(({ method, path }) => ({ method, path: path.replace(/:\w+/, NEVER) }));

    it('opens nothing at the management door, on any route that there is', async () => {
      const hub = await test.app.create.hub();
      const reader = await test.app.create.integrationKey(hub, { rights: ['read'], scopes: ['read:lists'] });
      const rootToken = await test.app.create.integrator(hub, { roleId: hub.roles['owner'], scopes: ['read:lists'] });
      const routes = management();
      const answers: [string, number, number][] = [];

      const changed = await tablesChangedBy(hub, async () => {
        for (const { method, path } of routes) {
          const key = await ask(test.app.as(reader.secret), method, path);
          const token = await ask(rootToken, method, path);
          answers.push([`${method} ${path}`, key, token]);
        }
      });

      expect(changed).toEqual([]);

      expect(routes.length).toBeGreaterThanOrEqual(17);
      // A key is no member, and the answer says so.
      const ofKey = (path: string) => (path === `${CURRENT}/membership` ? 404 : 403);
      expect(answers).toEqual(routes.map(({ method, path }) => [`${method} ${path}`, ofKey(path), 401]));
    });

    it('does not write rows either, although its owner may do everything', async () => {
      const hub = await test.app.create.hub();
      const { name } = await test.app.create.list(hub);
      const token = await test.app.create.integrator(hub, { roleId: hub.roles['owner'], scopes: ['read:lists'] });

      const changed = await tablesChangedBy(hub, async () => {
        await token.post('/public-api/v1/lists/items', { listName: name, data: {} }).expect(403);
        await token.put('/public-api/v1/lists/items', { listName: name, rowId: 1, data: {} }).expect(403);
        await token.delete('/public-api/v1/lists/items', { listName: name, rowId: 1 }).expect(403);
      });

      expect(changed).toEqual([]);
    });
  });

  describe('incident 5 (CVE-2023-39345): private columns could be written', () => {
    const accepted: Readonly<Record<string, readonly string[]>> = {
      'api-keys': ['name', 'description', 'role_id', 'group_id', 'scopes', 'ips', 'expires_at'],
      groups: ['name', 'description', 'permissions'],
      roles: ['name', 'identifier', 'rank', 'capabilities', 'extra'],
      lists: ['name', 'description', 'columns'],
    };
    /** Every column of every table, as the code and as the database call it. */
    const columns = () => [
      ...new Set(
        test.app.database.reader.connection.entityMetadatas.flatMap((entity) =>
          entity.columns.flatMap(({ propertyName, databaseName }) => [propertyName, databaseName]),
        ),
      ),
    ];

    it.each(Object.keys(accepted))(
      'posts every column there is to %s, one by one, and none arrives',
      async (collection) => {
        const hub = await test.app.create.hub();
        const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);
        const valid: Readonly<Record<string, object>> = {
          'api-keys': { name: 'x', role_id: hub.roles['integration'] },
          groups: { name: 'x' },
          roles: { identifier: 'x', rank: 1 },
          lists: { name: 'x', columns: [{ name: 'a', type: 'String' }] },
        };
        const made = await owner.post(`${CURRENT}/${collection}`, valid[collection] ?? {}).expect(201);
        const { id } = (made.body as { data: { id: string } }).data;
        const foreign = columns().filter((name) => !accepted[collection]?.includes(name));
        const unexpected: string[] = [];

        const changed = await tablesChangedBy(hub, async () => {
          for (const name of foreign) {
            const post = await owner.post(`${CURRENT}/${collection}`, { ...valid[collection], name: 'y', [name]: 1 });
            const patch = await owner.patch(`${CURRENT}/${collection}/${id}`, { [name]: 1 });
            const refused = post.status === 422 && patch.status === 422;
            unexpected.push(...(refused ? [] : [`${name}: ${post.status} ${patch.status}`]));
          }
        });

        expect(changed).toEqual([]);

        expect(foreign.length).toBeGreaterThan(60);
        expect(unexpected).toEqual([]);
      },
    );
  });

  describe('incident 6 (Better Auth 1.6.16): a verification in flight wrote the key back', () => {
    const verify = (client: Client) => client.get(`${CURRENT}/whoami`).then(({ status }) => status);

    it('stays deleted when 200 verifications were under way, and never reappears', async () => {
      const hub = await test.app.create.hub();
      const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);
      const key = await test.app.create.key({ hub });
      const caller = test.app.as(key.secret);

      const flying = Array.from({ length: 200 }, () => verify(caller));
      await owner.delete(`${KEYS}/${key.id}`).expect(200);
      const after = await Promise.all(Array.from({ length: 20 }, () => verify(caller)));
      const before = await Promise.all(flying);

      expect(before.every((status) => status === 200 || status === 401)).toBe(true);
      expect(new Set(after)).toEqual(new Set([401]));
      test.app.clock.advance(61_000);
      expect(await verify(caller)).toBe(401);
      const { body } = await owner.get(`${KEYS}?filter[state]=deleted`).expect(200);
      expect((body as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual([key.id]);
    });

    it('keeps an edit that was made while it was being used', async () => {
      const hub = await test.app.create.hub();
      const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);
      const key = await test.app.create.key({ hub });
      const caller = test.app.as(key.secret);

      const flying = Array.from({ length: 100 }, () => verify(caller));
      await owner.patch(`${KEYS}/${key.id}`, { ips: ['192.0.2.1'] }).expect(200);
      await Promise.all(flying);

      expect(await verify(caller)).toBe(403);
      const { body } = await owner.get(`${KEYS}/${key.id}`).expect(200);
      expect((body as { data: { ips: string[] } }).data.ips).toEqual(['192.0.2.1']);
    });
  });

  describe('incident 10 (CVE-2023-24999): an id was ended without asking whose it is', () => {
    it('leaves the key of another hub alone, and says what it says of a key that never was', async () => {
      const [ours, theirs] = [await test.app.create.hub(), await test.app.create.hub()];
      const owner = test.app.as((await test.app.create.ownerKey(ours)).secret);
      const key = await test.app.create.key({ hub: theirs });

      const changed = await tablesChangedBy(theirs, async () => {
        for (const id of [key.id, NEVER]) {
          const answers = [
            await owner.delete(`${KEYS}/${id}`).expect(404),
            await owner.patch(`${KEYS}/${id}`, { name: 'mine' }).expect(404),
            await owner.with({ 'x-hub-id': theirs.id }).delete(`${KEYS}/${id}`).expect(403),
          ];
          expect(answers.map((answer) => errorOf(answer).code)).toEqual([
            '404.hub.api-key',
            '404.hub.api-key',
            '403.wrong-hub',
          ]);
        }
      });

      expect(changed).toEqual([]);
      await test.app.as(key.secret).get(CURRENT).expect(200);
    });
  });
});

async function ask(client: Client, method: string, path: string): Promise<number> {
  switch (method) {
    case 'POST':
      return (await client.post(path, {})).status;
    case 'PATCH':
      return (await client.patch(path, {})).status;
    case 'DELETE':
      return (await client.delete(path)).status;
    default:
      return (await client.get(path)).status;
  }
}
