import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateAlert1763769662000 implements MigrationInterface {
  readonly name = 'CreateAlert1763769662000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'alert',
      columns: [
        column.id('id'),
        column.id('hub_id'),
        column.id('group_id'),
        column.integer('priority'),
        column.boolean('solved'),
        column.string('message', 2000),
        column.string('box_id', 100, { nullable: true }),
        column.string('box_name', 200, { nullable: true }),
        column.string('creator_type', 16),
        column.id('creator_id'),
        column.time('created_at'),
        column.string('solver_type', 16, { nullable: true }),
        column.id('solver_id', { nullable: true }),
        column.time('solved_at', { nullable: true }),
      ],
      primaryKey: { name: 'pk_alert', columns: ['id'] },
      uniques: [{ name: 'uq_alert_hub', columns: ['hub_id', 'id'] }],
      // The page of a group and of a hub, newest first, for each state and priority; and what is old enough to go.
      indices: [
        { name: 'ix_alert_group', columns: ['hub_id', 'group_id', 'solved', 'priority', 'created_at', 'id'] },
        { name: 'ix_alert_hub', columns: ['hub_id', 'solved', 'priority', 'created_at', 'id'] },
        { name: 'ix_alert_age', columns: ['solved', 'created_at', 'id'] },
      ],
      foreignKeys: [
        {
          name: 'fk_alert_group',
          columns: ['hub_id', 'group_id'],
          references: { table: 'user_group', columns: ['hub_id', 'id'] },
        },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'alert');
  }
}
