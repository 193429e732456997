import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateBoxReport1763769659000 implements MigrationInterface {
  readonly name = 'CreateBoxReport1763769659000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'box_report',
      columns: [
        column.id('hub_id'),
        column.id('box_id'),
        column.json('functions', { nullable: true }),
        column.time('functions_at', { nullable: true }),
        column.json('variables', { nullable: true }),
        column.time('variables_at', { nullable: true }),
        column.text('screenshot', { nullable: true }),
        column.time('screenshot_at', { nullable: true }),
      ],
      primaryKey: { name: 'pk_box_report', columns: ['hub_id', 'box_id'] },
      foreignKeys: [
        {
          name: 'fk_box_report_box',
          columns: ['hub_id', 'box_id'],
          references: { table: 'box', columns: ['hub_id', 'id'] },
        },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'box_report');
  }
}
