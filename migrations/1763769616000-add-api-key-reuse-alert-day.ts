import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addColumn, column, dropColumn } from '../src/database/index.js';

export class AddApiKeyReuseAlertDay1763769616000 implements MigrationInterface {
  readonly name = 'AddApiKeyReuseAlertDay1763769616000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumn(queryRunner, 'api_key', column.integer('reuse_alert_day', { nullable: true }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropColumn(queryRunner, 'api_key', 'reuse_alert_day');
  }
}
