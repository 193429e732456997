import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable, LIFECYCLE_COLUMNS } from '../src/database/index.js';

export class CreateAlertSubscription1763769656000 implements MigrationInterface {
  readonly name = 'CreateAlertSubscription1763769656000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'alert_subscription',
      columns: [
        column.id('id'),
        column.id('hub_id'),
        column.id('group_id', { nullable: true }),
        column.string('url', 2000),
        column.string('description', 1000, { nullable: true }),
        column.blob('secret', { nullable: true }),
        column.blob('previous_secret', { nullable: true }),
        column.time('previous_ends_at', { nullable: true }),
        column.string('state', 16),
        column.time('state_changed_at'),
        column.integer('failures'),
        column.counter('delivered'),
        column.counter('failed'),
        column.counter('dropped'),
        column.time('last_delivered_at', { nullable: true }),
        column.time('last_failed_at', { nullable: true }),
        column.string('last_failure', 32, { nullable: true }),
        column.counter('revision'),
        ...LIFECYCLE_COLUMNS,
      ],
      primaryKey: { name: 'pk_alert_subscription', columns: ['id'] },
      uniques: [{ name: 'uq_alert_subscription_hub', columns: ['hub_id', 'id'] }],
      indices: [{ name: 'ix_alert_subscription_hub', columns: ['hub_id', 'group_id'] }],
      foreignKeys: [
        { name: 'fk_alert_subscription_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } },
        {
          name: 'fk_alert_subscription_group',
          columns: ['hub_id', 'group_id'],
          references: { table: 'user_group', columns: ['hub_id', 'id'] },
        },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'alert_subscription');
  }
}
