import { randomUUID } from 'node:crypto';
import { type Client } from '../../support/client.js';
import { type TestHub } from '../../support/factory.js';
import { API_KEYS, GROUPS, type Json, ROLES } from '../../support/management.js';
import { dumpTables, type DumpedRow } from '../../support/table-dump.js';
import { type TestApp } from '../../support/test-app.js';

export const LISTS = '/v1/hubs/current/lists';

/** One POST of the management door, and where its effect is seen. */
export interface Post {
  readonly path: string;
  readonly body: Json;
  readonly table: string;
}

/** Each of them can be sent once by an owner of the hub. */
export const POSTS = {
  createApiKey: async (_app: TestApp, hub: TestHub): Promise<Post> => ({
    path: API_KEYS,
    body: { name: 'ERP sync', role_id: hub.roles['integration'] },
    table: 'api_key',
  }),
  createRole: async (): Promise<Post> => ({
    path: ROLES,
    body: { identifier: 'night-shift', rank: 1, extra: { note: 'x' } },
    table: 'role',
  }),
  createGroup: async (): Promise<Post> => ({ path: GROUPS, body: { name: 'Warehouse' }, table: 'user_group' }),
  createList: async (): Promise<Post> => ({
    path: LISTS,
    body: { name: 'StockInfo', columns: [{ name: 'Quantity', type: 'Number' }] },
    table: 'list',
  }),
  rotateAPIKey: async (app: TestApp, hub: TestHub): Promise<Post> => {
    const { id } = await app.create.key({ hub, roleId: hub.roles['integration'] });
    return { path: `${API_KEYS}/${id}/rotate`, body: { overlap_seconds: 60 }, table: 'api_secret' };
  },
} as const;

export type PostName = keyof typeof POSTS;
export const POST_NAMES = Object.keys(POSTS) as PostName[];

export const newKey = (): string => randomUUID();
export const keyed = (caller: Client, key = newKey()): Client => caller.with({ 'idempotency-key': key });

export async function rowsIn(app: TestApp, table: string, { id }: TestHub): Promise<DumpedRow[]> {
  return ((await dumpTables(app.database))[table] ?? []).filter(({ hub_id }) => hub_id === id);
}

export const recordsOf = (app: TestApp, hub: TestHub): Promise<DumpedRow[]> => rowsIn(app, 'idempotency_record', hub);
