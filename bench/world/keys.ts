import { randomBytes } from 'node:crypto';
import { SystemClock } from '../../src/common/clock.js';
import { newId } from '../../src/common/ids.js';
import { Factory, type TestHub } from '../../test/support/factory.js';
import { type TestApp } from '../../test/support/test-app.js';
import { openApp } from './app.js';
import { type BulkWriter, type Row } from './bulk.js';
import { type Place } from './place.js';
import { withBulk } from './world.js';

const AT_ONCE = 5000;
const DAY_MS = 86_400_000;
/** Moments of keys lie within this many days after the first of them. */
export const DAYS = 1000;
export const FIRST_DAY = Date.UTC(2027, 0, 1);
/** So many keys hold a role that few have, whatever the size of the hub. */
const SELDOM = 100;

/** A hub with many keys, and what a list of them can be filtered by. */
export interface KeyHub {
  readonly keys: number;
  readonly ownerKey: string;
  /** Held by nearly all keys. */
  readonly roleId: string;
  /** Held by a hundred. */
  readonly seldomRoleId: string;
  readonly groupId: string;
  /** Made nearly all of them. */
  readonly creatorId: string;
}

/** A new database with one hub for each number of keys. */
export async function makeKeyHubs(place: Place, sizes: readonly number[]): Promise<KeyHub[]> {
  await place.clear();
  const app = await openApp(place.url);
  const made: { hub: TestHub; ownerKey: string; keyId: string }[] = [];
  try {
    const create = new Factory({ nest: app, clock: new SystemClock() } as unknown as TestApp);
    for (const size of sizes) {
      const hub = await create.hub(`Plant with ${size} keys`);
      const { secret: ownerKey } = await create.ownerKey(hub);
      const { id: keyId } = await create.integrationKey(hub);
      made.push({ hub, ownerKey, keyId });
    }
  } finally {
    await app.close();
  }
  return withBulk(place.url, async (bulk) => {
    const hubs: KeyHub[] = [];
    for (const [index, { hub, ownerKey, keyId }] of made.entries()) {
      hubs.push({ ...(await addKeys(bulk, hub, keyId, sizes[index])), ownerKey });
    }
    return hubs;
  });
}

async function addKeys(bulk: BulkWriter, hub: TestHub, keyId: string, size: number): Promise<Omit<KeyHub, 'ownerKey'>> {
  const [key] = await bulk.select('SELECT * FROM api_key WHERE id = ?', keyId);
  const [secret] = await bulk.select('SELECT * FROM api_secret WHERE key_id = ?', keyId);
  const seldomRoleId = hub.roles['analyst'];
  for (let from = 0; from < size; from += AT_ONCE) {
    const keys = Array.from({ length: Math.min(AT_ONCE, size - from) }, (_, index): Row => {
      const number = from + index;
      const seldom = number % Math.floor(size / SELDOM) === 0;
      const named = { handle: `Key ${number}`, handle_key: `key ${number}` };
      return { ...key, ...keyFacts(number), ...named, creator_id: keyId, ...(seldom ? { role_id: seldomRoleId } : {}) };
    });
    const secrets = keys.map(({ id }): Row => ({ ...secret, id: newId(), key_id: id, digest: randomBytes(32) }));
    await bulk.insert('api_key', keys);
    await bulk.insert('api_secret', secrets);
  }
  const { role_id, group_id } = key;
  return { keys: size, roleId: String(role_id), seldomRoleId, groupId: String(group_id), creatorId: keyId };
}

/** As they are after some years: of each state some, names and moments in no order. */
function keyFacts(number: number): Row {
  const scattered = (factor: number) => FIRST_DAY + ((number * factor) % DAYS) * DAY_MS;
  const name = `Machine ${(number * 7919) % 1_000_003}`;
  const state = ['deleted', 'inactive'][number % 7] ?? 'live';
  return {
    id: newId(),
    name,
    name_key: name.toLowerCase(),
    // Only one key of a name can have it, and nobody asks for these by handle.
    handle: null,
    handle_key: null,
    state,
    deleted_at: state === 'deleted' ? FIRST_DAY : null,
    expires_at: number % 2 === 0 ? null : scattered(617),
    last_used_at: number % 3 === 0 ? 0 : scattered(331),
    created_at: scattered(1),
    updated_at: scattered(523),
  };
}
