import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateSigningKey1763769609000 implements MigrationInterface {
  readonly name = 'CreateSigningKey1763769609000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'signing_key',
      columns: [
        column.id('id'),
        column.json('public_jwk'),
        column.blob('sealed_private_key'),
        column.time('created_at'),
      ],
      primaryKey: { name: 'pk_signing_key', columns: ['id'] },
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'signing_key');
  }
}
