import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateWebhookQuota1763769657000 implements MigrationInterface {
  readonly name = 'CreateWebhookQuota1763769657000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'webhook_quota',
      columns: [
        column.id('hub_id'),
        column.counter('minute'),
        column.integer('minute_count'),
        column.counter('day'),
        column.integer('day_count'),
        column.integer('dropped'),
        column.time('told_at'),
      ],
      primaryKey: { name: 'pk_webhook_quota', columns: ['hub_id'] },
      foreignKeys: [
        { name: 'fk_webhook_quota_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'webhook_quota');
  }
}
