import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateListImport1763769652000 implements MigrationInterface {
  readonly name = 'CreateListImport1763769652000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'list_import',
      columns: [
        column.id('id'),
        column.id('hub_id'),
        column.id('list_id'),
        column.string('list_name', 200, { nullable: true }),
        column.string('mode', 16),
        column.string('on_error', 16),
        column.string('phase', 16),
        column.json('column_definitions'),
        column.string('delimiter', 1),
        column.id('upload_id'),
        column.counter('bytes'),
        column.counter('row_total'),
        column.id('credential_id'),
        column.string('address', 45, { nullable: true }),
        column.json('request', { nullable: true }),
        column.id('hidden_id', { nullable: true }),
        column.counter('begin_offset'),
        column.counter('next_offset'),
        column.counter('next_row'),
        column.counter('accepted'),
        column.counter('refused'),
        column.counter('written'),
        column.string('error', 1000, { nullable: true }),
        column.string('creator_type', 16),
        column.id('creator_id'),
        column.time('created_at'),
        column.time('ended_at', { nullable: true }),
      ],
      primaryKey: { name: 'pk_list_import', columns: ['id'] },
      uniques: [
        { name: 'uq_list_import_hub', columns: ['hub_id', 'id'] },
        { name: 'uq_list_import_upload', columns: ['upload_id'] },
      ],
      foreignKeys: [{ name: 'fk_list_import_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } }],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'list_import');
  }
}
