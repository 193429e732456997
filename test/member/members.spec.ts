import { describe, expect, it } from 'vitest';
import { type TestHub } from '../support/factory.js';
import {
  activityOf,
  API_KEYS,
  dataOf,
  type Json,
  leavesAlone,
  NO_ID,
  refusalOf,
  WHOAMI,
} from '../support/management.js';
import { type MemberSpec, type TestMember } from '../support/people.js';
import { useHeldNodes } from '../support/held-app.js';
import { poll, tamper } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';

const MEMBERS = '/v1/hubs/current/members';
const PASSWORD = { passwordHash: 'one that fits nothing' };

let app: TestApp;
let there: TestApp;
useHeldNodes((one, other) => {
  app = one;
  there = other;
});

const manager = (hub: TestHub, rank = 5, more: readonly string[] = []): Promise<TestMember> =>
  app.people.member({ hub, rank, capabilities: ['hubs-members-view', 'hubs-members-manage', ...more] });
const member = (hub: TestHub, spec: Partial<MemberSpec> = {}): Promise<TestMember> =>
  app.people.member({ hub, rank: 1, ...spec });
const pathOf = ({ membershipId }: TestMember): string => `${MEMBERS}/${membershipId}`;

/** A root member who can sign in, so that the hub has a way in. */
async function rootMember(hub: TestHub): Promise<TestMember> {
  const one = await app.people.member({ hub, roleId: hub.roles.owner });
  await tamper(app, ["UPDATE account SET password_hash = 'x' WHERE id = ?", [one.id]]);
  return one;
}

