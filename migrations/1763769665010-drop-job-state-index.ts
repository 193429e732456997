import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addIndex, dropIndex } from '../src/database/index.js';

const NAME = 'ix_job_state';

export class DropJobStateIndex1763769665010 implements MigrationInterface {
  readonly name = 'DropJobStateIndex1763769665010';

  /** Jobs are no longer taken in the order of their ids alone. */
  async up(queryRunner: QueryRunner): Promise<void> {
    await dropIndex(queryRunner, 'job', NAME);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await addIndex(queryRunner, 'job', { name: NAME, columns: ['state', 'id'] });
  }
}
