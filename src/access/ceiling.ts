import { type AddressList } from '../common/ip/address.js';
import { CeilingError } from './access.errors.js';
import { lifeToGive } from './credential.js';
import { type CapabilitySet, holdsCapability, isCapability } from './capabilities.js';
import { type Principal, type PrincipalRecord, type RoleFacts } from './principal.js';
import { type GroupPermissions, missingPermissions, NO_PERMISSIONS } from './rights.js';
import { ALL_SCOPES, scopeNames, type ScopeSet, scopesWithin } from './scopes.js';

/** What somebody is about to give away. Parts that are absent are not given. */
export interface Grant {
  /** A role being made or edited: it must rank below the actor's, and add no capability the actor lacks. */
  readonly role?: { readonly rank: number; readonly capabilities: CapabilitySet };
  /** A role being handed to a key: it ranks below the actor's, or is the actor's own. */
  readonly keyRole?: RoleFacts;
  /**
   * A role being handed to a person: it ranks below the actor's. A member is confined by nothing, so neither may the
   * actor be; one who may make keys gives them any scope, so the actor holds every scope.
   */
  readonly memberRole?: RoleFacts;
  readonly permissions?: GroupPermissions;
  /** Whose permissions they are: the right `alerts` is about the alerts of that very group. */
  readonly groupId?: string;
  /** Rights are added to what others hold already: who is confined would give them more than it has, so it may not. */
  readonly widens?: boolean;
  readonly scopes?: ScopeSet;
  /** The addresses of a key being made or edited; null = anywhere. */
  readonly ips?: AddressList | null;
  /** The end of a key being made or edited, epoch milliseconds; null = never. */
  readonly expiresAt?: number | null;
}

/**
 * Nobody gives away what they do not hold. Every verb that can widen anything calls this one function, with an actor
 * re-read inside the transaction. Root is exempt from rank, capabilities, permissions and scopes; addresses and
 * lifetime bind root too, so that a key for an afternoon cannot leave one for ever behind.
 * @throws CeilingError naming exactly what is missing
 */
export function assertMayGrant(actor: Principal, grant: Grant): void {
  const capabilities = missingCapabilities(actor, grant);
  const missing = [
    ...missingRank(actor, grant),
    ...capabilities.map((name) => `capability ${name}`),
    ...missingData(actor, grant),
    ...missingConfinement(actor, grant),
  ];
  if (missing.length > 0) {
    throw new CeilingError(missing, capabilities.find(isCapability));
  }
}

/** Every verb on a key, also one that only takes away, needs its role to rank below the actor's or to be the actor's own. */
export function assertMayTouchKey(actor: Principal, keyRole: RoleFacts): void {
  if (!reachesKeysOf(actor.record.role, keyRole)) {
    throw new CeilingError([`rank above ${keyRole.rank} (the key's role is "${keyRole.identifier}")`]);
  }
}

/** Every verb on a member, also one that only takes away, needs its role to rank below the actor's. */
export function assertMayTouchMember(actor: Principal, memberRole: RoleFacts): void {
  if (!outranks(actor.record.role, memberRole)) {
    throw new CeilingError([`rank above ${memberRole.rank} (the member's role is "${memberRole.identifier}")`]);
  }
}

function outranks(own: RoleFacts, other: RoleFacts): boolean {
  return own.root || (!other.root && other.rank < own.rank);
}

/** Whether the holder of a role may touch keys of another one: below its own, or its own. */
export function reachesKeysOf(own: RoleFacts, keyRole: RoleFacts): boolean {
  return own.id === keyRole.id || outranks(own, keyRole);
}

function missingRank(actor: Principal, { role, keyRole, memberRole }: Grant): string[] {
  const own = actor.record.role;
  const handed = [
    ...(keyRole && !reachesKeysOf(own, keyRole) ? [keyRole] : []),
    ...(memberRole && !outranks(own, memberRole) ? [memberRole] : []),
  ].map(({ rank, identifier }) => `rank above ${rank} (the role is "${identifier}")`);
  return role && !own.root && role.rank >= own.rank ? [...handed, `rank above ${role.rank}`] : handed;
}

function missingCapabilities(actor: Principal, { role, keyRole, memberRole }: Grant): string[] {
  const own = actor.record.role;
  const given = [role, keyRole, memberRole].flatMap((one) => (one ? [one.capabilities] : []));
  if (own.root) {
    return [];
  }
  const all = given.some((set) => set.all) && !own.capabilities.all ? ['all'] : [];
  const names = new Set(given.flatMap((set) => set.specific));
  return [...all, ...[...names].filter((name) => !holdsCapability(own.capabilities, name))];
}

/** `groups-manage` counts as every group permission: who may write the permissions may also hand them out. */
function missingData(actor: Principal, { permissions, groupId, scopes, memberRole }: Grant): string[] {
  const { role, group } = actor.record;
  if (role.root) {
    return [];
  }
  const lacking = holdsCapability(role.capabilities, 'groups-manage')
    ? []
    : missingPermissions(permissions ?? NO_PERMISSIONS, held(group, groupId));
  const wanted = (scopes ?? 0) | (memberRole ? scopesOfPeople(memberRole) : 0);
  const beyond = scopesWithin(wanted, actor.scopes) ? [] : scopeNames(wanted & ~actor.scopes);
  return [...lacking.map((name) => `group permission ${name}`), ...beyond.map((name) => `scope ${name}`)];
}

/** What the actor's own group holds of what another group could hold: never its alerts. */
function held(own: PrincipalRecord['group'], groupId: string | undefined): GroupPermissions {
  const permissions = own?.permissions ?? NO_PERMISSIONS;
  return groupId === own?.id ? permissions : { ...permissions, alerts: [] };
}

/** What a person with this role can give to keys. */
export function scopesOfPeople({ capabilities }: Pick<RoleFacts, 'capabilities'>): ScopeSet {
  return holdsCapability(capabilities, 'api-keys-manage') ? ALL_SCOPES : 0;
}

function missingConfinement(actor: Principal, grant: Grant): string[] {
  const own = actor.record;
  const { ips, expiresAt, memberRole, widens = false } = grant;
  const end = lifeToGive(own);
  if (memberRole || widens) {
    const unconfined = own.ips === null && end === null;
    return unconfined ? [] : ['use from everywhere and without an end, as others would have it (your key is confined)'];
  }
  const missing: string[] = [];
  if (ips !== undefined && own.ips && !(ips?.isWithin(own.ips) ?? false)) {
    missing.push(`use from addresses beyond ${own.ips.entries.join(', ')} (send ips within these)`);
  }
  if (expiresAt !== undefined && end !== null && (expiresAt === null || expiresAt > end)) {
    missing.push(`life beyond ${new Date(end).toISOString()} (${wayToOutlive(end, own)})`);
  }
  return missing;
}

function wayToOutlive(end: number, { credentialEndsAt }: PrincipalRecord): string {
  return end === credentialEndsAt ? 'your secret ends then: use the newer one' : 'send an expires_at not later';
}
