import { describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/access/index.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { useHeldApp } from '../support/held-app.js';
import { activityOf, API_KEYS, dataOf, leavesAlone, NO_ID, refusalOf, WHOAMI } from '../support/management.js';
import { tamper } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';
import {
  type Invite,
  INVITES,
  Inviting,
  MEMBERS,
  MINE,
  pathOf as path,
  SENDER,
  type Sent,
} from './support/inviting.js';

const DAY_MS = 24 * 3_600_000;

let app: TestApp;
useHeldApp((one) => {
  app = one;
});

const sent = (how?: { verified?: boolean; rank?: number }): Promise<Sent> => new Inviting(app).sent(how);

describe('accepting', () => {
  it('200: lets a person of the verified address in, who was not in before', async () => {
    const { hub, self, invite, person } = await sent();
    expect((await self.with({ 'x-hub-id': hub.id }).get(WHOAMI)).status).toBe(403);
    const waiting = dataOf<Invite[]>(await self.get(MINE).expect(200));

    const answer = await self.patch(path(invite), { accept: true }).expect(200);

    expect(waiting.map(({ id }) => id)).toEqual([invite.id]);
    expect(dataOf(answer)).toMatchObject({ account_id: person.id, state: { current: 'accepted' } });
    expect(dataOf(await self.get(WHOAMI).expect(200))).toMatchObject({ hub: { id: hub.id } });
    expect(dataOf<Invite[]>(await self.get('/v1/account/memberships')).map(({ id }) => id)).toEqual([invite.id]);
  });

  it('is told by the hub’s activity as the person’s own doing', async () => {
    const { hub, self, invite, person } = await sent();

    const [entry] = await activityOf(app, hub, () => self.patch(path(invite), { accept: true }).expect(200));

    expect(entry).toMatchObject({
      event: 'hub.membership.update',
      user: { type: 'account', id: person.id },
      changes: { state: { before: 'pending', after: 'accepted' } },
      session: { ip: expect.any(String), url: path(invite) },
    });
  });

  it('200: by the token of the mail where the address is not verified, which then is', async () => {
    const { self, invite, token, person, hub } = await sent({ verified: false });
    expect(dataOf(await self.get(MINE).expect(200))).toEqual([]);

    await leavesAlone(app, hub, () => self.patch(path(invite), { accept: true }).expect(404));
    const answer = await self.patch(path(invite), { accept: true, token });

    const [{ verified_at }] = await app.database.query<{ verified_at: number | null }>(
      'SELECT verified_at FROM account WHERE id = ?',
      [person.id],
    );
    expect(answer.status).toBe(200);
    expect(verified_at).not.toBeNull();
  });

  it('200: by the token with an account of another address, which is not verified by it', async () => {
    const { invite, token, hub } = await sent();
    const other = await app.people.account({ verifiedAt: null });
    const caller = app.as((await app.people.session(other)).token);

    const answer = await caller.patch(path(invite), { accept: true, token });

    const [row] = await app.database.query<object>('SELECT verified_at FROM account WHERE id = ?', [other.id]);
    expect(answer.status).toBe(200);
    expect(row).toEqual({ verified_at: null });
    expect((await caller.with({ 'x-hub-id': hub.id }).get(WHOAMI)).status).toBe(200);
  });

  it('404: of somebody else’s invite, as one that never was', async () => {
    const { invite, hub } = await sent();
    const other = await sent();
    const stranger = app.as((await app.people.session(await app.people.account())).token);

    const told: unknown[] = [];
    for (const [id, token] of [
      [invite.id, undefined],
      [invite.id, other.token],
      [invite.id, 'hgt_nonsense'],
      [NO_ID, undefined],
    ] as const) {
      const body = token === undefined ? { accept: true } : { accept: true, token };
      const answer = await leavesAlone(app, hub, () => stranger.patch(`${MINE}/${id}`, body).expect(404));
      const { requestId: _, ...error } = refusalOf(answer);
      told.push(JSON.stringify(error));
    }

    expect(new Set(told).size).toBe(1);
  });

  it('404: with a token that was used', async () => {
    const { invite, token, self, hub } = await sent();
    await self.patch(path(invite), { accept: true, token }).expect(200);
    const stranger = app.as((await app.people.session(await app.people.account())).token);

    const answer = await leavesAlone(app, hub, () => stranger.patch(path(invite), { accept: true, token }));

    expect(answer.status).toBe(404);
  });

  it('403: of an invite that has ended', async () => {
    const { invite, self, hub } = await sent();
    app.clock.advance(14 * DAY_MS);
    await tamper(app, ['UPDATE account_session SET expires_at = expires_at + ?', [20 * DAY_MS]]);

    const answer = await leavesAlone(app, hub, () => self.patch(path(invite), { accept: true }));

    expect(refusalOf(answer).code).toBe('403.expired');
  });

  it('422: of both answers at once, or none', async () => {
    const { invite, self, hub } = await sent();

    const answers = await leavesAlone(app, hub, async () => [
      await self.patch(path(invite), {}).expect(422),
      await self.patch(path(invite), { accept: true, decline: true }).expect(422),
      await self.patch(path(invite), { accept: false }).expect(422),
    ]);

    expect(answers).toHaveLength(3);
  });

  it('by two at once with one token lets one of them in', async () => {
    const { invite, token, hub } = await sent();
    const others = [await app.people.account(), await app.people.account()];
    const callers = await Promise.all(others.map(async (one) => app.as((await app.people.session(one)).token)));

    const answers = await Promise.all(callers.map((one) => one.patch(path(invite), { accept: true, token })));

    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 404]);
    expect(
      await app.database.query('SELECT id FROM membership WHERE hub_id = ? AND member_id = ?', [hub.id, others[0].id]),
    ).toHaveLength(answers[0].status === 200 ? 1 : 0);
  });

  it('200: declining uses the invite up', async () => {
    const { invite, self, hub } = await sent();

    const answer = await self.patch(path(invite), { decline: true }).expect(200);

    expect(dataOf(answer)).toMatchObject({ state: { current: 'declined' } });
    await leavesAlone(app, hub, () => self.patch(path(invite), { accept: true }).expect(404));
  });
});

