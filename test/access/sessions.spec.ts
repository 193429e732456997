import { describe, expect, it } from 'vitest';
import { generateSecret } from '../../src/access/index.js';
import { newId } from '../../src/common/ids.js';
import { AccountSession } from '../../src/modules/account/account-session.entity.js';
import { ProvisioningService } from '../../src/modules/provisioning/index.js';
import { type TestHub } from '../support/factory.js';
import { API_KEYS, dataOf, leavesAlone, refusalOf, ROLES, WHOAMI } from '../support/management.js';
import { poll, statementsOf } from '../support/stillness.js';
import { useHeldApp } from '../support/held-app.js';
import { type TestApp } from '../support/test-app.js';

let app: TestApp;
useHeldApp((one) => {
  app = one;
});

const key = (hub: TestHub) => ({ name: 'made by a person', role_id: hub.roles.integration });

describe('a session at the management door', () => {
  it('acts in the hub of its account, with the role that the account has there', async () => {
    const hub = await app.create.hub();
    const member = await app.people.member({ hub, capabilities: ['api-keys-manage'] });
    const caller = app.as(member.token);

    const me = dataOf(await caller.get(WHOAMI).expect(200));
    const made = dataOf<{ creator: object }>(await caller.post(API_KEYS, key(hub)).expect(201));

    expect(me).toMatchObject({
      kind: 'session',
      hub: { id: hub.id },
      api_key: null,
      account: { id: member.id, name: member.email },
      capabilities: ['api-keys-manage'],
    });
    expect(made.creator).toEqual({ id: member.id, type: 'account' });
  });

  it('403: lacks what its role lacks, by name', async () => {
    const hub = await app.create.hub();
    const member = await app.people.member({ hub, capabilities: ['api-keys-manage'] });

    const answer = await leavesAlone(app, hub, () => app.as(member.token).get(ROLES).expect(403));

    expect(refusalOf(answer)).toMatchObject({ code: '403.permissions', extra: { capability: 'hubs-roles-manage' } });
  });

  it('is at home at once in a hub that the command line gives to its account', async () => {
    const member = await app.people.member({ hub: await app.create.hub() });
    await app.as(member.token).get(WHOAMI).expect(200);

    const { hub } = await app.nest.get(ProvisioningService).bootstrap(`Hub ${newId()}`, member.email);
    await poll(app);

    await app.as(member.token).with({ 'x-hub-id': hub.id }).get(WHOAMI).expect(200);
    expect(refusalOf(await app.as(member.token).get(WHOAMI).expect(403)).code).toBe('403.wrong-hub');
  });

  it('costs no SQL once it is known', async () => {
    const hub = await app.create.hub();
    const { token } = await app.people.member({ hub });
    await app.as(token).get(WHOAMI).expect(200);
    await poll(app);

    expect(await statementsOf(app, () => app.as(token).get(WHOAMI).expect(200))).toEqual(0);
  });

  it('gives its keys a life without an end, though the session ends tonight', async () => {
    const hub = await app.create.hub();
    const { token } = await app.people.member({ hub, roleId: hub.roles.owner });

    const made = dataOf(await app.as(token).post(API_KEYS, key(hub)).expect(201));

    expect(made).toMatchObject({ expires_at: null, ips: null });
  });

  it.each([
    ['of one hub, which it may leave out', 1, undefined, 200],
    ['of two hubs, which must say which', 2, undefined, 403],
    ['of no hub', 0, undefined, 403],
    ['of one hub that names another hub of the server', 1, 'other', 403],
    ['of one hub that names a hub that never was', 1, newId(), 403],
    ['of one hub that names a hub twice', 1, 'twice', 403],
  ])('%s: %i, %s is %i', async (_, homes, named, status) => {
    const hubs = [await app.create.hub(), await app.create.hub(), await app.create.hub()];
    const account = await app.people.account();
    for (const hub of hubs.slice(0, homes)) {
      await app.people.join(hub, account, hub.roles.owner);
    }
    const { token } = await app.people.session(account);
    const header = named === 'other' ? hubs[2].id : named === 'twice' ? `${hubs[0].id},${hubs[0].id}` : named;
    const caller = header === undefined ? app.as(token) : app.as(token).with({ 'x-hub-id': header });

    const answer = await caller.get(WHOAMI).expect(status);

    expect(status === 200 ? answer.body : refusalOf(answer).code).toEqual(
      status === 200 ? answer.body : '403.wrong-hub',
    );
  });

  it('403 alike, word by word, for another hub, one that is switched off and one that never was', async () => {
    const [own, off, other] = [await app.create.hub(), await app.create.hub(), await app.create.hub()];
    const account = await app.people.account();
    await app.people.join(own, account, own.roles.owner);
    await app.people.join(off, account, off.roles.owner);
    await app.database.transaction((tx) => tx.query("UPDATE hub SET state = 'inactive' WHERE id = ?", [off.id]));
    const { token } = await app.people.session(account);

    const told: unknown[] = [];
    for (const id of [other.id, off.id, newId()]) {
      const { requestId: _, ...error } = refusalOf(
        await app.as(token).with({ 'x-hub-id': id }).get(WHOAMI).expect(403),
      );
      told.push(error);
    }

    expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1);
  });
});

