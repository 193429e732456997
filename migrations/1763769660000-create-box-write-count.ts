import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateBoxWriteCount1763769660000 implements MigrationInterface {
  readonly name = 'CreateBoxWriteCount1763769660000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'box_write_count',
      columns: [
        column.id('hub_id'),
        column.id('box_id'),
        column.id('key_id'),
        column.integer('day'),
        column.counter('runs'),
        column.counter('changes'),
      ],
      primaryKey: { name: 'pk_box_write_count', columns: ['hub_id', 'box_id', 'key_id', 'day'] },
      foreignKeys: [
        {
          name: 'fk_box_write_count_box',
          columns: ['hub_id', 'box_id'],
          references: { table: 'box', columns: ['hub_id', 'id'] },
        },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'box_write_count');
  }
}
