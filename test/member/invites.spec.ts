import { describe, expect, it } from 'vitest';
import { INVITES_PER_ADDRESS } from '../../src/modules/member/invite.service.js';
import { SCOPES } from '../../src/access/index.js';
import { type TestHub } from '../support/factory.js';
import { useHeldApp } from '../support/held-app.js';
import { activityOf, dataOf, leavesAlone, NO_ID, refusalOf } from '../support/management.js';
import { mailTo } from '../support/outbox.js';
import { type TestMember } from '../support/people.js';
import { poll, statementsOf, tamper } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';
import { type Invite, INVITES, Inviting, SENDER, type Sent } from './support/inviting.js';

const DAY_MS = 24 * 3_600_000;

let app: TestApp;
useHeldApp((one) => {
  app = one;
});

const sender = (hub: TestHub, rank?: number): Promise<TestMember> => new Inviting(app).sender(hub, rank);
const sent = (how?: { verified?: boolean; rank?: number }): Promise<Sent> => new Inviting(app).sent(how);

describe('sending', () => {
  it('201: mails the recipient a one-time token that stands in no answer, table or activity', async () => {
    const { hub, invite, token, person } = await sent();

    const rows = await app.database.query<object>('SELECT * FROM membership WHERE id = ?', [invite.id]);
    const written = await app.database.query<object>('SELECT body FROM activity WHERE hub_id = ?', [hub.id]);

    expect(token).toMatch(/^hgt_[0-9a-f]{24}_\w{38}$/);
    expect(invite).toMatchObject({ state: { current: 'pending' }, invitation: { recipient: person.email } });
    expect(JSON.stringify([invite, rows, written])).not.toContain(token);
  });

  it('is told by the activity, with address and role', async () => {
    const hub = await app.create.hub();
    const from = await sender(hub);
    const body = { recipient: 'ada@example.com', role_id: hub.roles.integration };

    const [entry] = await activityOf(app, hub, () => app.as(from.token).post(INVITES, body).expect(201));

    expect(entry).toMatchObject({
      event: 'hub.membership.create',
      user: { type: 'account', id: from.id },
      changes: { recipient: { after: 'ada@example.com' }, role_id: { after: hub.roles.integration } },
    });
  });

  it.each([
    ['of one’s own rank', 5, []],
    ['of a higher rank', 6, []],
    ['with a capability that one lacks', 1, ['lists-manage']],
  ])('403: a role %s', async (_, rank, capabilities) => {
    const hub = await app.create.hub();
    const from = await sender(hub);
    const role_id = await app.create.role(hub, capabilities, rank);
    const recipient = 'nobody-was-mailed@example.com';

    const answer = await leavesAlone(app, hub, () =>
      app.as(from.token).post(INVITES, { recipient, role_id }).expect(403),
    );

    expect(refusalOf(answer).code).toBe('403.permissions');
    expect(await mailTo(app, recipient)).toEqual([]);
  });

  it('403: by a key that ends tonight, however much it may', async () => {
    const hub = await app.create.hub();
    const { secret } = await app.create.key({ hub, roleId: hub.roles.owner, expiresAt: '2099-01-01T00:00:00Z' });
    const body = { recipient: 'ada@example.com', role_id: hub.roles.integration };

    const answer = await leavesAlone(app, hub, () => app.as(secret).post(INVITES, body).expect(403));

    expect(refusalOf(answer).detail).toContain('your key is confined');
  });

  it('403: by a key without every scope, to a role that makes keys: a person gives keys any scope', async () => {
    const hub = await app.create.hub();
    const capabilities = [...SENDER, 'api-keys-manage'];
    const { secret } = await app.create.key({ hub, capabilities, scopes: ['read:lists'] });
    const role_id = await app.create.role(hub, ['api-keys-manage'], 1);
    const body = { recipient: 'ada@example.com', role_id };

    const answer = await leavesAlone(app, hub, () => app.as(secret).post(INVITES, body).expect(403));

    expect(refusalOf(answer).detail).toContain('scope write:lists');
    const whole = await app.create.key({ hub, capabilities, scopes: SCOPES });
    await app.as(whole.secret).post(INVITES, body).expect(201);
  });

  it.each([
    ['no-address', '/recipient', 422],
    ['ada@exämple.com', '/recipient', 422],
    ['"a\r\nBcc: all"@example.com', '/recipient', 422],
    [42, '/recipient', 422],
  ])('422: the recipient %j', async (recipient, source, status) => {
    const hub = await app.create.hub();
    const from = await sender(hub);

    const answer = await leavesAlone(app, hub, () =>
      app.as(from.token).post(INVITES, { recipient, role_id: hub.roles.integration }).expect(status),
    );

    expect(refusalOf(answer).source).toBe(source);
  });

  it('422: another hub’s role, as one that never was', async () => {
    const [hub, other] = [await app.create.hub(), await app.create.hub()];
    const from = await sender(hub);
    const told: unknown[] = [];
    for (const role_id of [other.roles.integration, NO_ID]) {
      const answer = await app.as(from.token).post(INVITES, { recipient: 'ada@example.com', role_id }).expect(422);
      const { requestId: _, ...error } = refusalOf(answer);
      told.push(error);
    }

    expect(told[0]).toEqual(told[1]);
    expect(told[0]).toMatchObject({ source: '/role_id' });
  });

  it('409: to somebody who is invited already, in any spelling, until that invite is revoked or has ended', async () => {
    const { hub, sender: from, invite, person } = await sent();
    const again = { recipient: person.email.toUpperCase(), role_id: hub.roles.integration };
    const caller = app.as(from.token);

    const answer = await leavesAlone(app, hub, () => caller.post(INVITES, again).expect(409));
    await caller.delete(`${INVITES}/${invite.id}`).expect(200);
    const second = dataOf<Invite>(await caller.post(INVITES, again).expect(201));
    await tamper(app, ['UPDATE membership SET invite_ends_at = 1 WHERE id = ?', [second.id]]);
    const third = await caller.post(INVITES, again);

    expect(refusalOf(answer).source).toBe('/recipient');
    expect(third.status).toBe(201);
  });

  it('429: an address is mailed so often by a hub and no more, however often its invite is taken back', async () => {
    const hub = await app.create.hub();
    const caller = app.as((await sender(hub)).token);
    const body = { recipient: 'flooded@example.com', role_id: hub.roles.integration };
    for (let mail = 0; mail < INVITES_PER_ADDRESS; mail += 1) {
      const { id } = dataOf<Invite>(await caller.post(INVITES, body).expect(201));
      await caller.delete(`${INVITES}/${id}`).expect(200);
    }

    const again = { ...body, recipient: 'Flooded@Example.com' };
    const answer = await leavesAlone(app, hub, () => caller.post(INVITES, again).expect(429));

    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(await mailTo(app, body.recipient)).toHaveLength(INVITES_PER_ADDRESS);
    await caller.post(INVITES, { ...body, recipient: 'somebody-else@example.com' }).expect(201);
    await tamper(app, ['UPDATE membership SET created_at = created_at - ? WHERE hub_id = ?', [DAY_MS, hub.id]]);
    await caller.post(INVITES, body).expect(201);
  });

  it('costs the same statements whether the address has an account somewhere or not', async () => {
    const hub = await app.create.hub();
    const caller = app.as((await sender(hub)).token);
    const { email } = await app.people.member({ hub: await app.create.hub() });
    const invite = (recipient: string) =>
      statementsOf(app, () => caller.post(INVITES, { recipient, role_id: hub.roles.integration }).expect(201));
    await invite('first@example.com');
    await poll(app);

    expect(await invite(email)).toBe(await invite('no-account@example.com'));
  });

  it('409: to a member', async () => {
    const hub = await app.create.hub();
    const from = await sender(hub);
    const one = await app.people.member({ hub });

    const body = { recipient: one.email, role_id: hub.roles.integration };
    const answer = await leavesAlone(app, hub, () => app.as(from.token).post(INVITES, body).expect(409));

    expect(refusalOf(answer).detail).toContain('a member of the hub already');
  });
});

describe('the hub’s invites', () => {
  it('200: are those that wait, with senders and roles', async () => {
    const { sender: from, invite, token } = await sent();

    const answer = await app
      .as(from.token)
      .get(`${INVITES}?include=senders&include=roles&meta=capabilities`)
      .expect(200);

    const { data, includes } = answer.body as { data: Invite[]; includes: { senders: { accounts: object } } };
    expect(data.map(({ id }) => id)).toEqual([invite.id]);
    expect(Object.keys(includes.senders.accounts)).toEqual([from.id]);
    expect(JSON.stringify(answer.body)).not.toContain(token);
  });

  it('404: cannot be revoked from another hub, nor twice', async () => {
    const { sender: from, invite } = await sent();
    const other = await sender(await app.create.hub());

    const foreign = await app.as(other.token).delete(`${INVITES}/${invite.id}`);
    await app.as(from.token).delete(`${INVITES}/${invite.id}`).expect(200);
    const again = await app.as(from.token).delete(`${INVITES}/${invite.id}`);

    expect([foreign, again].map((answer) => refusalOf(answer).code)).toEqual(Array(2).fill('404.hub.invitation'));
  });
});