describe('200', () => {
  it('lists the members of the hub with their accounts and roles, and nobody of another hub', async () => {
    const [hub, other] = [await app.create.hub(), await app.create.hub()];
    const [one, two] = [await manager(hub), await member(hub)];
    const stranger = await member(other);

    const answer = await app.as(one.token).get(`${MEMBERS}?include=accounts&include=roles`).expect(200);

    const { data, includes } = answer.body as { data: { id: string }[]; includes: Record<string, object> };
    expect(data.map(({ id }) => id).sort()).toEqual([one.membershipId, two.membershipId].sort());
    expect(Object.keys(includes['accounts']).sort()).toEqual([one.id, two.id].sort());
    expect(Object.keys(includes['roles']).sort()).toEqual([one.roleId, two.roleId].sort());
    expect(JSON.stringify(answer.body)).not.toContain(stranger.id);
  });

  it('tells of somebody who left who it was, and nothing of how they go on signing in elsewhere', async () => {
    const hub = await app.create.hub();
    const caller = app.as((await manager(hub, 5, ['hubs-auditlog-view', 'hubs-invites-manage'])).token);
    const gone = await member(hub, { capabilities: ['hubs-invites-send'], rank: 2 });
    const invite = { recipient: 'somebody@example.com', role_id: hub.roles.integration };
    await app.as(gone.token).post('/v1/hubs/current/invites', invite).expect(201);
    const now = app.clock.now();
    await tamper(app, [
      'UPDATE account SET last_login_at = ?, totp_confirmed_at = ? WHERE id = ?',
      [now, now, gone.id],
    ]);
    const seen = async (path: string): Promise<unknown> => {
      const { includes } = (await caller.get(path).expect(200)).body as { includes: Record<string, Json> };
      const places = [includes['accounts'], includes['users']?.['accounts'], includes['senders']?.['accounts']];
      return (places.find((one) => one !== undefined) as Json)[gone.id];
    };
    const paths = (state: string, invites: string) => [
      `${MEMBERS}?include=accounts&filter[state]=${state}`,
      '/v1/hubs/current/activity?include=users',
      `/v1/hubs/current/invites?include=senders&filter[state]=${invites}`,
    ];
    const known = { email: { address: gone.email }, two_factor_auth: { verified: true } };
    for (const path of paths('accepted', 'pending')) {
      expect(await seen(path)).toMatchObject(known);
    }

    await caller.delete(pathOf(gone)).expect(202);

    const left = { two_factor_auth: { verified: false }, events: { last_login: '0001-01-01T00:00:00Z' } };
    for (const path of paths('deleted', 'revoked')) {
      expect(await seen(path)).toMatchObject({ ...known, ...left });
    }
  });

  it('finds one member by its id, by its account, and as oneself', async () => {
    const hub = await app.create.hub();
    const one = await manager(hub);
    const caller = app.as(one.token);

    const answers = [
      await caller.get(pathOf(one)).expect(200),
      await caller.get(`${MEMBERS}/account/${one.id}?meta=capabilities`).expect(200),
      await caller.get('/v1/hubs/current/membership').expect(200),
    ].map((answer) => dataOf<{ id: string; meta?: object }>(answer));

    expect(answers.map(({ id }) => id)).toEqual(Array(3).fill(one.membershipId));
    expect(answers[1].meta).toEqual({ capabilities: ['hubs-members-manage', 'hubs-members-view'] });
  });

  it('gives a member another role, which acts at once, and on the other node after a poll', async () => {
    const hub = await app.create.hub();
    const [chief, one] = [await manager(hub, 5, ['api-keys-manage']), await member(hub)];
    const roleId = await app.create.role(hub, ['api-keys-manage'], 2);
    await there.as(one.token).get(API_KEYS).expect(403);

    const [entry] = await activityOf(app, hub, () => app.as(chief.token).patch(pathOf(one), { role_id: roleId }));
    await poll(there);

    const answers = [await app.as(one.token).get(API_KEYS), await there.as(one.token).get(API_KEYS)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(entry).toMatchObject({
      event: 'hub.membership.update',
      user: { type: 'account', id: chief.id },
      component: { type: 'membership', id: one.membershipId },
      changes: { role_id: { before: one.roleId, after: roleId } },
    });
  });
});

describe('202', () => {
  it('removes a member, who is out at once, and on the other node after a poll', async () => {
    const hub = await app.create.hub();
    const [chief, one] = [await manager(hub), await member(hub)];
    await there.as(one.token).get(WHOAMI).expect(200);

    const answer = await app.as(chief.token).delete(pathOf(one)).expect(202);
    await poll(there);

    expect(dataOf(answer)).toMatchObject({ action: 'hub.membership.delete' });
    for (const node of [app, there]) {
      expect(refusalOf(await node.as(one.token).get(WHOAMI).expect(403)).code).toBe('403.wrong-hub');
    }
    await app.as(chief.token).get(pathOf(one)).expect(404);
  });

  it.each([
    ['keep', 200],
    ['revoke', 401],
  ])('tells the keys that the member had made, and on created=%s they answer %i', async (fate, status) => {
    const hub = await app.create.hub();
    const chief = await manager(hub, 6, ['api-keys-manage']);
    const one = await member(hub, { rank: 3, capabilities: ['api-keys-manage'] });
    const key = { name: 'theirs', role_id: hub.roles.integration };
    const made = dataOf<{ id: string; secret: string }>(await app.as(one.token).post(API_KEYS, key).expect(201));

    const { body } = await app
      .as(chief.token)
      .delete(`${pathOf(one)}?created=${fate}`)
      .expect(202);

    const { meta } = body as { meta: { created: { api_keys: { id: string }[] } } };
    expect(meta.created.api_keys.map(({ id }) => id)).toEqual([made.id]);
    expect((await app.as(made.secret).get(WHOAMI)).status).toBe(status);
  });
});

describe('403', () => {
  it.each([
    ['of a higher rank', 7],
    ['of the same rank', 5],
  ])('a member %s is neither changed nor removed', async (_, rank) => {
    const hub = await app.create.hub();
    const [chief, other] = [await manager(hub), await member(hub, { rank })];
    const caller = app.as(chief.token);

    const answers = await leavesAlone(app, hub, async () => [
      await caller.patch(pathOf(other), { role_id: hub.roles.integration }).expect(403),
      await caller.delete(pathOf(other)).expect(403),
    ]);

    expect(answers.map((answer) => refusalOf(answer).detail)).toEqual(
      Array(2).fill(expect.stringContaining(`rank above ${rank}`)),
    );
  });

  it.each([
    ['of one’s own rank', 5, []],
    ['with a capability that one lacks', 1, ['lists-manage']],
  ])('a role %s is not given', async (_, rank, capabilities) => {
    const hub = await app.create.hub();
    const [chief, one] = [await manager(hub), await member(hub)];
    const roleId = await app.create.role(hub, capabilities, rank);

    const answer = await leavesAlone(app, hub, () =>
      app.as(chief.token).patch(pathOf(one), { role_id: roleId }).expect(403),
    );

    expect(refusalOf(answer).code).toBe('403.permissions');
  });

  it('nobody raises themselves, not even by the role that they hold already', async () => {
    const hub = await app.create.hub();
    const chief = await manager(hub);

    const answers = await leavesAlone(app, hub, async () => [
      await app.as(chief.token).patch(pathOf(chief), { role_id: hub.roles.owner }).expect(403),
      await app.as(chief.token).patch(pathOf(chief), { role_id: chief.roleId }).expect(403),
    ]);

    expect(answers).toHaveLength(2);
  });

  it('a key that ends or is confined makes nobody what it could not make a key', async () => {
    const hub = await app.create.hub();
    const one = await member(hub);
    const spec = { hub, roleId: hub.roles.owner };
    const confined = [
      await app.create.key({ ...spec, expiresAt: '2099-01-01T00:00:00Z' }),
      await app.create.key({ ...spec, ips: ['127.0.0.0/8', '::1'] }),
    ];

    for (const { secret } of confined) {
      const answer = await leavesAlone(app, hub, () =>
        app.as(secret).patch(pathOf(one), { role_id: hub.roles.owner }).expect(403),
      );
      expect(refusalOf(answer).detail).toContain('your key is confined');
    }
  });

  it('the last root member is neither removed nor demoted, nor by oneself', async () => {
    const hub = await app.create.hub();
    const root = await rootMember(hub);

    const answers = await leavesAlone(app, hub, async () => [
      await app.as(root.token).delete(pathOf(root)).expect(403),
      await app.as(root.token).patch(pathOf(root), { role_id: hub.roles.admin }).expect(403),
    ]);

    expect(answers.map((answer) => refusalOf(answer).code)).toEqual(Array(2).fill('403.not-allowed'));
  });

  it('a root member who cannot sign in is no way in for the hub', async () => {
    const hub = await app.create.hub();
    const root = await rootMember(hub);
    await app.people.member({ hub, roleId: hub.roles.owner });

    await leavesAlone(app, hub, () => app.as(root.token).delete(pathOf(root)).expect(403));

    await rootMember(hub);
    expect((await app.as(root.token).delete(pathOf(root))).status).toBe(202);
  });

  it('a last root key may go while a root member can sign in, and the other way round', async () => {
    const hub = await app.create.hub();
    const root = await rootMember(hub);
    const key = await app.create.ownerKey(hub);

    await app.as(root.token).delete(`${API_KEYS}/${key.id}`).expect(200);
    const again = await app.create.ownerKey(hub);
    await app.as(again.secret).delete(pathOf(root)).expect(202);

    const answer = await app.as(again.secret).delete(`${API_KEYS}/${again.id}`).expect(403);
    expect(refusalOf(answer).code).toBe('403.not-allowed');
  });

  it('nobody steps down below the keys that they made, and the keys are named', async () => {
    const hub = await app.create.hub();
    const [root] = [await rootMember(hub), await rootMember(hub)];
    const high = await app.create.role(hub, [], 6);
    const made = dataOf<{ id: string }>(await app.as(root.token).post(API_KEYS, { name: 'high', role_id: high }));

    const answer = await leavesAlone(app, hub, () =>
      app.as(root.token).patch(pathOf(root), { role_id: hub.roles.dev_ops }).expect(403),
    );

    expect(refusalOf(answer).extra).toEqual({ api_keys: [made.id] });
    expect((await app.as(root.token).patch(pathOf(root), { role_id: hub.roles.admin })).status).toBe(200);
  });
});

describe('404', () => {
  it('is one answer for a member of another hub, who left, and who never was', async () => {
    const [hub, other] = [await app.create.hub(), await app.create.hub()];
    const [chief, gone, stranger] = [await manager(hub), await member(hub), await member(other)];
    await app.as(chief.token).delete(pathOf(gone)).expect(202);
    const caller = app.as(chief.token);

    const told: unknown[] = [];
    for (const id of [stranger.membershipId, gone.membershipId, NO_ID, 'x'.repeat(24)]) {
      for (const answer of [
        await caller.get(`${MEMBERS}/${id}`).expect(404),
        await caller.patch(`${MEMBERS}/${id}`, { role_id: hub.roles.integration }).expect(404),
        await caller.delete(`${MEMBERS}/${id}`).expect(404),
      ]) {
        const { requestId: _, ...error } = refusalOf(answer);
        told.push(JSON.stringify(error));
      }
    }
    await caller.get(`${MEMBERS}/account/${stranger.id}`).expect(404);

    expect(new Set(told).size).toBe(1);
  });

  it('is the own membership of a key, which has none', async () => {
    const hub = await app.create.hub();
    const { secret } = await app.create.ownerKey(hub);

    expect(refusalOf(await app.as(secret).get('/v1/hubs/current/membership').expect(404)).code).toBe(
      '404.hub.membership',
    );
  });
});

describe('two who act at once', () => {
  it('do not both remove each other when they are the last root members', async () => {
    const hub = await app.create.hub();
    const [one, two] = [await rootMember(hub), await rootMember(hub)];

    const answers = await Promise.all([app.as(one.token).delete(pathOf(two)), there.as(two.token).delete(pathOf(one))]);

    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(1);
  });
});

describe('a person', () => {
  it('who can sign in counts as a way in only with a password of their own', async () => {
    const hub = await app.create.hub();
    const account = await app.people.account({ ...PASSWORD, passwordOnce: true });
    await app.people.join(hub, account, hub.roles.owner);
    const key = await app.create.ownerKey(hub);

    const answer = await leavesAlone(app, hub, () => app.as(key.secret).delete(`${API_KEYS}/${key.id}`).expect(403));

    expect(refusalOf(answer).code).toBe('403.not-allowed');
  });
});
