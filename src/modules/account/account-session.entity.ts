import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { binaryColumn, booleanColumn, idColumn, stringColumn, timeColumn } from '../../database/index.js';

/** A signed-in person. What the client holds is stored as its SHA-256 only. */
@Entity('account_session')
@Unique('uq_account_session_digest', ['digest'])
@Index('ix_account_session_account', ['accountId', 'id'])
@Index('ix_account_session_expires', ['expiresAt'])
@ForeignKey('Account', ['accountId'], ['id'], {
  name: 'fk_account_session_account',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
export class AccountSession {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_account_session' })
  id: string;

  @Column(idColumn({ name: 'account_id' }))
  accountId: string;

  @Column(binaryColumn(32))
  digest: Buffer;

  /** Whether the sign-in proved a second factor. */
  @Column(booleanColumn({ name: 'second_factor' }))
  secondFactor: boolean;

  /** The sign-in was with a password that the server handed out. */
  @Column(booleanColumn({ name: 'password_once' }))
  passwordOnce: boolean;

  /** Where the sign-in came from. */
  @Column(stringColumn(64, { nullable: true }))
  address: string | null;

  @Column(stringColumn(200, { name: 'user_agent', nullable: true }))
  userAgent: string | null;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(timeColumn({ name: 'expires_at' }))
  expiresAt: number;

  /** Signed out, ended by its owner, or by a change of the password. */
  @Column(timeColumn({ name: 'ended_at', nullable: true }))
  endedAt: number | null;

  @Column(timeColumn({ name: 'last_used_at', nullable: true }))
  lastUsedAt: number | null;

  @Column(stringColumn(64, { name: 'last_used_address', nullable: true }))
  lastUsedAddress: string | null;
}
