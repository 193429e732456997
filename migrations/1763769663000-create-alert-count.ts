import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateAlertCount1763769663000 implements MigrationInterface {
  readonly name = 'CreateAlertCount1763769663000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'alert_count',
      columns: [column.id('hub_id'), column.id('group_id'), column.integer('stored')],
      primaryKey: { name: 'pk_alert_count', columns: ['hub_id', 'group_id'] },
      foreignKeys: [
        {
          name: 'fk_alert_count_group',
          columns: ['hub_id', 'group_id'],
          references: { table: 'user_group', columns: ['hub_id', 'id'] },
        },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'alert_count');
  }
}
