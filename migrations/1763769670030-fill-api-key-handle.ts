import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { freeHandle } from '../src/common/handle.js';

const KEYS_AT_ONCE = 500;

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
    for (let last = ''; ;) {
      const keys = (await queryRunner.query(some, [last])) as StoredKey[];
      for (const key of keys) {
        await fill(queryRunner, key);
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

async function fill(queryRunner: QueryRunner, { id, hub_id: hubId, name }: StoredKey): Promise<void> {
  const { handle, handleKey } = await freeHandle(name, async (one) => {
    const sql = 'SELECT 1 AS taken FROM api_key WHERE hub_id = ? AND handle_key = ?';
    return ((await queryRunner.query(sql, [hubId, one])) as unknown[]).length > 0;
  });
  const sql = 'UPDATE api_key SET handle = ?, handle_key = ? WHERE hub_id = ? AND id = ?';
  await queryRunner.query(sql, [handle, handleKey, hubId, id]);
}
