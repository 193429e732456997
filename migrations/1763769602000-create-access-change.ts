import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateAccessChange1763769602000 implements MigrationInterface {
  readonly name = 'CreateAccessChange1763769602000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'access_change',
      columns: [
        column.counter('seq'),
        column.id('nonce'),
        column.id('hub_id'),
        column.string('kind', 16),
        column.id('subject_id'),
        column.time('created_at'),
      ],
      primaryKey: { name: 'pk_access_change', columns: ['seq'] },
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'access_change');
  }
}
