import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addIndex, dropIndex } from '../src/database/index.js';

const INDICES = [
  ['ix_activity_actor', 'actor_id'],
  ['ix_activity_component', 'component_id'],
  ['ix_activity_component_type', 'component_type'],
  ['ix_activity_event', 'event'],
  ['ix_activity_status', 'status'],
  ['ix_activity_time', 'created_at'],
] as const;

export class IndexActivityFilters1763769630000 implements MigrationInterface {
  readonly name = 'IndexActivityFilters1763769630000';

  /** A page of each filter is read from its index, newest first, however many activities the hub has. */
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [name, column] of INDICES) {
      await addIndex(queryRunner, 'activity', { name, columns: ['hub_id', column, 'id'] });
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [name] of INDICES) {
      await dropIndex(queryRunner, 'activity', name);
    }
  }
}