describe('an invite is void', () => {
  const ruin: readonly [string, (one: Sent) => Promise<unknown>][] = [
    [
      'after its sender’s role lost the capability to invite',
      ({ sender: { roleId } }) =>
        tamper(app, ['UPDATE role SET capabilities = ? WHERE id = ?', ['{"all":false,"specific":[]}', roleId]]),
    ],
    [
      'after its sender’s role fell to the rank that it gives',
      ({ sender: { roleId } }) => tamper(app, ['UPDATE role SET role_rank = 1 WHERE id = ?', [roleId]]),
    ],
    [
      'after the role that it gives rose to its sender’s rank',
      async ({ invite }) =>
        tamper(app, [
          'UPDATE role SET role_rank = 5 WHERE id = (SELECT role_id FROM membership WHERE id = ?)',
          [invite.id],
        ]),
    ],
    [
      'after the role that it gives got a capability that its sender lacks',
      async ({ invite }) =>
        tamper(app, [
          'UPDATE role SET capabilities = ? WHERE id = (SELECT role_id FROM membership WHERE id = ?)',
          ['{"all":false,"specific":["lists-manage"]}', invite.id],
        ]),
    ],
  ];

  it.each(ruin)('%s: 403, and it is revoked for good', async (_, ruined) => {
    const one = await sent();
    await ruined(one);

    const answer = await one.self.patch(path(one.invite), { accept: true }).expect(403);

    const [row] = await app.database.query<object>('SELECT state FROM membership WHERE id = ?', [one.invite.id]);
    expect(refusalOf(answer).code).toBe('403.not-approved');
    expect(row).toEqual({ state: 'revoked' });
    expect((await one.self.get(WHOAMI)).status).toBe(403);
  });

  it.each([
    ['was removed', (chief: Client, id: string) => chief.delete(`${MEMBERS}/${id}`).expect(202)],
    [
      'was demoted below what it gives',
      async (chief: Client, id: string, hub: TestHub) => {
        const role_id = await app.create.role(hub, SENDER, 1);
        return chief.patch(`${MEMBERS}/${id}`, { role_id }).expect(200);
      },
    ],
  ])('at once when its sender %s', async (_, act) => {
    const one = await sent();
    const chief = app.as((await app.create.ownerKey(one.hub)).secret);
    await act(chief, one.sender.membershipId, one.hub);

    const [row] = await app.database.query<object>('SELECT state FROM membership WHERE id = ?', [one.invite.id]);

    expect(row).toEqual({ state: 'revoked' });
    expect((await one.self.patch(path(one.invite), { accept: true })).status).toBe(404);
  });

  it('stays when its sender was demoted but could still send it', async () => {
    const one = await sent({ rank: 0 });
    const chief = app.as((await app.create.ownerKey(one.hub)).secret);
    const role_id = await app.create.role(one.hub, SENDER, 1);
    await chief.patch(`${MEMBERS}/${one.sender.membershipId}`, { role_id }).expect(200);

    expect((await one.self.patch(path(one.invite), { accept: true })).status).toBe(200);
  });

  it.each([
    ['deleted', (chief: Client, id: string) => chief.delete(`${API_KEYS}/${id}`).expect(200)],
    [
      'switched off',
      (chief: Client, id: string) => chief.patch(`${API_KEYS}/${id}`, { state: 'inactive' }).expect(200),
    ],
    [
      'confined to addresses',
      (chief: Client, id: string) => chief.patch(`${API_KEYS}/${id}`, { ips: ['192.0.2.1'] }).expect(200),
    ],
  ])('when the key that sent it was %s', async (_, act) => {
    const hub = await app.create.hub();
    const key = await app.create.key({ hub, rank: 5, capabilities: SENDER });
    const person = await app.people.account();
    const body = { recipient: person.email, role_id: hub.roles.integration };
    const invite = dataOf<Invite>(await app.as(key.secret).post(INVITES, body).expect(201));
    await act(app.as((await app.create.ownerKey(hub)).secret), key.id);

    const answer = await app.as((await app.people.session(person)).token).patch(path(invite), { accept: true });

    expect(refusalOf(answer).code).toBe('403.not-approved');
  });

  it('to a role that makes keys, once the key that sent it has lost a scope', async () => {
    const hub = await app.create.hub();
    const capabilities = [...SENDER, 'api-keys-manage'];
    const key = await app.create.key({ hub, rank: 5, capabilities, scopes: SCOPES });
    const person = await app.people.account();
    const role_id = await app.create.role(hub, ['api-keys-manage'], 1);
    const body = { recipient: person.email, role_id };
    const invite = dataOf<Invite>(await app.as(key.secret).post(INVITES, body).expect(201));
    const owner = app.as((await app.create.ownerKey(hub)).secret);
    await owner.patch(`${API_KEYS}/${key.id}`, { scopes: ['read:lists'] }).expect(200);

    const answer = await app.as((await app.people.session(person)).token).patch(path(invite), { accept: true });

    expect(refusalOf(answer).code).toBe('403.not-approved');
  });
});

