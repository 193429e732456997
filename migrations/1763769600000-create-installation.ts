import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateInstallation1763769600000 implements MigrationInterface {
  readonly name = 'CreateInstallation1763769600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'installation',
      columns: [
        column.integer('singleton'),
        column.id('id'),
        column.binary('secret_check', 32),
        column.time('created_at'),
      ],
      primaryKey: { name: 'pk_installation', columns: ['singleton'] },
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'installation');
  }
}
