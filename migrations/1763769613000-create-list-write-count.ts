import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateListWriteCount1763769613000 implements MigrationInterface {
  readonly name = 'CreateListWriteCount1763769613000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'list_write_count',
      columns: [
        column.id('hub_id'),
        column.id('list_id'),
        column.id('key_id'),
        column.integer('day'),
        column.counter('added'),
        column.counter('changed'),
        column.counter('deleted'),
      ],
      primaryKey: { name: 'pk_list_write_count', columns: ['hub_id', 'list_id', 'key_id', 'day'] },
      foreignKeys: [
        {
          name: 'fk_list_write_count_list',
          columns: ['hub_id', 'list_id'],
          references: { table: 'list', columns: ['hub_id', 'id'] },
        },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'list_write_count');
  }
}
