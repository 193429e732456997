import { BlockList, isIPv4 } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { NAMES } from '../../support/ceiling-oracle.js';
import { type KeyRow, type SecretRow, type Snapshot } from './snapshot.js';

/** Addresses that tell any two of the networks apart. */
export const PROBES = ['10.1.2.3', '10.1.9.9', '10.9.9.9', '192.0.2.9', '203.0.113.1', '2001:db8::1', '2001:db9::1'];
/** Stands for every list that there is not yet. */
const TOMORROW = 'of tomorrow';
const RIGHTS = ['read', 'add', 'change', 'delete', 'clear'];
const SCOPE_BITS = [0, 1, 2, 3, 4, 5];

/** Everything that somebody may do, taken apart into single things. */
export interface Rights {
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

/** By the id of a secret; whoever has no rights is not in it. Found from what is stored, by nothing of the server. */
export function rightsIn(snapshot: Snapshot, now: number): Map<string, Rights> {
  const found = new Map<string, Rights>();
  for (const secret of snapshot.hub[0]?.state === 'live' ? snapshot.secrets : []) {
    const rights = rightsOf(snapshot, secret);
    if (rights && rights.end > now) {
      found.set(secret.id, rights);
    }
  }
  return found;
}

function rightsOf({ keys, roles, groups }: Snapshot, secret: SecretRow): Rights | null {
  const key = keys.find(({ id }) => id === secret.key_id);
  const role = roles.find(({ id, deleted_at }) => id === key?.role_id && deleted_at === null);
  if (!key || !role || key.state !== 'live' || Number(secret.ended) === 1) {
    return null;
  }
  const { all, specific } = JSON.parse(role.capabilities) as { all: boolean; specific: string[] };
  const group = groups.find(({ id, deleted_at }) => id === key.group_id && deleted_at === null);
  return {
    roleId: role.id,
    rank: role.role_rank,
    root: Number(role.root) === 1,
    capabilities: new Set(all ? NAMES : specific),
    permissions: permissionsOf(group?.permissions, listsOf(groups)),
    scopes: new Set(SCOPE_BITS.filter((bit) => (key.scopes & (1 << bit)) !== 0).map((bit) => `scope ${bit}`)),
    addresses: addressesOf(key),
    end: Math.min(timeOf(key.expires_at), timeOf(secret.ends_at)),
  };
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
 * compares them: root is exempt from all but addresses and lifetime, and `groups-manage` counts as every permission.
 */
export function widened(before: Rights | undefined, after: Rights, actor: Rights): string[] {
  const gained = (part: 'capabilities' | 'permissions' | 'scopes' | 'addresses'): string[] =>
    [...after[part]].filter((one) => !before?.[part].has(one) && !actor[part].has(one));
  const mayGiveAll = actor.root || actor.capabilities.has('groups-manage');
  const end = Math.max(before?.end ?? -Infinity, actor.end);
  return [
    ...(actor.root ? [] : [...gained('capabilities'), ...gained('scopes'), ...gainedRank(before, after, actor)]),
    ...(mayGiveAll ? [] : gained('permissions')),
    ...gained('addresses'),
    ...(after.end > end ? [`life until ${after.end}`] : []),
  ];
}

/** Only below one's own rank; a key may also carry exactly its maker's role. */
function gainedRank(before: Rights | undefined, after: Rights, actor: Rights): string[] {
  const had = before !== undefined && (before.root || (!after.root && after.rank <= before.rank));
  const given = after.roleId === actor.roleId || (!after.root && after.rank < actor.rank);
  return had || given ? [] : [after.root ? 'root' : `rank ${after.rank}`];
}

/**
 * Whether an edit reached somebody whom the actor may not touch: whoever does not rank below it, unless by the data that
 * a group allows. Of those who carry its own role, the role itself stays.
 */
export function disturbed(before: Rights, after: Rights | undefined, actor: Rights): boolean {
  if (actor.root || (!before.root && before.rank < actor.rank && before.roleId !== actor.roleId)) {
    return false;
  }
  const role = ({ roleId, rank, capabilities }: Rights): object => ({ roleId, rank, capabilities });
  if (before.roleId === actor.roleId) {
    return after?.roleId === before.roleId && !isDeepStrictEqual(role(after), role(before));
  }
  const rest = ({ scopes, addresses, end }: Rights): object => ({ scopes, addresses, end });
  return !after || !isDeepStrictEqual([role(after), rest(after)], [role(before), rest(before)]);
}
