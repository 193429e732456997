import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateListRowGap1763769650000 implements MigrationInterface {
  readonly name = 'CreateListRowGap1763769650000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'list_row_gap',
      columns: [column.integer('list_no'), column.integer('block'), column.integer('missing')],
      primaryKey: { name: 'pk_list_row_gap', columns: ['list_no', 'block'] },
      foreignKeys: [
        { name: 'fk_list_row_gap_list', columns: ['list_no'], references: { table: 'list', columns: ['no'] } },
      ],
      withoutRowid: true,
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'list_row_gap');
  }
}
