import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addIndex, dropIndex, type IndexSpec } from '../src/database/index.js';

/** Each sort and filter of the list has its order in one of these, for the keys of one hub in one state. */
const LISTS: readonly IndexSpec[] = [
  // The name is there for the search: it then reads this index and no row.
  { name: 'ix_api_key_list', columns: ['hub_id', 'state', 'id', 'name_key'] },
  { name: 'ix_api_key_name', columns: ['hub_id', 'state', 'name_key', 'id'] },
  { name: 'ix_api_key_expires', columns: ['hub_id', 'state', 'expires_at', 'id'] },
  { name: 'ix_api_key_used', columns: ['hub_id', 'state', 'last_used_at', 'id'] },
  { name: 'ix_api_key_created', columns: ['hub_id', 'state', 'created_at', 'id'] },
  { name: 'ix_api_key_updated', columns: ['hub_id', 'state', 'updated_at', 'id'] },
  { name: 'ix_api_key_creator', columns: ['hub_id', 'creator_id', 'state', 'id'] },
  { name: 'ix_api_key_role_state', columns: ['hub_id', 'role_id', 'state', 'id'] },
  { name: 'ix_api_key_group_state', columns: ['hub_id', 'group_id', 'state', 'id'] },
];

/** They are the beginnings of two above, which the foreign keys can use as well. */
const REPLACED: readonly IndexSpec[] = [
  { name: 'ix_api_key_role', columns: ['hub_id', 'role_id'] },
  { name: 'ix_api_key_group', columns: ['hub_id', 'group_id'] },
];

export class IndexApiKeyLists1763769639000 implements MigrationInterface {
  readonly name = 'IndexApiKeyLists1763769639000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, REPLACED, LISTS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await replace(queryRunner, LISTS, REPLACED);
  }
}

/** The new ones first: a foreign key is never without. */
async function replace(queryRunner: QueryRunner, old: readonly IndexSpec[], made: readonly IndexSpec[]): Promise<void> {
  for (const index of made) {
    await addIndex(queryRunner, 'api_key', index);
  }
  for (const { name } of old) {
    await dropIndex(queryRunner, 'api_key', name);
  }
}
