import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addColumn, column, dropColumn } from '../src/database/index.js';

export class AddApiSecretEnded1763769617000 implements MigrationInterface {
  readonly name = 'AddApiSecretEnded1763769617000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumn(queryRunner, 'api_secret', column.boolean('ended', { default: false }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropColumn(queryRunner, 'api_secret', 'ended');
  }
}
