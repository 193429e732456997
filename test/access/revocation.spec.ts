import { afterEach, describe, expect, it, vi } from 'vitest';
import { AccessChange, LEASE_MS, Mutations, platformPrincipal } from '../../src/access/index.js';
import { newId } from '../../src/common/ids.js';
import { type Client } from '../support/client.js';
import { type TestHub, type TestKey } from '../support/factory.js';
import { useHeldNodes } from '../support/held-app.js';
import { poll, statementsOf, tamper } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';

const WHOAMI = '/v1/hubs/current/whoami';
const ROLES = '/v1/hubs/current/roles';
const LISTS = '/public-api/v1/lists';
const ROWS = `${LISTS}/list?name=StockInfo`;
const NONE = { lists: [] };

let here: TestApp;
let there: TestApp;

useHeldNodes((first, second) => {
  [here, there] = [first, second];
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** A key that may do something, a token of it, and who changes it. */
interface Scene {
  readonly hub: TestHub;
  readonly key: TestKey;
  readonly groupId: string;
  readonly owner: Client;
}

async function scene(): Promise<Scene> {
  const hub = await here.create.hub();
  const groupId = await here.create.group(hub);
  const roleId = await here.create.role(hub, ['hubs-roles-manage'], 3);
  const key = await here.create.key({ hub, roleId, groupId, scopes: ['read:lists'] });
  return { hub, key, groupId, owner: here.as((await here.create.ownerKey(hub)).secret) };
}

const keyPath = ({ key }: Scene) => `/v1/hubs/current/api-keys/${key.id}`;
const rolePath = ({ key }: Scene) => `${ROLES}/${key.roleId}`;
const groupPath = ({ groupId }: Scene) => `/v1/hubs/current/groups/${groupId}`;
const edit = (made: Scene, change: object) => made.owner.patch(keyPath(made), change).expect(200);
const statusOf = async (caller: Client, path: string) => (await caller.get(path)).status;

const deactivateHub = ({ hub }: Scene) =>
  here.nest.get(Mutations).run(platformPrincipal(hub.id), 'api-keys-manage', async (mutation) => {
    await mutation.tx.query("UPDATE hub SET state = 'inactive' WHERE id = ?", [hub.id]);
    mutation.changed({ kind: 'hub', id: hub.id });
  });

const changesOf = async ({ hub }: Scene) => {
  const rows = await here.database.reader.find(AccessChange, { where: { hubId: hub.id }, order: { seq: 'ASC' } });
  return rows.map(({ kind, subjectId }) => [kind, subjectId]);
};

/** Each kind of change, whom it stops, how, and what that one is told at which request. */
const CHANGES: [string, 'key' | 'token', (s: Scene) => PromiseLike<unknown>, string, number, string][] = [
  ['delete of the key', 'key', (s) => s.owner.delete(keyPath(s)), WHOAMI, 401, '401.auth-invalid'],
  ['delete of the key', 'token', (s) => s.owner.delete(keyPath(s)), LISTS, 401, '401.auth-invalid'],
  ['an inactive hub', 'key', deactivateHub, WHOAMI, 401, '401.auth-invalid'],
  ['an inactive hub', 'token', deactivateHub, LISTS, 401, '401.auth-invalid'],
  ['edit of the role', 'key', (s) => s.owner.patch(rolePath(s), { capabilities: null }), ROLES, 403, '403.permissions'],
  ['another role', 'key', (s) => edit(s, { role_id: s.hub.roles.integration }), ROLES, 403, '403.permissions'],
  ['edit of the group', 'token', (s) => s.owner.patch(groupPath(s), { permissions: NONE }), ROWS, 404, '404.hub.list'],
  ['no group', 'token', (s) => edit(s, { group_id: null }), ROWS, 404, '404.hub.list'],
  ['fewer scopes', 'token', (s) => edit(s, { scopes: [] }), LISTS, 403, '403.permissions'],
  ['other ips', 'key', (s) => edit(s, { ips: ['192.0.2.1'] }), WHOAMI, 403, '403.invalid-ip'],
  ['other ips', 'token', (s) => edit(s, { ips: ['192.0.2.1'] }), LISTS, 403, '403.invalid-ip'],
];

describe('a change', () => {
  it.each(CHANGES)('(%s) stops the %s on this node at its next request', async (_, by, change, path, status, code) => {
    const made = await scene();
    await here.create.list(made.hub);
    const caller = here.as(by === 'key' ? made.key.secret : await here.create.token(made.key));
    await caller.get(path).expect(200);
    await change(made);

    const { body } = await caller.get(path).expect(status);
    expect(JSON.stringify(body)).toContain(`"code":"${code}"`);
  });

  it.each(CHANGES)('(%s) stops the %s on the other node after its next poll', async (_, by, change, path, status) => {
    const made = await scene();
    await here.create.list(made.hub);
    const caller = there.as(by === 'key' ? made.key.secret : await here.create.token(made.key));
    await caller.get(path).expect(200);
    await change(made);
    expect(await statusOf(caller, path)).toBe(200);
    await poll(there);

    expect(await statusOf(caller, path)).toBe(status);
  });

  it('of the expiry acts at once, also on a token that is out', async () => {
    const made = await scene();
    const [key, token] = [here.as(made.key.secret), here.as(await here.create.token(made.key))];
    const end = new Date(here.clock.now() + 5000).toISOString();
    await edit(made, { expires_at: end });
    await key.get(WHOAMI).expect(200);
    await token.get(LISTS).expect(200);
    here.clock.advance(5000);
    await poll(here);

    expect((await key.get(WHOAMI).expect(401)).body).toMatchObject({ error: { code: '401.auth-expired' } });
    await token.get(LISTS).expect(401);
  });

  it.each<[string, (made: Scene) => PromiseLike<unknown>, number]>([
    ['without its capability', (made) => made.owner.patch(rolePath(made), { capabilities: null }), 403],
    ['with another role', (made) => edit(made, { role_id: made.hub.roles.integration }), 403],
    ['shut in', (made) => edit(made, { ips: ['192.0.2.1'] }), 403],
    ['deleted', (made) => made.owner.delete(keyPath(made)), 401],
    ['in an inactive hub', deactivateHub, 401],
  ])('of who is now %s lets it write nothing on a node that has not heard of it yet', async (_, change, status) => {
    const made = await scene();
    await poll(there);
    const stale = there.as(made.key.secret);
    await stale.get(ROLES).expect(200);
    await change(made);
    const roles = () =>
      here.database.query('SELECT id, revision FROM role WHERE hub_id = ? ORDER BY id', [made.hub.id]);
    const before = await roles();

    expect(await statusOf(stale, ROLES)).toBe(200);
    await stale.post(ROLES, { identifier: 'made', rank: 1 }).expect(status);
    expect(await roles()).toEqual(before);
  });

  it('that frees is heard as well: a key let in again works at once', async () => {
    const made = await scene();
    await edit(made, { ips: ['192.0.2.1'] });
    await here.as(made.key.secret).get(WHOAMI).expect(403);
    await edit(made, { ips: null });

    expect(await statusOf(here.as(made.key.secret), WHOAMI)).toBe(200);
  });

  it('does not cost other keys their place in the cache', async () => {
    const made = await scene();
    const bystander = there.as((await here.create.ownerKey(made.hub)).secret);
    await poll(there);
    await bystander.get(WHOAMI).expect(200);
    await edit(made, { ips: ['192.0.2.1'] });
    await poll(there);

    expect(await statementsOf(there, () => bystander.get(WHOAMI).expect(200))).toBe(0);
  });

  it('is in the feed with its commit, as what it touched', async () => {
    const made = await scene();
    const before = (await changesOf(made)).length;
    await edit(made, { scopes: [] });
    await made.owner.patch(rolePath(made), { rank: 2 }).expect(200);
    await made.owner.patch(groupPath(made), { name: 'Other' }).expect(200);
    await made.owner.delete(keyPath(made)).expect(200);

    expect((await changesOf(made)).slice(before)).toEqual([
      ['key', made.key.id],
      ['role', made.key.roleId],
      ['group', made.groupId],
      ['key', made.key.id],
    ]);
  });

  it('is also the making of a key: a database without it has another history', async () => {
    const made = await scene();
    const before = (await changesOf(made)).length;
    const { id } = await here.create.ownerKey(made.hub);

    expect((await changesOf(made)).slice(before)).toEqual([['key', id]]);
  });

  it('that is refused leaves nothing in the feed', async () => {
    const made = await scene();
    const before = await changesOf(made);
    await here.as(made.key.secret).patch(keyPath(made), { scopes: [] }).expect(403);
    await made.owner.patch(keyPath(made), { role_id: newId() }).expect(422);

    expect(await changesOf(made)).toEqual(before);
  });

  it('that rolls back leaves neither a number nor a row, and the key as it was', async () => {
    const made = await scene();
    const counter = () => here.database.query<{ last_seq: number }>('SELECT last_seq FROM access_counter');
    const before = [await counter(), await changesOf(made)];
    const change = here.nest.get(Mutations).run(platformPrincipal(made.hub.id), 'api-keys-manage', async (mutation) => {
      await mutation.tx.query("UPDATE api_key SET state = 'inactive' WHERE id = ?", [made.key.id]);
      mutation.changed({ kind: 'key', id: made.key.id });
      throw new Error('changed my mind');
    });
    await expect(change).rejects.toThrow('changed my mind');

    expect([await counter(), await changesOf(made)]).toEqual(before);
    await here.as(made.key.secret).get(WHOAMI).expect(200);
    await there.as(made.key.secret).get(WHOAMI).expect(200);
  });

  it('waits for the one before it in the same hub, so that both are decided on what is', async () => {
    const made = await scene();
    const order: string[] = [];
    const change = (name: string, work: () => Promise<void>) =>
      here.nest.get(Mutations).run(platformPrincipal(made.hub.id), 'api-keys-manage', async () => {
        order.push(`${name} begins`);
        await work();
        order.push(`${name} ends`);
      });
    let both: Promise<unknown> = Promise.resolve();
    await new Promise<void>((begun) => {
      const first = change('first', async () => {
        begun();
        // Long enough for a second one that does not wait: it would be through after a few statements.
        for (let turn = 0; turn < 20; turn += 1) {
          await there.database.ping();
        }
      });
      both = first;
    });
    both = Promise.all([both, change('second', () => Promise.resolve())]);
    await both;

    expect(order).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('made inside a longer transaction is dropped from the cache after that one’s commit', async () => {
    const made = await scene();
    const caller = here.as(made.key.secret);
    await here.database.transaction(async () => {
      await deactivateHub(made);
      // Still live for everybody outside, and so kept again.
      await caller.get(WHOAMI).expect(200);
    });

    expect(await statusOf(caller, WHOAMI)).toBe(401);
  });
});

describe('200 verifications in flight', () => {
  it.each([
    ['deleted', (s: Scene) => s.owner.delete(keyPath(s)).expect(200)],
    ['shut in', (s: Scene) => edit(s, { ips: ['192.0.2.1'] })],
    ['left without a hub', deactivateHub],
  ])('do not bring a key back that is %s meanwhile', async (_, change) => {
    const made = await scene();
    const caller = here.as(made.key.secret);
    const ask = (times: number) => Promise.all(Array.from({ length: times }, () => caller.get(WHOAMI)));
    const before = ask(100);
    const done = Promise.resolve(change(made));
    const during = ask(100);
    await done;
    const after = await ask(20);
    await Promise.all([before, during]);

    expect(after.filter(({ status }) => status === 200)).toEqual([]);
    expect(await statusOf(caller, WHOAMI)).not.toBe(200);
  });
});

describe('the lease', () => {
  const stranger = async (): Promise<Client> => {
    const hub = await here.create.hub();
    const caller = here.as((await here.create.ownerKey(hub)).secret);
    await poll(here);
    await caller.get(WHOAMI).expect(200);
    return caller;
  };
  const breakFeed = () => vi.spyOn(here.database, 'feedQuery').mockRejectedValue(new Error('no connection'));
  const breakReads = () => vi.spyOn(here.database, 'query').mockRejectedValue(new Error('no connection'));

  it('lets cached decisions count until 900 ms after the last good poll', async () => {
    const caller = await stranger();
    here.clock.advance(LEASE_MS - 1);

    expect(await statementsOf(here, () => caller.get(WHOAMI).expect(200))).toBe(0);
  });

  it('verifies each request when it has lapsed: by one SELECT for its host, and one for its caller', async () => {
    const caller = await stranger();
    here.clock.advance(LEASE_MS);

    for (const _ of [1, 2, 3]) {
      expect(await statementsOf(here, () => caller.get(WHOAMI).expect(200))).toBe(2);
    }
  });

  it('lets no request share the look-up of another when it has lapsed, and keeps nothing of it', async () => {
    const { key } = await scene();
    await poll(here);
    here.clock.advance(LEASE_MS);
    const query = here.database.query.bind(here.database);
    const spy = vi.spyOn(here.database, 'query').mockImplementation(async (sql, parameters) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return query(sql, parameters) as Promise<never[]>;
    });
    const caller = here.as(key.secret);
    await Promise.all(Array.from({ length: 20 }, () => caller.get(WHOAMI).expect(200)));
    // The hosts are looked up by all together, the callers each by itself.
    expect(spy.mock.calls.filter(([sql]) => sql.includes('FROM api_secret'))).toHaveLength(20);
    vi.restoreAllMocks();
    await poll(here);

    expect(await statementsOf(here, () => caller.get(WHOAMI).expect(200))).toBe(1);
  });

  it('counts from the start of the poll, not from its end', async () => {
    const caller = await stranger();
    const feedQuery = here.database.feedQuery.bind(here.database);
    vi.spyOn(here.database, 'feedQuery').mockImplementationOnce(async (sql, parameters) => {
      const rows = await feedQuery(sql, parameters);
      here.clock.advance(LEASE_MS);
      return rows as never[];
    });
    await poll(here);

    expect(await statementsOf(here, () => caller.get(WHOAMI).expect(200))).toBe(2);
  });

  it('is not renewed by a poll that fails', async () => {
    const caller = await stranger();
    breakFeed();
    here.clock.advance(LEASE_MS / 2);
    await expect(poll(here)).rejects.toThrow('no connection');
    here.clock.advance(LEASE_MS / 2);

    expect(await statementsOf(here, () => caller.get(WHOAMI).expect(200))).toBe(2);
  });

  it('refuses a revoked key on a node that cannot hear of it', async () => {
    const made = await scene();
    await poll(there);
    await there.as(made.key.secret).get(WHOAMI).expect(200);
    vi.spyOn(there.database, 'feedQuery').mockRejectedValue(new Error('no connection'));
    await made.owner.delete(keyPath(made)).expect(200);
    there.clock.advance(LEASE_MS);

    expect(await statusOf(there.as(made.key.secret), WHOAMI)).toBe(401);
  });

  it.each([
    ['the key', WHOAMI, (made: Scene) => Promise.resolve(made.key.secret)],
    ['a token', LISTS, (made: Scene) => here.create.token(made.key)],
  ])('never lets %s pass while the database does not answer: 503', async (_, path, credential) => {
    const made = await scene();
    const caller = here.as(await credential(made));
    await caller.get(path);
    here.clock.advance(LEASE_MS);
    breakReads();

    const answer = await caller.get(path).expect(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(JSON.stringify(answer.body)).not.toContain('no connection');
  });

  it('answers 503 for a key that is not cached while the database does not answer, and knows nothing about it then', async () => {
    const made = await scene();
    await poll(here);
    breakReads();
    await here.as(made.key.secret).get(WHOAMI).expect(503);
    vi.restoreAllMocks();

    expect(await statusOf(here.as(made.key.secret), WHOAMI)).toBe(200);
  });

  it('goes on with what was cached once polls succeed again, less what was touched meanwhile', async () => {
    const made = await scene();
    await poll(here);
    await poll(there);
    const [dead, alive] = [there.as(made.key.secret), there.as((await here.create.ownerKey(made.hub)).secret)];
    await poll(there);
    await Promise.all([dead.get(WHOAMI).expect(200), alive.get(WHOAMI).expect(200)]);
    await made.owner.delete(keyPath(made)).expect(200);
    there.clock.advance(10_000);
    await poll(there);

    await dead.get(WHOAMI).expect(401);
    expect(await statementsOf(there, () => alive.get(WHOAMI).expect(200))).toBe(0);
  });
});

describe('a cold key', () => {
  it('costs one SELECT, however many ask at once', async () => {
    const made = await scene();
    await poll(here);
    // So that the hosts are known.
    await here.anonymous.get(WHOAMI).expect(401);
    const caller = here.as(made.key.secret);

    const all = () => Promise.all(Array.from({ length: 100 }, () => caller.get(WHOAMI).expect(200)));
    expect(await statementsOf(here, all)).toBe(1);
    expect(await statementsOf(here, all)).toBe(0);
  });

  it('is looked up anew after 60 s, for what no feed told', async () => {
    const made = await scene();
    await poll(here);
    await here.as(made.key.secret).get(WHOAMI).expect(200);
    await tamper(here, ["UPDATE api_key SET state = 'inactive' WHERE id = ?", [made.key.id]]);
    here.clock.advance(60_001);
    await poll(here);

    expect(await statusOf(here.as(made.key.secret), WHOAMI)).toBe(401);
  });
});
