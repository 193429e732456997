import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addColumn, column, dropColumn } from '../src/database/index.js';

export class AddApiSecretSealed1763769670040 implements MigrationInterface {
  readonly name = 'AddApiSecretSealed1763769670040';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumn(queryRunner, 'api_secret', column.bytes('sealed', 160, { nullable: true }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropColumn(queryRunner, 'api_secret', 'sealed');
  }
}
