import { generateKeySecret } from '../../src/access/index.js';
import { newId } from '../../src/common/ids.js';
import { nameKey } from '../../src/common/name-key.js';
import { type BulkWriter, type Row } from './bulk.js';

export const ROLES_PER_HUB = 10;
export const KEYS_PER_HUB = 100;
/** Keys whose secrets are kept: more than the server's cache holds, and not a hundred megabytes of them. */
const SECRETS_KEPT = 200_000;
const HUBS_AT_ONCE = 50;

/** Rows that the application itself made, of which others are copies with other ids. */
interface Template {
  readonly hub: Row;
  readonly roles: readonly Row[];
  readonly group: Row;
  readonly key: Row;
  readonly secret: Row;
}

interface Batch {
  readonly hub: Row[];
  readonly role: Row[];
  readonly user_group: Row[];
  readonly api_key: Row[];
  readonly api_secret: Row[];
}

/**
 * Fills the database with hubs like this one, each with roles and keys that work.
 * @returns secrets, so ordered that neighbours are of different hubs and of all roles
 */
export async function addCrowd(bulk: BulkWriter, hubId: string, hubs: number): Promise<string[]> {
  const template = await readTemplate(bulk, hubId);
  const kept = Math.min(KEYS_PER_HUB, Math.ceil(SECRETS_KEPT / hubs));
  const secrets: string[] = Array.from({ length: hubs * kept });
  for (let from = 0; from < hubs; from += HUBS_AT_ONCE) {
    const batch: Batch = { hub: [], role: [], user_group: [], api_key: [], api_secret: [] };
    for (let number = from; number < Math.min(hubs, from + HUBS_AT_ONCE); number += 1) {
      addHub(batch, template, number)
        .slice(0, kept)
        .forEach((secret, index) => (secrets[index * hubs + number] = secret));
    }
    for (const [table, rows] of Object.entries(batch) as [string, Row[]][]) {
      await bulk.insert(table, rows);
    }
  }
  return secrets;
}

async function readTemplate(bulk: BulkWriter, hubId: string): Promise<Template> {
  const rowsOf = (table: string, column = 'hub_id') => bulk.select(`SELECT * FROM ${table} WHERE ${column} = ?`, hubId);
  const [key] = await bulk.select('SELECT * FROM api_key WHERE hub_id = ? AND group_id IS NOT NULL', hubId);
  return {
    hub: (await rowsOf('hub', 'id'))[0],
    roles: await rowsOf('role'),
    group: (await rowsOf('user_group'))[0],
    key,
    secret: (await rowsOf('api_secret'))[0],
  };
}

/** Returns the secrets of its keys. */
function addHub(batch: Batch, template: Template, number: number): string[] {
  const name = `Plant ${String(number).padStart(5, '0')}`;
  const hub_id = newId();
  const group_id = newId();
  const roles = Array.from({ length: ROLES_PER_HUB }, (_, index) => {
    return { ...template.roles[index % template.roles.length], id: newId(), hub_id };
  });
  batch.hub.push({ ...template.hub, id: hub_id, name, name_key: nameKey(name) });
  batch.role.push(...roles);
  batch.user_group.push({ ...template.group, id: group_id, hub_id });
  return Array.from({ length: KEYS_PER_HUB }, (_, index) => {
    const id = newId();
    const { text, digest } = generateKeySecret(id);
    const role_id = roles[(number + index) % ROLES_PER_HUB].id;
    batch.api_key.push({ ...template.key, handle: null, handle_key: null, id, hub_id, role_id, group_id });
    batch.api_secret.push({ ...template.secret, id: newId(), hub_id, key_id: id, digest });
    return text;
  });
}
