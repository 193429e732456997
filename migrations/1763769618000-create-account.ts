import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable, LIFECYCLE_COLUMNS } from '../src/database/index.js';

export class CreateAccount1763769618000 implements MigrationInterface {
  readonly name = 'CreateAccount1763769618000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'account',
      columns: [
        column.id('id'),
        column.string('email', 254),
        column.string('email_key', 400, { nullable: true }),
        column.string('first_name', 100),
        column.string('last_name', 100),
        column.string('state', 16),
        column.time('state_changed_at'),
        column.time('verified_at', { nullable: true }),
        column.binary('verification_digest', 32, { nullable: true }),
        column.time('verification_ends_at', { nullable: true }),
        column.string('password_hash', 255, { nullable: true }),
        column.boolean('password_once'),
        column.time('password_ends_at', { nullable: true }),
        column.time('password_changed_at', { nullable: true }),
        column.blob('totp_secret', { nullable: true }),
        column.time('totp_confirmed_at', { nullable: true }),
        column.counter('totp_last_step', { nullable: true }),
        column.json('recovery_codes', { nullable: true }),
        column.time('last_login_at', { nullable: true }),
        column.counter('revision'),
        ...LIFECYCLE_COLUMNS,
      ],
      primaryKey: { name: 'pk_account', columns: ['id'] },
      uniques: [{ name: 'uq_account_email', columns: ['email_key'] }],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'account');
  }
}
