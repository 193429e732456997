import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addColumn, column, dropColumn } from '../src/database/index.js';

export class AddListRowRevision1763769644000 implements MigrationInterface {
  readonly name = 'AddListRowRevision1763769644000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumn(queryRunner, 'list_row', column.integer('revision', { default: 1 }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropColumn(queryRunner, 'list_row', 'revision');
  }
}
