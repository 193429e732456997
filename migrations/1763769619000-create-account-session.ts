import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable } from '../src/database/index.js';

export class CreateAccountSession1763769619000 implements MigrationInterface {
  readonly name = 'CreateAccountSession1763769619000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'account_session',
      columns: [
        column.id('id'),
        column.id('account_id'),
        column.binary('digest', 32),
        column.boolean('second_factor'),
        column.boolean('password_once'),
        column.string('address', 64, { nullable: true }),
        column.string('user_agent', 200, { nullable: true }),
        column.time('created_at'),
        column.time('expires_at'),
        column.time('ended_at', { nullable: true }),
        column.time('last_used_at', { nullable: true }),
        column.string('last_used_address', 64, { nullable: true }),
      ],
      primaryKey: { name: 'pk_account_session', columns: ['id'] },
      uniques: [{ name: 'uq_account_session_digest', columns: ['digest'] }],
      indices: [
        { name: 'ix_account_session_account', columns: ['account_id', 'id'] },
        { name: 'ix_account_session_expires', columns: ['expires_at'] },
      ],
      foreignKeys: [
        {
          name: 'fk_account_session_account',
          columns: ['account_id'],
          references: { table: 'account', columns: ['id'] },
        },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'account_session');
  }
}
