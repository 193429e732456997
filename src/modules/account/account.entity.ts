import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import {
  binaryColumn,
  blobColumn,
  booleanColumn,
  counterColumn,
  idColumn,
  jsonColumn,
  Lifecycle,
  stringColumn,
  timeColumn,
} from '../../database/index.js';

export type AccountState = 'live' | 'deleted';

/** A person. It lives outside hubs and may be a member of many. */
@Entity('account')
@Unique('uq_account_email', ['emailKey'])
export class Account extends Lifecycle {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_account' })
  id: string;

  @Column(stringColumn(254))
  email: string;

  /** Unique; null once deleted, so that the address is free again. */
  @Column(stringColumn(400, { name: 'email_key', nullable: true }))
  emailKey: string | null;

  @Column(stringColumn(100, { name: 'first_name' }))
  firstName: string;

  @Column(stringColumn(100, { name: 'last_name' }))
  lastName: string;

  @Column(stringColumn(16))
  state: AccountState;

  @Column(timeColumn({ name: 'state_changed_at' }))
  stateChangedAt: number;

  /** When the address was proved, through mail or by the command line; null = not yet. */
  @Column(timeColumn({ name: 'verified_at', nullable: true }))
  verifiedAt: number | null;

  /** SHA-256 of the token that was mailed to prove the address. */
  @Column(binaryColumn(32, { name: 'verification_digest', nullable: true }))
  verificationDigest: Buffer | null;

  @Column(timeColumn({ name: 'verification_ends_at', nullable: true }))
  verificationEndsAt: number | null;

  /** argon2id, in the PHC string format; null = nobody can sign in with a password. */
  @Column(stringColumn(255, { name: 'password_hash', nullable: true }))
  passwordHash: string | null;

  /** The password was handed out by the server: it is good for choosing another one, and for nothing else. */
  @Column(booleanColumn({ name: 'password_once' }))
  passwordOnce: boolean;

  @Column(timeColumn({ name: 'password_ends_at', nullable: true }))
  passwordEndsAt: number | null;

  @Column(timeColumn({ name: 'password_changed_at', nullable: true }))
  passwordChangedAt: number | null;

  /** The secret in force, sealed; null = no second factor. */
  @Column(blobColumn({ name: 'totp_secret', nullable: true }))
  totpSecret: Buffer | null;

  /** A secret that was shown and not confirmed yet, sealed. The one in force stays until then. */
  @Column(blobColumn({ name: 'totp_pending', nullable: true }))
  totpPending: Buffer | null;

  /** Since when the second factor is asked for; null = it is not. */
  @Column(timeColumn({ name: 'totp_confirmed_at', nullable: true }))
  totpConfirmedAt: number | null;

  /** The time step of the last code that was accepted: no code counts twice. */
  @Column(counterColumn({ name: 'totp_last_step', nullable: true }))
  totpLastStep: number | null;

  /** Digests of the recovery codes that are left. */
  @Column(jsonColumn({ name: 'recovery_codes', nullable: true }))
  recoveryCodes: string[] | null;

  @Column(timeColumn({ name: 'last_login_at', nullable: true }))
  lastLoginAt: number | null;

  @Column(counterColumn())
  revision: number;
}
