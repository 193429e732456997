import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addIndex, dropIndex } from '../src/database/index.js';

/** Ended keys have none: NULL is no duplicate of NULL, on every database. */
export class IndexApiKeyHandle1763769670020 implements MigrationInterface {
  readonly name = 'IndexApiKeyHandle1763769670020';

  async up(queryRunner: QueryRunner): Promise<void> {
    const columns = ['hub_id', 'handle_key'];
    await addIndex(queryRunner, 'api_key', { name: 'uq_api_key_handle', columns, unique: true });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropIndex(queryRunner, 'api_key', 'uq_api_key_handle');
  }
}
