import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable, LIFECYCLE_COLUMNS } from '../src/database/index.js';

export class CreateHub1763769604000 implements MigrationInterface {
  readonly name = 'CreateHub1763769604000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'hub',
      columns: [
        column.id('id'),
        column.string('identifier', 100),
        column.string('name', 200),
        column.string('name_key', 400),
        column.string('state', 16),
        column.time('state_changed_at'),
        column.json('security'),
        column.counter('last_list_number', { default: 0 }),
        ...LIFECYCLE_COLUMNS,
      ],
      primaryKey: { name: 'pk_hub', columns: ['id'] },
      indices: [{ name: 'ix_hub_name_key', columns: ['name_key'] }],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'hub');
  }
}
