import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { addColumn, column, dropColumn } from '../src/database/index.js';

export class AddRoleNameKey1763769636000 implements MigrationInterface {
  readonly name = 'AddRoleNameKey1763769636000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await addColumn(queryRunner, 'role', column.text('name_key', { nullable: true }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropColumn(queryRunner, 'role', 'name_key');
  }
}
