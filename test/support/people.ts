import { generateSecret } from '../../src/access/index.js';
import { emailKey } from '../../src/common/email.js';
import { newId } from '../../src/common/ids.js';
import { bornOf, Database } from '../../src/database/index.js';
import { AccountSession } from '../../src/modules/account/account-session.entity.js';
import { Account } from '../../src/modules/account/account.entity.js';

import { Membership } from '../../src/modules/member/membership.entity.js';
import { type TestHub } from './factory.js';
import { type TestApp } from './test-app.js';

const PLATFORM = { id: '0'.repeat(24), type: 'platform' };
const HALF_A_DAY_MS = 12 * 3_600_000;

export interface TestAccount {
  readonly id: string;
  readonly email: string;
}

export interface TestSession {
  readonly id: string;
  readonly token: string;
}

/** A member with a session of its own. */
export interface TestMember extends TestAccount {
  readonly membershipId: string;
  readonly roleId: string;
  readonly token: string;
}

/** Exactly what a member may do. What is left out, it may not. */
export interface MemberSpec {
  readonly hub: TestHub;
  readonly capabilities?: readonly string[];
  readonly rank?: number;
  readonly roleId?: string;
  readonly secondFactor?: boolean;
}

/** Makes persons as rows, without the hashing that signing in costs. */
export class People {
  constructor(private readonly app: TestApp) {}

  async account(parts: Partial<Account> = {}): Promise<TestAccount> {
    const account = accountRow(this.app.clock.now(), parts);
    await this.insert(Account, account);
    return { id: account.id, email: account.email };
  }

  async session(account: TestAccount, parts: Partial<AccountSession> = {}): Promise<TestSession> {
    const { row, token } = sessionRow(account, this.app.clock.now(), parts);
    await this.insert(AccountSession, row);
    return { id: row.id, token };
  }

  /** Makes an account a member of a hub, with a role that exists. */
  async join(hub: TestHub, account: TestAccount, roleId: string): Promise<string> {
    const membership = memberRow(hub.id, account, roleId, this.app.clock.now());
    await this.insert(Membership, membership);
    return membership.id;
  }

  /** A person of one hub who is signed in. */
  async member(spec: MemberSpec): Promise<TestMember> {
    const { hub, capabilities = [], rank = 5, secondFactor = false } = spec;
    const roleId = spec.roleId ?? (await this.app.create.role(hub, capabilities, rank));
    const account = await this.account();
    const membershipId = await this.join(hub, account, roleId);
    const { token } = await this.session(account, { secondFactor });
    return { ...account, membershipId, roleId, token };
  }

  private async insert(entity: typeof Account | typeof AccountSession | typeof Membership, row: object): Promise<void> {
    await this.app.nest.get(Database).transaction((tx) => tx.insert(entity, row));
  }
}

/** Somebody whose address is verified and who has no password. */
export function accountRow(now: number, parts: Partial<Account> = {}): Account {
  const id = newId(now);
  const email = parts.email ?? `${id}@example.com`;
  return Object.assign(new Account(), {
    id,
    email,
    emailKey: emailKey(email),
    firstName: 'Ada',
    lastName: 'Example',
    state: 'live',
    stateChangedAt: now,
    verifiedAt: now,
    verificationDigest: null,
    verificationEndsAt: null,
    passwordHash: null,
    passwordOnce: false,
    passwordEndsAt: null,
    passwordChangedAt: null,
    totpSecret: null,
    totpConfirmedAt: null,
    totpLastStep: null,
    recoveryCodes: null,
    lastLoginAt: null,
    revision: 1,
    ...bornOf(PLATFORM, now),
    ...parts,
  });
}

export function sessionRow(
  { id: accountId }: TestAccount,
  now: number,
  parts: Partial<AccountSession> = {},
): { row: AccountSession; token: string } {
  const id = newId(now);
  const { text, digest } = generateSecret('session', id);
  const row = Object.assign(new AccountSession(), {
    id,
    accountId,
    digest,
    secondFactor: false,
    passwordOnce: false,
    address: null,
    userAgent: null,
    createdAt: now,
    expiresAt: now + HALF_A_DAY_MS,
    endedAt: null,
    lastUsedAt: null,
    lastUsedAddress: null,
    ...parts,
  });
  return { row, token: text };
}

export function memberRow(hubId: string, account: TestAccount, roleId: string, now: number): Membership {
  return Object.assign(new Membership(), {
    id: newId(now),
    hubId,
    accountId: account.id,
    memberId: account.id,
    roleId,
    state: 'accepted',
    stateChangedAt: now,
    recipient: account.email,
    recipientKey: emailKey(account.email),
    invitedKey: null,
    tokenDigest: null,
    inviteEndsAt: null,
    joinedAt: now,
    revision: 1,
    ...bornOf(PLATFORM, now),
  });
}