describe('a session is refused', () => {
  const ended: readonly [string, Partial<AccountSession>, string][] = [
    ['that was ended', { endedAt: 1 }, '401.auth-invalid'],
    ['that has run out', { expiresAt: 1 }, '401.auth-expired'],
  ];

  it.each(ended)('401: one %s', async (_, parts, code) => {
    const hub = await app.create.hub();
    const account = await app.people.account();
    await app.people.join(hub, account, hub.roles.owner);
    const { token } = await app.people.session(account, parts);

    expect(refusalOf(await app.as(token).get(WHOAMI).expect(401)).code).toBe(code);
  });

  it('401: one of an account that was deleted', async () => {
    const hub = await app.create.hub();
    const account = await app.people.account({ state: 'deleted' });
    await app.people.join(hub, account, hub.roles.owner);
    const { token } = await app.people.session(account);

    expect((await app.as(token).get(WHOAMI)).status).toBe(401);
  });

  it('401: one that never was, in the right form and in none', async () => {
    const { text } = generateSecret('session', newId());

    const answers = [await app.as(text).get(WHOAMI).expect(401), await app.as('hgs_nonsense').get(WHOAMI).expect(401)];

    const told = answers.map(refusalOf).map(({ code, detail }) => [code, detail]);
    expect(told[0]).toEqual(told[1]);
  });

  it('401: at the other doors', async () => {
    const hub = await app.create.hub();
    const { token } = await app.people.member({ hub, roleId: hub.roles.owner });

    const shared = await app.as(token).get('/public-api/v1/lists');
    const exchange = await app.anonymous.with({ apiKey: token }).get('/public-api/v1/auth/token');

    expect([shared.status, exchange.status]).toEqual([401, 401]);
  });

  it('422: in a query string', async () => {
    const hub = await app.create.hub();
    const { token } = await app.people.member({ hub });

    const answer = await app.as(token).get(`${ROLES}?filter[identifier]=${token}`);

    expect(JSON.stringify(answer.body)).not.toContain(token);
    expect([403, 422]).toContain(answer.status);
  });

  it('403.2fa-required: without a second factor where the hub asks for one, and not with it', async () => {
    const hub = await app.create.hub();
    await app.database.transaction((tx) =>
      tx.query('UPDATE hub SET security = ? WHERE id = ?', ['{"force_2fa":true}', hub.id]),
    );
    const without = await app.people.member({ hub, roleId: hub.roles.owner });
    const withOne = await app.people.member({ hub, roleId: hub.roles.owner, secondFactor: true });

    const answer = await leavesAlone(app, hub, () => app.as(without.token).post(API_KEYS, key(hub)).expect(403));

    expect(refusalOf(answer).code).toBe('403.2fa-required');
    await app.as(withOne.token).post(API_KEYS, key(hub)).expect(201);
  });

  it('403: one of a password that the server handed out, everywhere in a hub', async () => {
    const hub = await app.create.hub();
    const account = await app.people.account();
    await app.people.join(hub, account, hub.roles.owner);
    const { token } = await app.people.session(account, { passwordOnce: true });

    expect(refusalOf(await app.as(token).get(WHOAMI).expect(403)).code).toBe('403.not-ready');
  });
});
