import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addColumn, column, dropColumn } from '../src/database/index.js';

export class AddApiKeyLastUsedAt1763769638000 implements MigrationInterface {
  readonly name = 'AddApiKeyLastUsedAt1763769638000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumn(queryRunner, 'api_key', column.time('last_used_at', { default: 0 }));
    await queryRunner.query(
      'UPDATE api_key SET last_used_at = COALESCE((SELECT MAX(s.last_used_at) FROM api_secret s ' +
        'WHERE s.hub_id = api_key.hub_id AND s.key_id = api_key.id), 0)',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropColumn(queryRunner, 'api_key', 'last_used_at');
  }
}
