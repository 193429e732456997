import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateListImportPiece1763769652100 implements MigrationInterface {
  readonly name = 'CreateListImportPiece1763769652100';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'list_import_piece',
      columns: [
        column.id('hub_id'),
        column.id('upload_id'),
        column.counter('begin_offset'),
        column.integer('size'),
        column.blob('content'),
      ],
      primaryKey: { name: 'pk_list_import_piece', columns: ['upload_id', 'begin_offset'] },
      indices: [{ name: 'ix_list_import_piece_hub', columns: ['hub_id', 'size'] }],
      foreignKeys: [
        { name: 'fk_list_import_piece_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'list_import_piece');
  }
}
