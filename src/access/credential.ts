import { type Address } from '../common/ip/address.js';
import { AddressDeniedError, BadCredentialError, EndedSecretError, ExpiredCredentialError } from './access.errors.js';
import { type PrincipalRecord } from './principal.js';

/**
 * The checks of *every* use, cached or not: hub, key, role and secret live, not expired, address allowed.
 * @param now epoch milliseconds
 */
export function assertUsable(record: PrincipalRecord, now: number, address: Address | null): void {
  if (!record.hubLive || !record.keyLive || !record.role.live) {
    throw new BadCredentialError('The API key is not valid.');
  }
  if (hasPassed(record.expiresAt, now)) {
    throw new ExpiredCredentialError('The API key has expired. Ask for a new one.');
  }
  if (!record.secretLive || hasPassed(record.secretEndsAt, now)) {
    throw new EndedSecretError();
  }
  if (record.ips && !record.ips.contains(address)) {
    throw new AddressDeniedError(address?.text ?? null);
  }
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
