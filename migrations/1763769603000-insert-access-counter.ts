import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { newId } from '../src/common/ids.js';

/** The counter's only row. The epoch is made here, with the database. */
export class InsertAccessCounter1763769603000 implements MigrationInterface {
  readonly name = 'InsertAccessCounter1763769603000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'INSERT INTO access_counter (id, epoch, last_seq) SELECT 1, ?, 0 FROM (SELECT 1 AS one) x' +
        ' WHERE NOT EXISTS (SELECT 1 FROM access_counter WHERE id = 1)',
      [newId()],
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DELETE FROM access_counter');
  }
}
