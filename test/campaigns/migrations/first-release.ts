import { generateKeyPairSync } from 'node:crypto';
import { seal } from '../../../src/common/crypto/seal.js';
import { MasterSecret } from '../../../src/config/index.js';
import { Database, migrate } from '../../../src/database/index.js';
import { CAMPAIGN_SECRET } from '../support/node-process.js';
import { firstRelease } from './migration-sets.js';

export type Row = Readonly<Record<string, unknown>>;

const THEN = 1_763_800_000_000;
const id = (number: number): string => `0198a1b2c3d4${number.toString(16).padStart(12, '0')}`;
const secret = new MasterSecret(CAMPAIGN_SECRET);
const [INSTALLATION, HUB, OTHER_HUB, OWNER, ROLE, GROUP, KEY, GONE_KEY, LIST, GONE_LIST, SIGNER] = Array.from(
  { length: 11 },
  (_, index) => id(index + 1),
) as [string, string, string, string, string, string, string, string, string, string, string];

const life = { creator_type: 'platform', creator_id: '0'.repeat(24), created_at: THEN, updated_at: THEN + 5 };
const living = { ...life, deleted_at: null };
const deleted = { ...life, deleted_at: THEN + 9 };
const active = { state: 'active', state_changed_at: THEN };

function hub(hubId: string, name: string): Row {
  const names = { identifier: name.toLowerCase(), name, name_key: name.toLowerCase() };
  return { id: hubId, ...names, ...active, security: '{}', last_list_number: 2, ...living };
}

function key(keyId: string, name: string, rest: Row): Row {
  const named = { id: keyId, hub_id: HUB, name, name_key: name.toLowerCase(), description: null };
  return { ...named, scopes: 3, ips: null, expires_at: null, ...active, kv: 1, revision: 2, ...living, ...rest };
}

function list(no: number, listId: string, rest: Row): Row {
  const definitions = JSON.stringify([{ id: 'c1', name: 'Straße 🦊', type: 'String', slot: 1 }]);
  const counts = { last_row_id: 3, row_count: 2, revision: 1 };
  return {
    no,
    hub_id: HUB,
    id: listId,
    number: no,
    description: null,
    column_definitions: definitions,
    ...counts,
    ...rest,
  };
}

function activity(number: number, event: string): Row {
  const component = { component_type: 'hub', component_id: HUB };
  const actor = { actor_type: 'platform', actor_id: '0'.repeat(24) };
  const sealing = { seal_position: null, seal: null };
  const body = JSON.stringify({ event, changes: { name: { after: "it's 100 % 🦊" } } });
  return {
    id: id(100 + number),
    hub_id: HUB,
    event,
    status: 'success',
    ...actor,
    ...component,
    body,
    created_at: THEN + number,
    ...sealing,
  };
}

function signingKey(): Row {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const plain = privateKey.export({ type: 'pkcs8', format: 'der' });
  const sealed = seal(secret.deriveKey('signing-keys'), plain, SIGNER);
  // Young enough not to be rotated by a node that starts now.
  return {
    id: SIGNER,
    public_jwk: JSON.stringify(publicKey.export({ format: 'jwk' })),
    sealed_private_key: sealed,
    created_at: Date.now(),
  };
}

/** Rows as the first release kept them, in every table, those that are referred to first. */
export const FIRST_RELEASE_ROWS: readonly (readonly [string, readonly Row[]])[] = [
  [
    'installation',
    [{ singleton: 1, id: INSTALLATION, secret_check: secret.checkValue(INSTALLATION), created_at: THEN }],
  ],
  [
    'access_change',
    [1, 2, 3].map((seq) => ({ seq, nonce: id(50 + seq), hub_id: HUB, kind: 'key', subject_id: KEY, created_at: THEN })),
  ],
  ['hub', [hub(HUB, 'Main'), hub(OTHER_HUB, 'Zweigwerk')]],
  [
    'role',
    [OWNER, ROLE].map((roleId, index) => ({
      id: roleId,
      hub_id: HUB,
      name: null,
      identifier: index === 0 ? 'owner' : 'made',
      role_rank: index,
      root: 1 - index,
      default_of: null,
      capabilities: '{"all":false,"specific":[]}',
      extra: null,
      revision: 1,
      ...living,
    })),
  ],
  [
    'user_group',
    [
      {
        id: GROUP,
        hub_id: HUB,
        name: 'Lager',
        name_key: 'lager',
        description: 'x'.repeat(1000),
        permissions: '{"lists":[]}',
        revision: 4,
        ...living,
      },
    ],
  ],
  [
    'api_key',
    [
      key(KEY, 'ERP', { role_id: OWNER, group_id: GROUP, ips: '["10.0.0.0/8"]', expires_at: THEN * 2 }),
      key(GONE_KEY, 'Old', { role_id: ROLE, group_id: null, ...deleted }),
    ],
  ],
  [
    'api_secret',
    [KEY, GONE_KEY].map((keyId, index) => ({
      id: id(60 + index),
      hub_id: HUB,
      key_id: keyId,
      digest: Buffer.alloc(32, index + 1),
      created_at: THEN,
      ends_at: null,
      last_used_at: index === 0 ? THEN + 1 : null,
      last_used_address: index === 0 ? '::1' : null,
    })),
  ],
  ['signing_key', [signingKey()]],
  [
    'activity',
    Array.from({ length: 40 }, (_, index) => activity(index, index % 2 === 0 ? 'hub.update' : 'hub.apikey.create')),
  ],
  [
    'list',
    [
      list(1, LIST, { name: 'StockInfo', name_key: 'stockinfo', ...living }),
      list(2, GONE_LIST, { name: 'Gone', name_key: null, ...deleted }),
    ],
  ],
  [
    'list_row',
    [1, 2].flatMap((no) =>
      [1, 3].map((row_id) => ({
        list_no: no,
        row_id,
        n1: 0.1 * row_id,
        n64: -1e300,
        s1: 'Müller 🦊 ',
        s64: 'y'.repeat(70_000),
      })),
    ),
  ],
  ['list_write_count', [{ hub_id: HUB, list_id: LIST, key_id: KEY, day: 20_400, added: 3, changed: 1, deleted: 1 }]],
];

/** The database as the first release left it: its schema, with rows in every table. */
export async function makeFirstRelease(url: string): Promise<void> {
  const database = new Database({ url, entities: [], migrations: firstRelease() });
  await migrate(database);
  await database.connect();
  try {
    await database.transaction(async (tx) => {
      for (const [table, rows] of FIRST_RELEASE_ROWS) {
        for (const row of rows) {
          const marks = Object.keys(row).map(() => '?');
          await tx.query(
            `INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${marks.join()})`,
            Object.values(row),
          );
        }
      }
      await tx.query('UPDATE access_counter SET last_seq = 3');
    });
  } finally {
    await database.close();
  }
}
