import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ActivityRecorder, RefusalWriter } from '../../src/modules/activity/index.js';
import { CALLERS } from '../matrix/callers.js';
import { OPERATIONS } from '../matrix/operations.js';
import { type Operation } from '../matrix/policy.js';
import { World } from '../matrix/world.js';
import { type TestKey } from '../support/factory.js';
import { dataOf, type Json, keyPath, ownedHub } from '../support/management.js';
import { routeName, routeTable } from '../support/route-table.js';
import { hold } from '../support/stillness.js';
import { TestApp } from '../support/test-app.js';

const ACTIVITY = '/v1/hubs/current/activity';

let app: TestApp;
let world: World;

beforeAll(async () => {
  app = await TestApp.start();
  world = await World.make(app);
}, 120_000);
afterAll(() => app?.stop());

const root = CALLERS.find(({ name }) => name === 'a root key') ?? CALLERS[0];
const newest = async (): Promise<string> => {
  const sql = 'SELECT id FROM activity WHERE hub_id = ? ORDER BY id DESC LIMIT 1';
  return (await app.database.query<{ id: string }>(sql, [world.hubId('ours')]))[0]?.id ?? '';
};
const changes = ({ route, need, success }: Operation): boolean =>
  need.by === 'capability' && !route.startsWith('GET ') && success < 400;

async function perform(operation: Operation): Promise<number> {
  if (!root) {
    throw new Error('There is no root key among the callers.');
  }
  const { names, consumes, route, send } = operation;
  const used =
    names && consumes && names !== 'list-name' && names !== 'variable-name' ? world.disposable(root, names) : undefined;
  const target = names ? await (used ?? world.target(root, names, 'own')) : '';
  const { url, body } = send(target, world.viewOf(root));
  const method = route.slice(0, route.indexOf(' ')) as 'POST';
  const headers = world.headersOf(root);
  return (await app.nest.inject({ method, url, headers, ...(body ? { payload: body } : {}) })).statusCode;
}

describe('every change', () => {
  const mutating = OPERATIONS.filter(changes);

  it('has a line here: each route of the router that changes a hub', () => {
    const routes = routeTable(app).filter(
      ({ method, path }) => !['GET', 'HEAD'].includes(method) && path.startsWith('/v1/hubs/current'),
    );
    const performed = new Set(mutating.map(({ route }) => route));

    const elsewhere = [
      // It would take the hub of all others with it; test/hub/hub-deletion.spec.ts looks at its rows.
      'DELETE /v1/hubs/current',
      // The matrix sends no CSV; test/list-import/import-jobs.spec.ts looks at their rows.
      'POST /v1/hubs/current/lists/:listId/imports',
      'POST /v1/hubs/current/lists/imports',
    ];
    expect(
      routes
        .map(routeName)
        .filter((name) => !performed.has(name))
        .sort(),
    ).toEqual(elsewhere);
  });

  it.each(mutating.map((operation, index): [string, Operation] => [`${index + 1}: ${operation.route}`, operation]))(
    '%s leaves an activity that names its caller',
    async (_, operation) => {
      const before = await newest();
      expect(await perform(operation)).toBe(operation.success);

      const sql = 'SELECT actor_type, actor_id FROM activity WHERE hub_id = ? AND id > ?';
      const rows = await app.database.query<Json>(sql, [world.hubId('ours'), before]);
      const keyId = String(root && world.headersOf(root)['authorization']).slice('Bearer hgk_'.length, 35);
      expect(rows).toContainEqual({ actor_type: 'api-key', actor_id: keyId });
    },
  );
});

describe('every refusal of a key that is known', () => {
  it('comes into the list with its code, its count and where it came from', async () => {
    const { hub, owner } = await ownedHub(app);
    const weak = await app.create.key({ hub });
    const bound = await app.create.key({ hub, ips: ['192.0.2.0/24'] });
    const off = await app.create.key({ hub });
    const rotated = await app.create.key({ hub });
    await owner.patch(keyPath(off), { state: 'inactive' }).expect(200);
    await app.create.rotate(hub, rotated, 0);
    const expired = await app.create.key({ hub, expiresAt: new Date(app.clock.now() + 3_600_000).toISOString() });
    await app.database.transaction((tx) => tx.query('UPDATE api_key SET expires_at = 1 WHERE id = ?', [expired.id]));
    const refuse = async (key: TestKey, address: string, status: number, times: number) => {
      for (let time = 0; time < times; time += 1) {
        await app.as(key.secret).from(address).get('/v1/hubs/current/roles').expect(status);
      }
    };
    await refuse(weak, '198.51.100.1', 403, 3);
    await refuse(weak, '198.51.100.2', 403, 1);
    await refuse(bound, '198.51.100.3', 403, 2);
    await refuse(off, '198.51.100.4', 401, 2);
    await refuse(rotated, '198.51.100.5', 401, 1);
    await refuse(expired, '198.51.100.6', 401, 4);
    await app.nest.get(RefusalWriter).flush();

    const answer = await owner.get(`${ACTIVITY}?filter[events]=hub.apikey.refused&page[size]=100`).expect(200);
    const told = dataOf<Json[]>(answer).map(({ user, session, annotations }) => {
      const { code, count } = annotations as Json;
      return [(user as Json)['id'], (session as Json)['ip'], code, count];
    });
    expect(new Set(told.map((one) => JSON.stringify(one)))).toEqual(
      new Set(
        [
          [weak.id, '198.51.100.1', '403.permissions', 3],
          [weak.id, '198.51.100.2', '403.permissions', 1],
          [bound.id, '198.51.100.3', '403.invalid-ip', 2],
          [off.id, '198.51.100.4', '401.auth-invalid', 2],
          [rotated.id, '198.51.100.5', '401.auth-expired', 1],
          [expired.id, '198.51.100.6', '401.auth-expired', 4],
        ].map((one) => JSON.stringify(one)),
      ),
    );
  });
});

describe('a change whose activity cannot be written', () => {
  it('does not happen', async () => {
    await hold(app);
    const { hub, owner } = await ownedHub(app);
    const record = vi.spyOn(app.nest.get(ActivityRecorder), 'record');
    // Each call: what else is recorded meanwhile must not use the failure up.
    record.mockRejectedValue(new Error('the log is full'));
    await owner.post('/v1/hubs/current/roles', { identifier: 'unseen', rank: 1 }).expect(500);
    record.mockRestore();

    const sql = "SELECT id FROM role WHERE hub_id = ? AND identifier = 'unseen'";
    expect(await app.database.query(sql, [hub.id])).toEqual([]);
  });
});
