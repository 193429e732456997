import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateAccessCounter1763769601000 implements MigrationInterface {
  readonly name = 'CreateAccessCounter1763769601000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'access_counter',
      columns: [column.integer('id'), column.id('epoch'), column.counter('last_seq')],
      primaryKey: { name: 'pk_access_counter', columns: ['id'] },
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'access_counter');
  }
}
