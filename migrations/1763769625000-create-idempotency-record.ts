import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateIdempotencyRecord1763769625000 implements MigrationInterface {
  readonly name = 'CreateIdempotencyRecord1763769625000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'idempotency_record',
      columns: [
        column.binary('digest', 32),
        column.id('hub_id'),
        column.binary('fingerprint', 32),
        column.time('created_at'),
        column.integer('status', { nullable: true }),
        column.string('etag', 200, { nullable: true }),
        column.text('body', { nullable: true }),
        column.blob('sealed_body', { nullable: true }),
        column.time('sealed_until', { nullable: true }),
      ],
      primaryKey: { name: 'pk_idempotency_record', columns: ['digest'] },
      indices: [
        { name: 'ix_idempotency_record_created', columns: ['created_at'] },
        { name: 'ix_idempotency_record_sealed', columns: ['sealed_until'] },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'idempotency_record');
  }
}
