import { type Database } from '../../../src/database/index.js';
import { type World } from './world.js';

export interface HubRow {
  readonly id: string;
  readonly state: string;
  readonly security: string;
}
export interface RoleRow {
  readonly id: string;
  readonly role_rank: number;
  readonly root: number;
  readonly capabilities: string;
  readonly deleted_at: number | null;
}
export interface GroupRow {
  readonly id: string;
  readonly permissions: string;
  readonly deleted_at: number | null;
}
export interface KeyRow {
  readonly id: string;
  readonly hub_id: string;
  readonly role_id: string;
  readonly group_id: string | null;
  readonly scopes: number;
  readonly ips: string | null;
  readonly expires_at: number | null;
  readonly state: string;
  readonly kv: number;
  readonly revision: number;
}
export interface SecretRow {
  readonly id: string;
  readonly key_id: string;
  readonly ends_at: number | null;
  readonly ended: number;
}
export interface AccountRow {
  readonly id: string;
  readonly email_key: string | null;
  readonly state: string;
  readonly verified_at: number | null;
  readonly password_hash: string | null;
  readonly password_once: number;
}
export interface SessionRow {
  readonly id: string;
  readonly account_id: string;
  readonly second_factor: number;
  readonly password_once: number;
  readonly expires_at: number;
  readonly ended_at: number | null;
}
/** Of a member, or of an invite. */
export interface MembershipRow {
  readonly id: string;
  readonly hub_id: string;
  readonly member_id: string | null;
  readonly role_id: string;
  readonly state: string;
  readonly recipient_key: string;
  readonly invite_ends_at: number | null;
  readonly creator_id: string;
  readonly creator_type: string;
}

/** What decides in a hub and the one beside it, as stored. */
export interface Snapshot {
  readonly hubs: readonly HubRow[];
  readonly roles: readonly RoleRow[];
  readonly groups: readonly GroupRow[];
  readonly keys: readonly KeyRow[];
  readonly secrets: readonly SecretRow[];
  readonly accounts: readonly AccountRow[];
  readonly sessions: readonly SessionRow[];
  readonly memberships: readonly MembershipRow[];
  /** Mail that is on its way. */
  readonly mails: readonly object[];
  /** The last number of the change feed. */
  readonly feed: readonly object[];
}

const OF_HUBS: Partial<Record<keyof Snapshot, string>> = {
  hubs: 'SELECT id, state, security FROM hub WHERE id IN (?, ?) ORDER BY id',
  roles:
    'SELECT id, role_rank, root, capabilities, identifier, name, revision, deleted_at FROM role ' +
    'WHERE hub_id IN (?, ?) ORDER BY id',
  groups: 'SELECT id, name, permissions, revision, deleted_at FROM user_group WHERE hub_id IN (?, ?) ORDER BY id',
  keys:
    'SELECT id, hub_id, role_id, group_id, scopes, ips, expires_at, state, kv, revision, deleted_at FROM api_key ' +
    'WHERE hub_id IN (?, ?) ORDER BY id',
  secrets: 'SELECT id, key_id, ends_at, ended FROM api_secret WHERE hub_id IN (?, ?) ORDER BY id',
  memberships: 'SELECT * FROM membership WHERE hub_id IN (?, ?) ORDER BY id',
};

const OF_ACCOUNTS: Partial<Record<keyof Snapshot, string>> = {
  accounts: 'SELECT id, email_key, state, verified_at, password_hash, password_once, revision FROM account WHERE id',
  sessions:
    'SELECT id, account_id, second_factor, password_once, expires_at, ended_at FROM account_session WHERE account_id',
};

// Of all hubs: one sequence runs at a time.
const OF_ALL: Partial<Record<keyof Snapshot, string>> = {
  mails: 'SELECT id FROM mail_outbox',
  feed: 'SELECT MAX(seq) AS last FROM access_change',
};

export async function snapshotOf(database: Database, { hubId, besideId, people }: World): Promise<Snapshot> {
  const ids = people.map(({ id }) => id);
  const among = ` IN (${ids.map(() => '?').join(', ')}) ORDER BY id`;
  const queries = [
    ...Object.entries(OF_HUBS).map(([name, sql]) => [name, sql, [hubId, besideId]] as const),
    ...Object.entries(OF_ACCOUNTS).map(([name, sql]) => [name, sql + among, ids] as const),
    ...Object.entries(OF_ALL).map(([name, sql]) => [name, sql, []] as const),
  ];
  const tables = queries.map(async ([name, sql, values]) => [name, await database.query<object>(sql, [...values])]);
  return Object.fromEntries(await Promise.all(tables)) as Snapshot;
}
