import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateActivityHead1763769615000 implements MigrationInterface {
  readonly name = 'CreateActivityHead1763769615000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'activity_head',
      columns: [
        column.id('hub_id'),
        column.counter('position'),
        column.binary('seal', 32),
        column.time('sealed_at'),
        column.binary('mac', 32),
      ],
      primaryKey: { name: 'pk_activity_head', columns: ['hub_id'] },
      foreignKeys: [
        { name: 'fk_activity_head_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'activity_head');
  }
}
