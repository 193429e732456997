import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateJob1763769635000 implements MigrationInterface {
  readonly name = 'CreateJob1763769635000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'job',
      columns: [
        column.id('id'),
        column.id('hub_id'),
        column.string('action', 100),
        column.string('state', 16),
        column.time('state_changed_at'),
        column.string('error', 1000, { nullable: true }),
        column.string('component_type', 32),
        column.id('component_id'),
        column.string('creator_type', 16),
        column.id('creator_id'),
        column.time('created_at'),
        column.time('started_at', { nullable: true }),
        column.time('completed_at', { nullable: true }),
      ],
      primaryKey: { name: 'pk_job', columns: ['id'] },
      uniques: [{ name: 'uq_job_hub', columns: ['hub_id', 'id'] }],
      indices: [{ name: 'ix_job_state', columns: ['state', 'id'] }],
      foreignKeys: [{ name: 'fk_job_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } }],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'job');
  }
}
