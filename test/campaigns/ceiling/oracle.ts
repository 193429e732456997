import { BlockList, isIPv4 } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { NAMES } from '../../support/ceiling-oracle.js';
import { type KeyRow, type MembershipRow, type RoleRow, type SecretRow, type Snapshot } from './snapshot.js';

/** Addresses that tell any two of the networks apart. */
export const PROBES = ['10.1.2.3', '10.1.9.9', '10.9.9.9', '192.0.2.9', '203.0.113.1', '2001:db8::1', '2001:db9::1'];
/** Stands for every list that there is not yet. */
const TOMORROW = 'of tomorrow';
const RIGHTS = ['read', 'add', 'change', 'delete', 'clear'];
const SCOPE_BITS = [0, 1, 2, 3, 4, 5];

/** Everything that somebody may do, taken apart into single things. */
export interface Rights {
  /** `invited`: what somebody would have who accepted the invite now. */
  readonly kind: 'key' | 'member' | 'invited';
  readonly hubId: string;
  readonly roleId: string;
  readonly rank: number;
  readonly root: boolean;
  readonly capabilities: ReadonlySet<string>;
  /** List and right. */
  readonly permissions: ReadonlySet<string>;
  readonly scopes: ReadonlySet<string>;
  readonly addresses: ReadonlySet<string>;
  /** Epoch milliseconds; Infinity = never. */
  readonly end: number;
}

/**
 * By the id of a secret or a membership; whoever has no rights is not in it. Found from what is stored, by nothing of the
 * server.
 */
export function rightsIn(snapshot: Snapshot, now: number): Map<string, Rights> {
  const live = new Set(snapshot.hubs.filter(({ state }) => state === 'live').map(({ id }) => id));
  const keys = snapshot.secrets.map((secret) => [secret.id, rightsOfSecret(snapshot, secret)] as const);
  const members = snapshot.memberships.map((one) => [one.id, rightsOfMember(snapshot, one)] as const);
  const found = new Map<string, Rights>();
  for (const [id, rights] of [...keys, ...members]) {
    if (rights && live.has(rights.hubId) && rights.end > now) {
      found.set(id, rights);
    }
  }
  for (const invite of snapshot.memberships) {
    const given = found.size > 0 && live.has(invite.hub_id) ? promised(snapshot, found, invite, now) : null;
    if (given) {
      found.set(invite.id, given);
    }
  }
  return found;
}

function rightsOfSecret({ keys, roles, groups }: Snapshot, secret: SecretRow): Rights | null {
  const key = keys.find(({ id }) => id === secret.key_id);
  const role = roles.find(({ id, deleted_at }) => id === key?.role_id && deleted_at === null);
  if (!key || !role || key.state !== 'live' || Number(secret.ended) === 1) {
    return null;
  }
  const group = groups.find(({ id, deleted_at }) => id === key.group_id && deleted_at === null);
  return {
    kind: 'key',
    hubId: key.hub_id,
    ...roleRights(role),
    permissions: permissionsOf(group?.permissions, listsOf(groups)),
    scopes: new Set(SCOPE_BITS.filter((bit) => (key.scopes & (1 << bit)) !== 0).map((bit) => `scope ${bit}`)),
    addresses: addressesOf(key),
    end: Math.min(timeOf(key.expires_at), timeOf(secret.ends_at)),
  };
}

function rightsOfMember(snapshot: Snapshot, { state, hub_id, role_id, member_id }: MembershipRow): Rights | null {
  const account = snapshot.accounts.find(({ id }) => id === member_id);
  return state === 'accepted' && account?.state === 'live' ? rightsOfPerson(snapshot, hub_id, role_id) : null;
}

/** A person has no data of their own and is confined by nothing; who makes keys hands on any scope. */
function rightsOfPerson({ roles }: Snapshot, hubId: string, roleId: string): Rights | null {
  const role = roles.find(({ id, deleted_at }) => id === roleId && deleted_at === null);
  if (!role) {
    return null;
  }
  const own = roleRights(role);
  const scopes = new Set(own.capabilities.has('api-keys-manage') ? SCOPE_BITS.map((bit) => `scope ${bit}`) : []);
  const addresses = new Set(PROBES);
  return { kind: 'member', hubId, ...own, permissions: new Set(), scopes, addresses, end: Infinity };
}

function roleRights(role: RoleRow): Pick<Rights, 'roleId' | 'rank' | 'root' | 'capabilities'> {
  const { all, specific } = JSON.parse(role.capabilities) as { all: boolean; specific: string[] };
  const capabilities = new Set(all ? NAMES : specific);
  return { roleId: role.id, rank: role.role_rank, root: Number(role.root) === 1, capabilities };
}

/** What an invite gives: its role, as long as who sent it could send it now. */
function promised(
  snapshot: Snapshot,
  rights: ReadonlyMap<string, Rights>,
  invite: MembershipRow,
  now: number,
): Rights | null {
  const waits = invite.state === 'pending' && timeOf(invite.invite_ends_at) > now;
  const role = waits ? rightsOfPerson(snapshot, invite.hub_id, invite.role_id) : null;
  const sender = role && senderOf(snapshot, rights, invite);
  const may = sender?.capabilities.has('hubs-invites-send') && widened(undefined, role as Rights, sender).length === 0;
  return role && may ? { ...role, kind: 'invited' } : null;
}

/** Who sent an invite, as they are now: a member of the hub, or a key by the secret that lasts longest. */
export function senderOf(
  { memberships, secrets }: Snapshot,
  rights: ReadonlyMap<string, Rights>,
  { hub_id, creator_id, creator_type }: MembershipRow,
): Rights | undefined {
  const ids =
    creator_type === 'account'
      ? memberships.filter((one) => one.member_id === creator_id && one.hub_id === hub_id).map(({ id }) => id)
      : secrets.filter(({ key_id }) => key_id === creator_id).map(({ id }) => id);
  return ids
    .flatMap((id) => rights.get(id) ?? [])
    .toSorted((a, b) => a.end - b.end)
    .at(-1);
}

