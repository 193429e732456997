import { expect } from 'vitest';
import { type Client } from './client.js';
import { type TestHub } from './factory.js';
import { type TestApp } from './test-app.js';

export const ROLES = '/v1/hubs/current/roles';
export const GROUPS = '/v1/hubs/current/groups';
export const API_KEYS = '/v1/hubs/current/api-keys';
export const WHOAMI = '/v1/hubs/current/whoami';

export const keyPath = ({ id }: { readonly id: unknown }): string => `${API_KEYS}/${String(id)}`;

/** An id that was never issued. */
export const NO_ID = '0'.repeat(24);

export type Json = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The error of the management door's envelope. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly source?: string;
  readonly extra?: Json;
  readonly requestId?: string;
}

export function dataOf<T = Json>({ body }: Answer): T {
  return (body as { data: T }).data;
}

export function refusalOf({ body }: Answer): Refusal {
  expect(body).toMatchObject({ data: null });
  return (body as { error: Refusal }).error;
}

/** What a refusal tells, apart from the id of its request. */
export function toldBy(answer: Answer): { status: number; error: Refusal } {
  const { requestId: _, ...error } = refusalOf(answer);
  return { status: answer.status, error };
}

/** One kind of thing that is administered, and what every verb on it needs. */
export interface Resource {
  readonly path: string;
  readonly capability: string;
  readonly notFound: string;
  readonly deletes: 200 | 202;
  /** A thing of the hub that nothing refers to; returns its id. */
  readonly make: (app: TestApp, hub: TestHub) => Promise<string>;
  /** A body that its POST takes. */
  readonly input: (hub: TestHub) => Json;
  /** A body that its PATCH takes. */
  readonly edit: Json;
}

export const RESOURCES = {
  roles: {
    path: ROLES,
    capability: 'hubs-roles-manage',
    notFound: '404.hub.role',
    deletes: 202,
    make: (app, hub) => app.create.role(hub, [], 0),
    input: () => ({ identifier: 'night-shift', rank: 0 }),
    edit: { name: 'Night shift' },
  },
  groups: {
    path: GROUPS,
    capability: 'groups-manage',
    notFound: '404.hub.group',
    deletes: 200,
    make: (app, hub) => app.create.group(hub),
    input: () => ({ name: 'Warehouse' }),
    edit: { description: 'Forklifts' },
  },
  'api-keys': {
    path: API_KEYS,
    capability: 'api-keys-manage',
    notFound: '404.hub.api-key',
    deletes: 200,
    make: async (app, hub) => (await app.create.key({ hub, roleId: hub.roles.integration })).id,
    input: (hub) => ({ name: 'ERP sync', role_id: hub.roles.integration }),
    edit: { name: 'ERP sync (old)' },
  },
} as const satisfies Record<string, Resource>;

export type ResourceName = keyof typeof RESOURCES;
export const RESOURCE_NAMES = Object.keys(RESOURCES) as ResourceName[];

export function resource(name: ResourceName): Resource {
  return RESOURCES[name];
}

/** A hub with a caller who may do everything in it. */
export async function ownedHub(app: TestApp): Promise<{ hub: TestHub; owner: Client; ownerId: string }> {
  const hub = await app.create.hub();
  const key = await app.create.ownerKey(hub);
  return { hub, owner: app.as(key.secret), ownerId: key.id };
}

type Row = Readonly<Record<string, unknown>>;

/** Columns that the server fills by itself, at times of its own, are left out. */
const STORED = {
  hub: 'SELECT * FROM hub WHERE id = ?',
  role: 'SELECT * FROM role WHERE hub_id = ? ORDER BY id',
  user_group: 'SELECT * FROM user_group WHERE hub_id = ? ORDER BY id',
  api_key:
    'SELECT id, hub_id, name, name_key, handle, handle_key, description, role_id, group_id, scopes, ips, expires_at, state, kv, ' +
    'state_changed_at, revision, reuse_alert_day, creator_type, creator_id, created_at, updated_at, deleted_at ' +
    'FROM api_key WHERE hub_id = ? ORDER BY id',
  api_secret: 'SELECT id, key_id, digest, created_at, ends_at, sealed FROM api_secret WHERE hub_id = ? ORDER BY id',
  job: 'SELECT * FROM job WHERE hub_id = ? ORDER BY id',
  membership: 'SELECT * FROM membership WHERE hub_id = ? ORDER BY id',
  alert: 'SELECT * FROM alert WHERE hub_id = ? ORDER BY id',
  alert_count: 'SELECT * FROM alert_count WHERE hub_id = ? ORDER BY group_id',
  variable: 'SELECT * FROM variable WHERE hub_id = ? ORDER BY id',
  domain: 'SELECT * FROM domain WHERE hub_id = ? ORDER BY id',
  domain_rule: 'SELECT * FROM domain_rule WHERE hub_id = ? ORDER BY id',
  domain_rule_list: 'SELECT * FROM domain_rule_list WHERE hub_id = ? ORDER BY id',
  access_change: 'SELECT seq, kind, subject_id FROM access_change WHERE hub_id = ? ORDER BY seq',
  activity: "SELECT id, event, body FROM activity WHERE hub_id = ? AND event <> 'hub.apikey.refused' ORDER BY id",
};

/** Everything that is stored of a hub's administration. */
export async function storedOf(app: TestApp, { id }: TestHub): Promise<Record<keyof typeof STORED, Row[]>> {
  const tables = Object.entries(STORED).map(async ([table, sql]) => [table, await app.database.query<Row>(sql, [id])]);
  return Object.fromEntries(await Promise.all(tables)) as Record<keyof typeof STORED, Row[]>;
}

/** Runs something that must leave the hub as it is: no row of it changes, and none is added, activity included. */
export async function leavesAlone<T>(app: TestApp, hub: TestHub, act: () => PromiseLike<T>): Promise<T> {
  const before = await storedOf(app, hub);
  const result = await act();
  expect(await storedOf(app, hub)).toEqual(before);
  return result;
}

export interface Entry {
  readonly event: string;
  readonly hub_id: string;
  readonly status: string;
  readonly user: Json;
  readonly component: Json;
  readonly changes: Readonly<Record<string, { readonly before?: unknown; readonly after?: unknown }>>;
  readonly session: Json | null;
  readonly annotations?: Json;
}

/** Runs a change and returns what the activity says of it. */
export async function activityOf(app: TestApp, hub: TestHub, act: () => PromiseLike<unknown>): Promise<Entry[]> {
  const before = new Set((await storedOf(app, hub)).activity.map(({ id }) => id));
  await act();
  const { activity } = await storedOf(app, hub);
  return activity.filter(({ id }) => !before.has(id)).map(({ body }) => JSON.parse(String(body)) as Entry);
}
