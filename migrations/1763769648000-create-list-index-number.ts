import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateListIndexNumber1763769648000 implements MigrationInterface {
  readonly name = 'CreateListIndexNumber1763769648000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'list_index_number',
      columns: [
        column.integer('list_no'),
        column.small('slot'),
        column.small('has_value'),
        column.double('value'),
        column.integer('row_id'),
      ],
      primaryKey: { name: 'pk_list_index_number', columns: ['list_no', 'slot', 'has_value', 'value', 'row_id'] },
      foreignKeys: [
        { name: 'fk_list_index_number_list', columns: ['list_no'], references: { table: 'list', columns: ['no'] } },
      ],
      withoutRowid: true,
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'list_index_number');
  }
}
