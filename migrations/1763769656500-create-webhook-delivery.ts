import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateWebhookDelivery1763769656500 implements MigrationInterface {
  readonly name = 'CreateWebhookDelivery1763769656500';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'webhook_delivery',
      columns: [
        column.id('id'),
        column.id('hub_id'),
        column.id('subscription_id'),
        column.text('body'),
        column.integer('attempts'),
        column.time('next_attempt_at'),
        column.time('created_at'),
      ],
      primaryKey: { name: 'pk_webhook_delivery', columns: ['id'] },
      uniques: [{ name: 'uq_webhook_delivery_hub', columns: ['hub_id', 'id'] }],
      indices: [
        { name: 'ix_webhook_delivery_due', columns: ['next_attempt_at', 'hub_id'] },
        { name: 'ix_webhook_delivery_hub', columns: ['hub_id', 'next_attempt_at', 'id'] },
        { name: 'ix_webhook_delivery_subscription', columns: ['hub_id', 'subscription_id'] },
      ],
      foreignKeys: [
        {
          name: 'fk_webhook_delivery_subscription',
          columns: ['hub_id', 'subscription_id'],
          references: { table: 'alert_subscription', columns: ['hub_id', 'id'] },
        },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'webhook_delivery');
  }
}
