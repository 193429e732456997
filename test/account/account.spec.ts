import { describe, expect, it } from 'vitest';
import { poll } from '../support/stillness.js';
import { useHeldApp } from '../support/held-app.js';
import { activityOf, dataOf, type Json, refusalOf, WHOAMI } from '../support/management.js';
import { type TestApp } from '../support/test-app.js';
import {
  ACCOUNT,
  accountRow,
  attempt,
  codeOf,
  enable,
  leavesAccountsAlone,
  PASSWORD,
  person,
  signIn,
  skipDelays,
} from './support/signing-in.js';

let app: TestApp;
useHeldApp((one) => {
  app = one;
  skipDelays(app);
});

describe('one’s own account', () => {
  it('200: is shown in the contract’s shape, and no secret of it', async () => {
    const account = await person(app);
    const caller = await signIn(app, account);

    const answer = await caller.get(ACCOUNT).expect(200);

    const time = new Date(app.clock.now()).toISOString();
    expect(dataOf(answer)).toEqual({
      id: account.id,
      name: { first: 'Ada', last: 'Example' },
      email: { address: account.email, verified: true, added: time },
      two_factor_auth: null,
      allow_support_login: false,
      allow_support_logins: false,
      state: { current: 'live', changed: time },
      events: { created: time, updated: time, deleted: '0001-01-01T00:00:00Z', last_login: time },
    });
  });

  it('200: changes its name, the first or the last alone too', async () => {
    const account = await person(app);
    const caller = await signIn(app, account);

    await caller.patch(ACCOUNT, { name: { first: ' Grace ', last: 'Hopper' } }).expect(200);
    const after = dataOf<Json>(await caller.patch(ACCOUNT, { name: { last: 'Murray' } }).expect(200));

    expect(after['name']).toEqual({ first: 'Grace', last: 'Murray' });
    expect(dataOf<Json>(await caller.patch(ACCOUNT, { allow_support_login: false }).expect(200))['name']).toEqual({
      first: 'Grace',
      last: 'Murray',
    });
  });

  it.each([
    [{ id: '0'.repeat(24) }, '/id'],
    [{ email: 'other@example.com' }, '/email'],
    [{ email_key: 'x' }, '/email_key'],
    [{ emailKey: 'x' }, '/emailKey'],
    [{ verified: true }, '/verified'],
    [{ verifiedAt: 1 }, '/verifiedAt'],
    [{ password: 'x' }, '/password'],
    [{ passwordHash: 'x' }, '/passwordHash'],
    [{ passwordOnce: false }, '/passwordOnce'],
    [{ totp_secret: 'x' }, '/totp_secret'],
    [{ two_factor_auth: { verified: false } }, '/two_factor_auth'],
    [{ state: { current: 'live' } }, '/state'],
    [{ revision: 9 }, '/revision'],
    [{ name: { first: 'A', role: 'owner' } }, '/name/role'],
    [{ name: { first: '' } }, '/name/first'],
    [{ name: { first: 'x'.repeat(101) } }, '/name/first'],
    [{ name: { first: 'A\nB' } }, '/name/first'],
    [{ name: null }, '/name'],
    [{ name: 'Ada' }, '/name'],
    [{ allow_support_login: true }, '/allow_support_login'],
    [{ __proto__: { verified: true }, constructor: 1 }, '/constructor'],
  ])('422: takes nothing else: %j', async (body, source) => {
    const caller = await signIn(app, await person(app));

    const answer = await leavesAccountsAlone(app, () => caller.patch(ACCOUNT, body).expect(422));

    expect(refusalOf(answer).source).toBe(source);
  });

  it('403: is nothing that a key has', async () => {
    const hub = await app.create.hub();
    const owner = app.as((await app.create.ownerKey(hub)).secret);
    await owner.get(ACCOUNT).expect(403);
    expect((await owner.delete(ACCOUNT, { password: PASSWORD })).status).toBe(403);
  });

  it('401: is nothing of nobody', async () => {
    expect((await app.anonymous.get(ACCOUNT)).status).toBe(401);
  });
});

