import { type EntityManager } from 'typeorm';
import { type Creator, generateSecret } from '../../../src/access/index.js';
import { emailKey } from '../../../src/common/email.js';
import { newId } from '../../../src/common/ids.js';
import { bornOf } from '../../../src/database/index.js';
import { Account } from '../../../src/modules/account/account.entity.js';
import { AccountSession } from '../../../src/modules/account/account-session.entity.js';
import { Membership } from '../../../src/modules/member/membership.entity.js';
import { accountRow, memberRow, sessionRow, type TestAccount } from '../../support/people.js';
import { type InvitePlan, type PersonPlan, type WorldPlan } from './plans.js';
import { type Credential, type FoundHub } from './world.js';

const SECOND_MS = 1000;
const NO_HASH = '$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

export interface Person extends TestAccount {
  readonly sessionId: string;
}

export interface Crowd {
  readonly people: readonly Person[];
  readonly tokens: Map<string, string>;
  readonly credentials: Credential[];
}

interface Ground {
  readonly plan: WorldPlan;
  /** Ids for those who come. */
  readonly accounts: readonly string[];
  readonly home: FoundHub;
  readonly beside: FoundHub;
  readonly now: number;
}

/** Writes the accounts, sessions, memberships and invites of a plan. */
export async function foundPeople(tx: EntityManager, ground: Ground): Promise<Crowd> {
  const { plan, accounts: accountIds, home, beside, now } = ground;
  const accounts = plan.people.map((one, index) => account(one, accountIds[index] ?? '', now));
  const sessions = plan.people.map((one, index) => session(one, accounts[index] as Account, now));
  const members = plan.people.flatMap((one, index) => {
    const person = accounts[index] as Account;
    return [...join(home, person, one.role, now), ...join(beside, person, one.besideRole, now)];
  });
  const invites = oneForEach(plan.invites, plan.people.length).map((one) => invite(one, accounts, home, now));
  await tx.insert(Account, accounts);
  await tx.insert(
    AccountSession,
    sessions.map(({ row }) => row),
  );
  await tx.insert(Membership, [...members, ...invites.map(({ row }) => row)]);
  return {
    people: accounts.map(({ id, email }, index) => ({ id, email, sessionId: sessions[index]?.row.id ?? '' })),
    tokens: new Map(invites.map(({ row, text }) => [row.id, text])),
    credentials: sessions.map(({ row, token }) => ({ kind: 'session', id: row.id, text: token })),
  };
}

function account({ verified, password }: PersonPlan, id: string, now: number): Account {
  const passwordHash = password === 'none' ? null : NO_HASH;
  const email = `${id}@example.com`;
  const parts = { id, email, passwordHash, passwordOnce: password === 'handed out' };
  return accountRow(now, { ...parts, ...(verified ? {} : { verifiedAt: null }) });
}

function session({ session: state }: PersonPlan, person: Account, now: number): { row: AccountSession; token: string } {
  return sessionRow(person, now, {
    secondFactor: state !== 'plain',
    passwordOnce: state === 'once',
    ...(state === 'ended' && { endedAt: now }),
    ...(state === 'over' && { expiresAt: now - SECOND_MS }),
  });
}

function join({ hubId, roles }: FoundHub, person: Account, role: number | null, now: number): Membership[] {
  return role === null ? [] : [memberRow(hubId, person, roles[role % roles.length] ?? '', now)];
}

/** An address has one pending invite to a hub. */
function oneForEach(invites: readonly InvitePlan[], people: number): InvitePlan[] {
  return [...new Map(invites.map((one) => [one.person % people, one])).values()];
}

/** Also to somebody who is a member by now, and from somebody who may not, or no longer, send it. */
function invite(
  { person, role, sender, ends }: InvitePlan,
  accounts: readonly Account[],
  { hubId, roles, keys }: FoundHub,
  now: number,
): { row: Membership; text: string } {
  const senders: Creator[] = [
    ...keys.map((id) => ({ id, type: 'api-key' as const })),
    ...accounts.map(({ id }) => ({ id, type: 'account' as const })),
  ];
  const { email: recipient } = accounts[person % accounts.length] as Account;
  const id = newId(now);
  const { text, digest } = generateSecret('one-time', id);
  const row = Object.assign(new Membership(), {
    id,
    hubId,
    accountId: null,
    memberId: null,
    roleId: roles[role % roles.length],
    state: 'pending',
    stateChangedAt: now,
    recipient,
    recipientKey: emailKey(recipient),
    invitedKey: emailKey(recipient),
    tokenDigest: digest,
    inviteEndsAt: now + ends * SECOND_MS,
    joinedAt: null,
    revision: 1,
    ...bornOf(senders[sender % senders.length] as Creator, now),
  });
  return { row, text };
}
