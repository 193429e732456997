import {
  AddressDeniedError,
  BadCredentialError,
  EndedSecretError,
  ExpiredCredentialError,
  NewPasswordRequiredError,
  SecondFactorRequiredError,
  WrongDomainError,
} from './access.errors.js';
import { type Origin, type PrincipalRecord, type SessionRecord } from './principal.js';

/**
 * The checks of *every* use in a hub, cached or not: hub, subject, role and credential live, not expired, address
 * and domain allowed, second factor proved where the hub asks for one.
 * @param now epoch milliseconds
 */
export function assertUsable(record: PrincipalRecord, now: number, { address, domain }: Origin): void {
  if (!record.hubLive || !record.subjectLive || !record.role.live) {
    throw new BadCredentialError('The API key is not valid.');
  }
  if (hasPassed(record.expiresAt, now)) {
    throw new ExpiredCredentialError('The API key has expired. Ask for a new one.');
  }
  if (!record.credentialLive || hasPassed(record.credentialEndsAt, now)) {
    throw new EndedSecretError();
  }
  if (record.ips && !record.ips.contains(address)) {
    throw new AddressDeniedError(address?.text ?? null);
  }
  if (record.requiresDomain && domain?.hubId !== record.hubId) {
    throw new WrongDomainError();
  }
  if (record.lacksSecondFactor) {
    throw new SecondFactorRequiredError();
  }
}

/** The checks of every use of a session, in a hub or outside. */
export function assertSessionUsable(session: SessionRecord, now: number): void {
  if (!session.live || !session.accountLive) {
    throw new BadCredentialError('The session is not valid.');
  }
  if (hasPassed(session.expiresAt, now)) {
    throw new ExpiredCredentialError('The session has ended. Sign in again.');
  }
}

/** @throws NewPasswordRequiredError while the account has no password of its own choice */
export function assertPasswordChosen(session: SessionRecord): void {
  if (session.passwordOnce) {
    throw new NewPasswordRequiredError();
  }
}

/**
 * How long what a principal makes may live, epoch milliseconds; null = for ever. A secret in its last hours is worth no
 * more than that; an account goes on after its session.
 */
export function lifeToGive({ subjectType, expiresAt, credentialEndsAt }: PrincipalRecord): number | null {
  return subjectType === 'account' ? null : earliest(expiresAt, credentialEndsAt);
}

/** The earlier of two ends; null = never. */
export function earliest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) {
    return a ?? b;
  }
  return Math.min(a, b);
}

function hasPassed(end: number | null, now: number): boolean {
  return end !== null && end <= now;
}
