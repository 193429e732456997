import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable, LIFECYCLE_COLUMNS } from '../src/database/index.js';

export class CreateApiKey1763769607000 implements MigrationInterface {
  readonly name = 'CreateApiKey1763769607000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'api_key',
      columns: [
        column.id('id'),
        column.id('hub_id'),
        column.string('name', 200),
        column.string('name_key', 400),
        column.string('description', 1000, { nullable: true }),
        column.id('role_id'),
        column.id('group_id', { nullable: true }),
        column.integer('scopes'),
        column.json('ips', { nullable: true }),
        column.time('expires_at', { nullable: true }),
        column.string('state', 16),
        column.time('state_changed_at'),
        column.counter('kv'),
        column.counter('revision'),
        ...LIFECYCLE_COLUMNS,
      ],
      primaryKey: { name: 'pk_api_key', columns: ['id'] },
      uniques: [{ name: 'uq_api_key_hub', columns: ['hub_id', 'id'] }],
      indices: [
        { name: 'ix_api_key_role', columns: ['hub_id', 'role_id'] },
        { name: 'ix_api_key_group', columns: ['hub_id', 'group_id'] },
      ],
      foreignKeys: [
        { name: 'fk_api_key_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } },
        {
          name: 'fk_api_key_role',
          columns: ['hub_id', 'role_id'],
          references: { table: 'role', columns: ['hub_id', 'id'] },
        },
        {
          name: 'fk_api_key_group',
          columns: ['hub_id', 'group_id'],
          references: { table: 'user_group', columns: ['hub_id', 'id'] },
        },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'api_key');
  }
}
