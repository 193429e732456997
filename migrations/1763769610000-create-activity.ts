import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateActivity1763769610000 implements MigrationInterface {
  readonly name = 'CreateActivity1763769610000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'activity',
      columns: [
        column.id('id'),
        column.id('hub_id'),
        column.string('event', 64),
        column.string('status', 16),
        column.string('actor_type', 16),
        column.id('actor_id'),
        column.string('component_type', 32, { nullable: true }),
        column.id('component_id', { nullable: true }),
        column.text('body'),
        column.time('created_at'),
        column.counter('seal_position', { nullable: true }),
        column.binary('seal', 32, { nullable: true }),
      ],
      primaryKey: { name: 'pk_activity', columns: ['id'] },
      uniques: [
        { name: 'uq_activity_hub', columns: ['hub_id', 'id'] },
        { name: 'uq_activity_seal', columns: ['hub_id', 'seal_position'] },
      ],
      foreignKeys: [{ name: 'fk_activity_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } }],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'activity');
  }
}
