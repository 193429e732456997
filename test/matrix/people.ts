import { newId } from '../../src/common/ids.js';
import { type TestHub } from '../support/factory.js';
import { type TestMember } from '../support/people.js';
import { type TestApp } from '../support/test-app.js';
import { type Caller, type Side } from './callers.js';
import { type Facts } from './policy.js';

const WRONG_HUB = { status: 403, code: '403.wrong-hub' };
const NOT_READY = { status: 403, code: '403.not-ready' };
const MANAGER = ['hubs-invites-manage', 'hubs-invites-send', 'hubs-members-manage', 'hubs-members-view'];

type Make = Caller['make'];

/** A signed-in person. No key: the exchange does not know it. */
const person = (name: string, make: Make, facts: Partial<Facts>, side: Side = 'ours'): Caller => ({
  name,
  side,
  facts: { at: 'management', person: 'well', ...facts },
  make,
});

const tokenOf = (member: Promise<TestMember>): Promise<string> => member.then(({ token }) => token);
const root: Make = (app, hub) => tokenOf(app.people.member({ hub, roleId: hub.roles['owner'] }));

/** A root member of the hub and of another one. */
async function inTwoHubs(app: TestApp, hub: TestHub): Promise<string> {
  const account = await app.people.account();
  const second = await app.create.hub();
  await app.people.join(hub, account, hub.roles['owner']);
  await app.people.join(second, account, second.roles['owner']);
  return (await app.people.session(account)).token;
}

/** Of the root member of a hub that demands more than this session has proved. */
async function withoutSecondFactor(app: TestApp): Promise<string> {
  const hub = await app.create.hub();
  const demand = ['{"force_2fa":true}', hub.id];
  await app.database.transaction((tx) => tx.query('UPDATE hub SET security = ? WHERE id = ?', demand));
  return root(app, hub) as Promise<string>;
}

async function invited(app: TestApp, hub: TestHub): Promise<string> {
  const account = await app.people.account();
  const owner = app.as((await app.create.ownerKey(hub)).secret);
  const body = { recipient: account.email, role_id: hub.roles['owner'] };
  await owner.post('/v1/hubs/current/invites', body).expect(201);
  return (await app.people.session(account)).token;
}

async function removed(app: TestApp, hub: TestHub): Promise<string> {
  const { token, membershipId } = await app.people.member({ hub, roleId: hub.roles['integration'] });
  const owner = app.as((await app.create.ownerKey(hub)).secret);
  await owner.delete(`/v1/hubs/current/members/${membershipId}`).expect(202);
  return token;
}

async function session(app: TestApp, hub: TestHub, parts: Parameters<TestApp['people']['session']>[1]) {
  const account = await app.people.account();
  await app.people.join(hub, account, hub.roles['owner']);
  return (await app.people.session(account, parts)).token;
}

export const PEOPLE: readonly Caller[] = [
  person('a member without capabilities', (app, hub) => tokenOf(app.people.member({ hub })), { capabilities: [] }),
  person('a member who manages members', (app, hub) => tokenOf(app.people.member({ hub, capabilities: MANAGER })), {
    capabilities: MANAGER,
  }),
  person('a root member', root, { capabilities: 'all' }),
  person(
    'a root member with a second factor',
    (app, hub) => tokenOf(app.people.member({ hub, roleId: hub.roles['owner'], secondFactor: true })),
    { capabilities: 'all' },
  ),
  person('a root member of the other hub', root, { capabilities: 'all' }, 'theirs'),
  {
    ...person('a member of two hubs who names one', inTwoHubs, { capabilities: 'all' }),
    headers: ({ ours }) => ({ 'x-hub-id': ours.id }),
  },
  person('a member of two hubs who names none', inTwoHubs, { capabilities: 'all', refusal: WRONG_HUB }),
  {
    ...person('a root member who names the other hub', root, { capabilities: 'all', refusal: WRONG_HUB }),
    headers: ({ theirs }) => ({ 'x-hub-id': theirs.id }),
  },
  {
    ...person('a root member who names a hub that never was', root, { capabilities: 'all', refusal: WRONG_HUB }),
    headers: () => ({ 'x-hub-id': newId() }),
  },
  person('a root member without the second factor that the hub demands', withoutSecondFactor, {
    capabilities: 'all',
    refusal: { status: 403, code: '403.2fa-required' },
  }),
  person('somebody who is invited', invited, { refusal: WRONG_HUB }),
  person('somebody who was removed', removed, { refusal: WRONG_HUB }),
  person('a root member who has yet to choose a password', (app, hub) => session(app, hub, { passwordOnce: true }), {
    capabilities: 'all',
    refusal: NOT_READY,
    person: NOT_READY,
  }),
  {
    name: 'a root member who signed out',
    side: 'ours',
    facts: { at: 'nowhere' },
    make: (app, hub) => session(app, hub, { endedAt: 1 }),
  },
  {
    name: 'a root member whose session has run out',
    side: 'ours',
    facts: { at: 'nowhere', refusal: { status: 401, code: '401.auth-expired' } },
    make: (app, hub) => session(app, hub, { expiresAt: 1 }),
  },
];