const timeOf = (time: number | null): number => (time === null ? Infinity : Number(time));

type Entries = readonly { readonly list_id: string; readonly rights: readonly string[] }[];

const entriesOf = (permissions: string | undefined): Entries =>
  (JSON.parse(permissions ?? '{"lists":[]}') as { lists: Entries }).lists;

function listsOf(groups: Snapshot['groups']): string[] {
  return [...new Set([TOMORROW, ...groups.flatMap((group) => entriesOf(group.permissions).map((one) => one.list_id))])];
}

function permissionsOf(permissions: string | undefined, lists: readonly string[]): Set<string> {
  const entries = entriesOf(permissions);
  const held = (list: string, right: string): boolean =>
    entries.some(({ list_id, rights }) => (list_id === '*' || list_id === list) && rights.includes(right));
  return new Set(
    lists.flatMap((list) => RIGHTS.filter((right) => held(list, right)).map((right) => `${list} ${right}`)),
  );
}

const ADDRESSES = new Map<string, ReadonlySet<string>>();

/** Few lists of networks come again and again. */
function addressesOf({ ips }: KeyRow): ReadonlySet<string> {
  const known = ADDRESSES.get(ips ?? '');
  const found = known ?? new Set(ips === null ? PROBES : admittedBy(JSON.parse(ips) as string[]));
  ADDRESSES.set(ips ?? '', found);
  return found;
}

function admittedBy(networks: readonly string[]): string[] {
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', bits] = network.split('/');
    const family = familyOf(base);
    list.addSubnet(base, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
  }
  return PROBES.filter((probe) => list.check(probe, familyOf(probe)));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6');

/**
 * What somebody has after an edit that neither they had before nor the actor has. Each part by itself, as the ceiling
 * compares them: root is exempt from all but addresses and lifetime, and `groups-manage` counts as every permission. A
 * person's role is given only by who is confined by nothing. `actor` is undefined for who has no say in their hub.
 */
export function widened(before: Rights | undefined, after: Rights, actor: Rights | undefined): string[] {
  if (!actor) {
    return isDeepStrictEqual(before, after) ? [] : ['anything'];
  }
  const gained = (part: 'capabilities' | 'permissions' | 'scopes' | 'addresses'): string[] =>
    [...after[part]].filter((one) => !before?.[part].has(one) && !actor[part].has(one));
  const mayGiveAll = actor.root || actor.capabilities.has('groups-manage');
  const end = Math.max(before?.end ?? -Infinity, actor.end);
  const handed = after.kind !== 'key' && before?.roleId !== after.roleId;
  return [
    ...(actor.root ? [] : [...gained('capabilities'), ...gained('scopes'), ...gainedRank(before, after, actor)]),
    ...(mayGiveAll ? [] : gained('permissions')),
    ...gained('addresses'),
    ...(after.end > end ? [`life until ${after.end}`] : []),
    ...(handed && isConfined(actor) ? ['a role without confinement'] : []),
  ];
}

/** Only below one's own rank; a key may also carry exactly its maker's role. */
function gainedRank(before: Rights | undefined, after: Rights, actor: Rights): string[] {
  const had = before !== undefined && (before.root || (!after.root && after.rank <= before.rank));
  const own = after.kind === 'key' && after.roleId === actor.roleId;
  const given = own || (!after.root && after.rank < actor.rank);
  return had || given ? [] : [after.root ? 'root' : `rank ${after.rank}`];
}

function isConfined({ addresses, end }: Rights): boolean {
  return addresses.size < PROBES.length || end !== Infinity;
}

/**
 * Whether an edit reached somebody whom the actor may not touch: whoever does not rank below it, unless by the data that
 * a group allows. Of keys that carry its own role, the role itself stays. An invite is nobody yet.
 */
export function disturbed(before: Rights, after: Rights | undefined, actor: Rights | undefined): boolean {
  if (before.kind === 'invited' || !actor) {
    return before.kind !== 'invited' && !isDeepStrictEqual(before, after);
  }
  if (actor.root || (!before.root && before.rank < actor.rank && before.roleId !== actor.roleId)) {
    return false;
  }
  const role = ({ roleId, rank, capabilities }: Rights): object => ({ roleId, rank, capabilities });
  if (before.kind === 'key' && before.roleId === actor.roleId) {
    return after?.roleId === before.roleId && !isDeepStrictEqual(role(after), role(before));
  }
  const rest = ({ scopes, addresses, end }: Rights): object => ({ scopes, addresses, end });
  return !after || !isDeepStrictEqual([role(after), rest(after)], [role(before), rest(before)]);
}

/** Hubs into which somebody has a lasting way with every right: a member with an own password, or a key without an end. */
export function hubsWithRoot(snapshot: Snapshot, rights: ReadonlyMap<string, Rights>): Set<string> {
  const holders = [
    ...snapshot.secrets.map(({ id }) => rights.get(id)),
    ...snapshot.memberships.filter((one) => hasPassword(snapshot, one)).map(({ id }) => rights.get(id)),
  ];
  const ways = holders.flatMap((one) => (one?.root && one.kind !== 'invited' && one.end === Infinity ? [one] : []));
  return new Set(ways.map(({ hubId }) => hubId));
}

function hasPassword({ accounts }: Snapshot, { member_id }: MembershipRow): boolean {
  const account = accounts.find(({ id }) => id === member_id);
  return account !== undefined && account.password_hash !== null && Number(account.password_once) === 0;
}
