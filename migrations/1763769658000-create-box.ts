import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable, LIFECYCLE_COLUMNS } from '../src/database/index.js';

export class CreateBox1763769658000 implements MigrationInterface {
  readonly name = 'CreateBox1763769658000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'box',
      columns: [
        column.id('id'),
        column.id('hub_id'),
        column.string('box_id', 64),
        column.string('box_id_key', 64, { nullable: true }),
        column.string('name', 200),
        column.string('name_key', 400),
        column.string('box_group', 200, { nullable: true }),
        column.string('address', 300, { nullable: true }),
        column.string('credentials_kind', 16, { nullable: true }),
        column.time('credentials_at', { nullable: true }),
        column.blob('sealed_credentials', { nullable: true }),
        column.binary('token_digest', 32, { nullable: true }),
        column.time('token_at', { nullable: true }),
        column.json('properties'),
        column.string('state', 16),
        column.time('state_at'),
        column.string('runtime_version', 100, { nullable: true }),
        column.time('last_seen_at', { nullable: true }),
        column.counter('revision'),
        ...LIFECYCLE_COLUMNS,
      ],
      primaryKey: { name: 'pk_box', columns: ['id'] },
      uniques: [
        { name: 'uq_box_hub', columns: ['hub_id', 'id'] },
        { name: 'uq_box_box_id', columns: ['hub_id', 'box_id_key'] },
        { name: 'uq_box_token', columns: ['token_digest'] },
      ],
      foreignKeys: [{ name: 'fk_box_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } }],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'box');
  }
}
