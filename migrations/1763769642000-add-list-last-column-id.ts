import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addColumn, column, dropColumn } from '../src/database/index.js';

export class AddListLastColumnId1763769642000 implements MigrationInterface {
  readonly name = 'AddListLastColumnId1763769642000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumn(queryRunner, 'list', column.integer('last_column_id', { default: 0 }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropColumn(queryRunner, 'list', 'last_column_id');
  }
}
