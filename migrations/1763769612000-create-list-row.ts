import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

const SLOTS = Array.from({ length: 64 }, (_, index) => index + 1);

export class CreateListRow1763769612000 implements MigrationInterface {
  readonly name = 'CreateListRow1763769612000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'list_row',
      columns: [
        column.integer('list_no'),
        column.integer('row_id'),
        ...SLOTS.map((slot) => column.double(`n${slot}`, { nullable: true })),
        ...SLOTS.map((slot) => column.text(`s${slot}`, { nullable: true })),
      ],
      primaryKey: { name: 'pk_list_row', columns: ['list_no', 'row_id'] },
      foreignKeys: [{ name: 'fk_list_row_list', columns: ['list_no'], references: { table: 'list', columns: ['no'] } }],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'list_row');
  }
}
