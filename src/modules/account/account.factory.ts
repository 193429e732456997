import { randomInt } from 'node:crypto';
import { type Creator } from '../../access/index.js';
import { emailKey, plainEmail } from '../../common/email.js';
import { newId } from '../../common/ids.js';
import { bornOf } from '../../database/index.js';
import { Account } from './account.entity.js';

const HOUR_MS = 3_600_000;
/** How long a password that the server handed out is good for. */
export const ONE_TIME_PASSWORD_MS = 72 * HOUR_MS;

/** Without letters and digits that look alike. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const ONE_TIME_LENGTH = 20;

export interface NewAccount {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Whether the address is proved already. */
  readonly verified: boolean;
}

/** @param creator null = its owner */
export function newAccount(input: NewAccount, creator: Creator | null, now: number): Account {
  const id = newId(now);
  return Object.assign(new Account(), {
    id,
    email: plainEmail(input.email),
    emailKey: emailKey(input.email),
    firstName: input.firstName,
    lastName: input.lastName,
    state: 'live' as const,
    stateChangedAt: now,
    verifiedAt: input.verified ? now : null,
    verificationDigest: null,
    verificationEndsAt: null,
    passwordHash: null,
    passwordOnce: false,
    passwordEndsAt: null,
    passwordChangedAt: null,
    totpSecret: null,
    totpPending: null,
    totpConfirmedAt: null,
    totpLastStep: null,
    recoveryCodes: null,
    lastLoginAt: null,
    revision: 1,
    ...bornOf(creator ?? { id, type: 'account' }, now),
  });
}

export function markEdited(account: Account, now: number): void {
  account.updatedAt = now;
  account.revision += 1;
}

/** A password that its owner chose. */
export function setPassword(account: Account, passwordHash: string, now: number): void {
  Object.assign(account, { passwordHash, passwordOnce: false, passwordEndsAt: null, passwordChangedAt: now });
  // Who knew the old password may know the secret of a second factor that it began.
  account.totpPending = null;
  markEdited(account, now);
}

/** A password that the server handed out. */
export function setOneTimePassword(account: Account, passwordHash: string, now: number): void {
  setPassword(account, passwordHash, now);
  Object.assign(account, { passwordOnce: true, passwordEndsAt: now + ONE_TIME_PASSWORD_MS });
}

/** Gone for good; the row stays, because others' logs name it. Nothing is left by which anybody could sign in. */
export function endAccount(account: Account, now: number): void {
  clearSecondFactor(account, now);
  Object.assign(account, { state: 'deleted', stateChangedAt: now, deletedAt: now, emailKey: null, passwordHash: null });
  Object.assign(account, { verificationDigest: null, verificationEndsAt: null });
}

export function verifyEmail(account: Account, now: number): void {
  Object.assign(account, { verifiedAt: account.verifiedAt ?? now, verificationDigest: null, verificationEndsAt: null });
  markEdited(account, now);
}

export function clearSecondFactor(account: Account, now: number): void {
  const nothing = { totpSecret: null, totpPending: null, totpConfirmedAt: null, totpLastStep: null };
  Object.assign(account, { ...nothing, recoveryCodes: null });
  markEdited(account, now);
}

/** What a password may be compared with; null = nothing: it was never set, has ended, or the account is gone. */
export function usableHash(account: Account | null, now: number): string | null {
  if (account?.state !== 'live' || (account.passwordEndsAt !== null && account.passwordEndsAt <= now)) {
    return null;
  }
  return account.passwordHash;
}

/** 99 bits from the CSPRNG in four groups that can be read out. */
export function newOneTimePassword(): string {
  const letters = Array.from({ length: ONE_TIME_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length)));
  return letters.join('').replaceAll(/(.{5})(?=.)/g, '$1-');
}
