import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { column, createTable, dropTable, LIFECYCLE_COLUMNS } from '../src/database/index.js';

export class CreateMembership1763769620000 implements MigrationInterface {
  readonly name = 'CreateMembership1763769620000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createTable(queryRunner, {
      name: 'membership',
      columns: [
        column.id('id'),
        column.id('hub_id'),
        column.id('account_id', { nullable: true }),
        column.id('member_id', { nullable: true }),
        column.id('role_id'),
        column.string('state', 16),
        column.time('state_changed_at'),
        column.string('recipient', 254),
        column.string('recipient_key', 400),
        column.string('invited_key', 400, { nullable: true }),
        column.binary('token_digest', 32, { nullable: true }),
        column.time('invite_ends_at', { nullable: true }),
        column.time('joined_at', { nullable: true }),
        column.counter('revision'),
        ...LIFECYCLE_COLUMNS,
      ],
      primaryKey: { name: 'pk_membership', columns: ['id'] },
      uniques: [
        { name: 'uq_membership_hub', columns: ['hub_id', 'id'] },
        { name: 'uq_membership_member', columns: ['hub_id', 'member_id'] },
        { name: 'uq_membership_invited', columns: ['hub_id', 'invited_key'] },
        { name: 'uq_membership_token', columns: ['token_digest'] },
      ],
      indices: [
        { name: 'ix_membership_account', columns: ['account_id', 'id'] },
        { name: 'ix_membership_member', columns: ['member_id'] },
        { name: 'ix_membership_recipient', columns: ['recipient_key', 'id'] },
        { name: 'ix_membership_role', columns: ['hub_id', 'role_id'] },
        { name: 'ix_membership_state', columns: ['hub_id', 'state', 'invite_ends_at'] },
      ],
      foreignKeys: [
        { name: 'fk_membership_hub', columns: ['hub_id'], references: { table: 'hub', columns: ['id'] } },
        { name: 'fk_membership_account', columns: ['account_id'], references: { table: 'account', columns: ['id'] } },
        {
          name: 'fk_membership_role',
          columns: ['hub_id', 'role_id'],
          references: { table: 'role', columns: ['hub_id', 'id'] },
        },
      ],
    });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await dropTable(queryRunner, 'membership');
  }
}
