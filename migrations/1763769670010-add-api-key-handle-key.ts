import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addColumn, column, dropColumn } from '../src/database/index.js';

export class AddApiKeyHandleKey1763769670010 implements MigrationInterface {
  readonly name = 'AddApiKeyHandleKey1763769670010';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumn(queryRunner, 'api_key', column.string('handle_key', 416, { nullable: true }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropColumn(queryRunner, 'api_key', 'handle_key');
  }
}