describe('deleting one’s account', () => {
  it('202: ends its sessions and memberships, frees its address, and keeps nothing to sign in with', async () => {
    const hub = await app.create.hub();
    await app.create.ownerKey(hub);
    const account = await person(app);
    await app.people.join(hub, account, hub.roles['owner'] ?? '');
    const caller = await signIn(app, account);
    const { codes } = await enable(app, caller);

    const entries = await activityOf(app, hub, async () => {
      const answer = await caller.delete(ACCOUNT, { password: PASSWORD, recovery_code: codes[0] }).expect(202);
      expect(dataOf(answer)).toEqual({ action: 'account.delete' });
    });

    expect(entries).toMatchObject([
      {
        event: 'hub.membership.delete',
        user: { type: 'account', id: account.id },
        changes: { state: { before: 'accepted', after: 'deleted' } },
      },
    ]);
    await caller.get(WHOAMI).expect(401);
    await attempt(app, { email: account.email }).expect(401);
    expect(await accountRow(app, account)).toMatchObject({
      state: 'deleted',
      email_key: null,
      password_hash: null,
      totp_secret: null,
      totp_pending: null,
      recovery_codes: null,
    });
    const members = await app.database.query('SELECT state, member_id FROM membership WHERE account_id = ?', [
      account.id,
    ]);
    expect(members).toEqual([{ state: 'deleted', member_id: null }]);
    const again = await person(app, { email: account.email });
    await signIn(app, again);
  });

  it('202: takes back the invites that it sent and nobody answered', async () => {
    const hub = await app.create.hub();
    await app.create.ownerKey(hub);
    const account = await person(app);
    await app.people.join(hub, account, hub.roles['owner'] ?? '');
    const caller = await signIn(app, account);
    const invite = { recipient: 'invited@example.com', role_id: hub.roles['integration'] };
    const { id } = dataOf<{ id: string }>(await caller.post('/v1/hubs/current/invites', invite).expect(201));

    const entries = await activityOf(app, hub, () => caller.delete(ACCOUNT, { password: PASSWORD }).expect(202));

    expect(entries.map(({ event, component }) => [event, component['id'] === id])).toEqual([
      ['hub.membership.update', true],
      ['hub.membership.delete', false],
    ]);
    const sql = 'SELECT state, invited_key, token_digest FROM membership WHERE id = ?';
    expect(await app.database.query(sql, [id])).toEqual([{ state: 'revoked', invited_key: null, token_digest: null }]);
  });

  it('403: not without the password, and not without a code where there is a second factor', async () => {
    const account = await person(app);
    const caller = await signIn(app, account);
    const wrong = await leavesAccountsAlone(app, () => caller.delete(ACCOUNT, { password: 'a wrong one' }).expect(403));
    expect(refusalOf(wrong)).toMatchObject({ code: '403.not-allowed', source: '/password' });
    const { secret } = await enable(app, caller);

    const without = await leavesAccountsAlone(app, () => caller.delete(ACCOUNT, { password: PASSWORD }).expect(403));
    expect(refusalOf(without).code).toBe('403.2fa-required');
    await caller.delete(ACCOUNT, { password: PASSWORD, totp: codeOf(app, secret) }).expect(202);
    await caller.delete(ACCOUNT, {}).expect(401);
  });

  it.each([
    ['a key that ends', 'UPDATE api_key SET expires_at = 9999999999999 WHERE hub_id = ?'],
    ['a key that is off', "UPDATE api_key SET state = 'inactive' WHERE hub_id = ?"],
    ['a key for other addresses', `UPDATE api_key SET ips = '["192.0.2.1"]' WHERE hub_id = ?`],
    ['a key whose secret ends', 'UPDATE api_secret SET ends_at = 9999999999999 WHERE hub_id = ?'],
  ])('409: not while only %s is another way into a hub', async (_, statement) => {
    const hub = await app.create.hub();
    await app.create.ownerKey(hub);
    const account = await person(app);
    await app.people.join(hub, account, hub.roles['owner'] ?? '');
    const caller = await signIn(app, account);
    await app.database.transaction((tx) => tx.query(statement, [hub.id]));

    const answer = await leavesAccountsAlone(app, () => caller.delete(ACCOUNT, { password: PASSWORD }).expect(409));

    expect(refusalOf(answer)).toMatchObject({ code: '409.in-use', extra: { hubs: [hub.id] } });
  });

  it('202: while another owner is there, one after the other; 409 for the last', async () => {
    const hub = await app.create.hub();
    const [one, two] = [await person(app), await person(app)];
    for (const account of [one, two]) {
      await app.people.join(hub, account, hub.roles['owner'] ?? '');
    }
    const callers = [await signIn(app, one), await signIn(app, two)];
    await poll(app);

    const statuses = await Promise.all(
      callers.map(async (caller) => (await caller.delete(ACCOUNT, { password: PASSWORD })).status),
    );

    expect(statuses.toSorted((a, b) => a - b)).toEqual([202, 409]);
  });
});
