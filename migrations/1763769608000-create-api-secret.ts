import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateApiSecret1763769608000 implements MigrationInterface {
  readonly name = 'CreateApiSecret1763769608000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'api_secret',
      columns: [
        column.id('id'),
        column.id('hub_id'),
        column.id('key_id'),
        column.binary('digest', 32),
        column.time('created_at'),
        column.time('ends_at', { nullable: true }),
        column.time('last_used_at', { nullable: true }),
        column.string('last_used_address', 64, { nullable: true }),
      ],
      primaryKey: { name: 'pk_api_secret', columns: ['id'] },
      uniques: [
        { name: 'uq_api_secret_hub', columns: ['hub_id', 'id'] },
        { name: 'uq_api_secret_digest', columns: ['digest'] },
      ],
      indices: [{ name: 'ix_api_secret_key', columns: ['hub_id', 'key_id'] }],
      foreignKeys: [
        {
          name: 'fk_api_secret_key',
          columns: ['hub_id', 'key_id'],
          references: { table: 'api_key', columns: ['hub_id', 'id'] },
        },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'api_secret');
  }
}
