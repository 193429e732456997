import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addIndex, dropIndex } from '../src/database/index.js';

const NAME = 'ix_activity_unsealed';

export class IndexUnsealedActivity1763769614000 implements MigrationInterface {
  readonly name = 'IndexUnsealedActivity1763769614000';

  /** Rows without a seal come first, hub by hub: each hub's are found with one look, however many another hub has. */
  async up(queryRunner: QueryRunner): Promise<void> {
    await addIndex(queryRunner, 'activity', { name: NAME, columns: ['seal_position', 'hub_id', 'id'] });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropIndex(queryRunner, 'activity', NAME);
  }
}
