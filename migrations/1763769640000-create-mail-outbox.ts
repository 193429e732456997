import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateMailOutbox1763769640000 implements MigrationInterface {
  readonly name = 'CreateMailOutbox1763769640000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'mail_outbox',
      columns: [
        column.id('id'),
        column.blob('content'),
        column.time('created_at'),
        column.integer('attempts'),
        column.time('next_attempt_at'),
      ],
      primaryKey: { name: 'pk_mail_outbox', columns: ['id'] },
      indices: [{ name: 'ix_mail_outbox_due', columns: ['next_attempt_at', 'id'] }],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'mail_outbox');
  }
}
