import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addColumn, column, dropColumn } from '../src/database/index.js';

export class AddListWriteCountCleared1763769646000 implements MigrationInterface {
  readonly name = 'AddListWriteCountCleared1763769646000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumn(queryRunner, 'list_write_count', column.counter('cleared', { default: 0 }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropColumn(queryRunner, 'list_write_count', 'cleared');
  }
}