describe('a role', () => {
  it('403: does not begin to make keys, by a key without every scope, while a member holds it or is to', async () => {
    const hub = await app.create.hub();
    const member = await app.people.member({ hub, rank: 1 });
    const role_id = await app.create.role(hub, [], 1);
    const capabilities = ['hubs-roles-manage', 'api-keys-manage', 'hubs-invites-send'];
    const confined = app.as((await app.create.key({ hub, capabilities, scopes: ['read:lists'] })).secret);
    await confined.post(INVITES, { recipient: 'ada@example.com', role_id }).expect(201);
    const body = { capabilities: { all: false, specific: ['api-keys-manage'] } };

    for (const id of [member.roleId, role_id]) {
      const answer = await leavesAlone(app, hub, () =>
        confined.patch(`/v1/hubs/current/roles/${id}`, body).expect(403),
      );
      expect(refusalOf(answer).detail).toContain('scope write:lists');
    }
    const free = await app.create.role(hub, [], 1);
    await confined.patch(`/v1/hubs/current/roles/${free}`, body).expect(200);
  });

  it('409: is not deleted while a member has it or an invite would give it, and both are named', async () => {
    const hub = await app.create.hub();
    const owner = app.as((await app.create.ownerKey(hub)).secret);
    const member = await app.people.member({ hub });
    const body = { recipient: 'ada@example.com', role_id: member.roleId };
    const invite = dataOf<Invite>(await owner.post(INVITES, body).expect(201));

    const answer = await leavesAlone(app, hub, () =>
      owner.delete(`/v1/hubs/current/roles/${member.roleId}`).expect(409),
    );
    const counted = await owner.get(`/v1/hubs/current/roles/${member.roleId}?meta=counts`).expect(200);

    expect(refusalOf(answer).extra).toEqual({ api_keys: [], members: [member.membershipId], invites: [invite.id] });
    expect(dataOf(counted)).toMatchObject({ meta: { counts: { members: 1, api_keys: 0 } } });
  });
});
