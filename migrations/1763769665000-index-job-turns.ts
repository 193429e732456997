import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addIndex, dropIndex } from '../src/database/index.js';

const NAME = 'ix_job_turn';

export class IndexJobTurns1763769665000 implements MigrationInterface {
  readonly name = 'IndexJobTurns1763769665000';

  /** The oldest job of the next hub that has one is found with one look, however many another hub has queued. */
  async up(queryRunner: QueryRunner): Promise<void> {
    await addIndex(queryRunner, 'job', { name: NAME, columns: ['state', 'hub_id', 'id'] });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropIndex(queryRunner, 'job', NAME);
  }
}
