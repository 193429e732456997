import {
  CAPABILITY_NAMES,
  EVERY,
  type Grant,
  type GroupPermissions,
  hasScope,
  holdsCapability,
  LIST_RIGHTS,
  type ListRight,
  type PrincipalRecord,
  type RoleFacts,
  SCOPES,
} from '../../src/access/index.js';
import { type AddressList, parseAddress } from '../../src/common/ip/index.js';

/** Every capability, and one that this version does not know. */
export const NAMES: readonly string[] = [...CAPABILITY_NAMES, 'of-a-later-version'];

const PROBES = ['10.1.2.3', '10.1.9.9', '10.9.9.9', '192.0.2.9', '203.0.113.1', '2001:db8::1', '2001:db9::1'];

/** What a grant holds beyond its maker, found out the long way: thing by thing, list by list, address by address. */
export function beyond(actor: PrincipalRecord, grant: Grant): string[] {
  const { ips } = actor;
  const end = Math.min(actor.expiresAt ?? Infinity, actor.credentialEndsAt ?? Infinity);
  const confined = [
    ...(grant.ips !== undefined && ips ? PROBES.filter((at) => admits(grant.ips, at) && !admits(ips, at)) : []),
    ...(grant.expiresAt !== undefined && (grant.expiresAt ?? Infinity) > end ? ['life'] : []),
    // Members, and what others hold already, have neither addresses nor an end.
    ...((grant.memberRole !== undefined || grant.widens === true) && (ips || end < Infinity) ? ['confinement'] : []),
  ];
  return actor.role.root ? confined : [...confined, ...beyondRole(actor.role, grant), ...beyondData(actor, grant)];
}

function beyondRole(own: RoleFacts, { role, keyRole, memberRole }: Grant): string[] {
  const given = [role, keyRole, memberRole].flatMap((one) => (one ? [one.capabilities] : []));
  const names = NAMES.filter((name) => given.some((set) => holdsCapability(set, name)));
  const lacking = names.filter((name) => !holdsCapability(own.capabilities, name));
  const tooHigh = role !== undefined && role.rank >= own.rank;
  // The own role may be handed on as it is.
  const handed = keyRole !== undefined && keyRole.id !== own.id && (keyRole.root || keyRole.rank >= own.rank);
  const joined = memberRole !== undefined && (memberRole.root || memberRole.rank >= own.rank);
  return [...lacking, ...(tooHigh ? ['rank'] : []), ...(handed || joined ? ['rank of the role'] : [])];
}

function beyondData(actor: PrincipalRecord, { permissions, scopes = 0, memberRole }: Grant): string[] {
  // A person who may make keys gives them any scope.
  const reached = memberRole !== undefined && holdsCapability(memberRole.capabilities, 'api-keys-manage');
  const own = actor.group?.permissions ?? { lists: [] };
  const every = holdsCapability(actor.role.capabilities, 'groups-manage');
  const named = [...own.lists, ...(permissions?.lists ?? [])].map(({ list_id }) => list_id);
  const rights = [...new Set([...named, 'a list of tomorrow'])].flatMap((list) =>
    LIST_RIGHTS.filter((right) => allows(permissions, list, right) && !every && !allows(own, list, right)),
  );
  const given = SCOPES.filter((scope) => reached || hasScope(scopes, scope));
  return [...rights, ...given.filter((scope) => !hasScope(actor.scopes, scope))];
}

function allows(set: GroupPermissions | undefined, list: string, right: ListRight): boolean {
  return (set?.lists ?? []).some(
    ({ list_id, rights }) => (list_id === EVERY || list_id === list) && rights.includes(right),
  );
}

function admits(list: AddressList | null | undefined, address: string): boolean {
  return list === null || (list?.contains(parseAddress(address)) ?? false);
}
