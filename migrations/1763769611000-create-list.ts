import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable, LIFECYCLE_COLUMNS } from '../src/database/index.js';

export class CreateList1763769611000 implements MigrationInterface {
  readonly name = 'CreateList1763769611000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'list',
      columns: [
        column.serial('no'),
        column.id('hub_id'),
        column.id('id'),
        column.counter('number'),
        column.string('name', 200),
        column.string('name_key', 400, { nullable: true }),
        column.string('description', 1000, { nullable: true }),
        column.json('column_definitions'),
        column.counter('last_row_id'),
        column.counter('row_count'),
        column.counter('revision'),
        ...LIFECYCLE_COLUMNS,
      ],
      primaryKey: { name: 'pk_list', columns: ['no'] },
      uniques: [
        { name: 'uq_list_hub', columns: ['hub_id', 'id'] },
        { name: 'uq_list_number', columns: ['hub_id', 'number'] },
        { name: 'uq_list_name', columns: ['hub_id', 'name_key'] },
      ],
      foreignKeys: [{ name: 'fk_list_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } }],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'list');
  }
}
