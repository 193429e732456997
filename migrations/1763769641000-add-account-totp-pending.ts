import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addColumn, column, dropColumn } from '../src/database/index.js';

export class AddAccountTotpPending1763769641000 implements MigrationInterface {
  readonly name = 'AddAccountTotpPending1763769641000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumn(queryRunner, 'account', column.blob('totp_pending', { nullable: true }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropColumn(queryRunner, 'account', 'totp_pending');
  }
}
