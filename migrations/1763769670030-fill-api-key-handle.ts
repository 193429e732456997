import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { freeHandle } from '../src/common/handle.js';

const KEYS_AT_ONCE = 500;
/** Answers are remembered up to here: enough that many keys of one name need about one look each. */
const REMEMBERED_MAX = 50_000;

interface StoredKey {
  readonly id: string;
  readonly hub_id: string;
  readonly name: string;
}

/** Keys of before get theirs from their names, the oldest first. What has one keeps it, so it can be run again. */
export class FillApiKeyHandle1763769670030 implements MigrationInterface {
  readonly name = 'FillApiKeyHandle1763769670030';

  async up(queryRunner: QueryRunner): Promise<void> {
    const some =
      'SELECT id, hub_id, name FROM api_key WHERE handle_key IS NULL AND deleted_at IS NULL AND id > ? ' +
      `ORDER BY id LIMIT ${KEYS_AT_ONCE}`;
    const taken = new Map<string, boolean>();
    for (let last = ''; ;) {
      const keys = (await queryRunner.query(some, [last])) as StoredKey[];
      for (const key of keys) {
        await fill(queryRunner, key, taken);
      }
      if (taken.size > REMEMBERED_MAX) {
        taken.clear();
      }
      if (keys.length < KEYS_AT_ONCE) {
        return;
      }
      last = keys[keys.length - 1].id;
    }
  }

  /** The columns go with the migrations before. */
  async down(): Promise<void> {}
}

/** Nobody else gives handles meanwhile, so what was found once is known. */
async function fill(
  queryRunner: QueryRunner,
  { id, hub_id: hubId, name }: StoredKey,
  taken: Map<string, boolean>,
): Promise<void> {
  const placeOf = (handleKey: string) => `${hubId} ${handleKey}`;
  const isTaken = async (handleKey: string): Promise<boolean> => {
    const sql = 'SELECT 1 AS taken FROM api_key WHERE hub_id = ? AND handle_key = ?';
    const known = taken.get(placeOf(handleKey));
    const found = known ?? ((await queryRunner.query(sql, [hubId, handleKey])) as unknown[]).length > 0;
    taken.set(placeOf(handleKey), found);
    return found;
  };
  const { handle, handleKey } = await freeHandle(name, isTaken);
  taken.set(placeOf(handleKey), true);
  const sql = 'UPDATE api_key SET handle = ?, handle_key = ? WHERE hub_id = ? AND id = ?';
  await queryRunner.query(sql, [handle, handleKey, hubId, id]);
}
