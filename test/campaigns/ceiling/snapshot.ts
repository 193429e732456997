import { type Database } from '../../../src/database/index.js';

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

/** What decides in one hub, as stored. */
export interface Snapshot {
  readonly hub: readonly HubRow[];
  readonly roles: readonly RoleRow[];
  readonly groups: readonly GroupRow[];
  readonly keys: readonly KeyRow[];
  readonly secrets: readonly SecretRow[];
  /** The last number of the change feed. */
  readonly feed: readonly object[];
}

const TABLES: Readonly<Record<keyof Snapshot, string>> = {
  hub: 'SELECT id, state, security FROM hub WHERE id = ?',
  roles:
    'SELECT id, role_rank, root, capabilities, identifier, name, revision, deleted_at FROM role WHERE hub_id = ? ORDER BY id',
  groups: 'SELECT id, name, permissions, revision, deleted_at FROM user_group WHERE hub_id = ? ORDER BY id',
  keys:
    'SELECT id, role_id, group_id, scopes, ips, expires_at, state, kv, revision, deleted_at FROM api_key ' +
    'WHERE hub_id = ? ORDER BY id',
  secrets: 'SELECT id, key_id, ends_at, ended FROM api_secret WHERE hub_id = ? ORDER BY id',
  // Of all hubs: one sequence runs at a time.
  feed: "SELECT MAX(seq) AS last FROM access_change WHERE hub_id <> '' OR hub_id = ?",
};

export async function snapshotOf(database: Database, hubId: string): Promise<Snapshot> {
  const tables = Object.entries(TABLES).map(async ([name, sql]) => [name, await database.query<object>(sql, [hubId])]);
  return Object.fromEntries(await Promise.all(tables)) as Snapshot;
}
