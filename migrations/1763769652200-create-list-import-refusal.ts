import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateListImportRefusal1763769652200 implements MigrationInterface {
  readonly name = 'CreateListImportRefusal1763769652200';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'list_import_refusal',
      columns: [
        column.id('hub_id'),
        column.id('import_id'),
        column.counter('row_no'),
        column.string('column_name', 200, { nullable: true }),
        column.string('reason', 1000),
      ],
      primaryKey: { name: 'pk_list_import_refusal', columns: ['import_id', 'row_no'] },
      indices: [{ name: 'ix_list_import_refusal_import', columns: ['hub_id', 'import_id'] }],
      foreignKeys: [
        {
          name: 'fk_list_import_refusal_import',
          columns: ['hub_id', 'import_id'],
          references: { table: 'list_import', columns: ['hub_id', 'id'] },
        },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'list_import_refusal');
  }
}
