import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addColumn, column, dropColumn } from '../src/database/index.js';

export class AddApiKeyHandle1763769670000 implements MigrationInterface {
  readonly name = 'AddApiKeyHandle1763769670000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumn(queryRunner, 'api_key', column.string('handle', 216, { nullable: true }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropColumn(queryRunner, 'api_key', 'handle');
  }
}
