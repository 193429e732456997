import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { binaryColumn, counterColumn, idColumn, Lifecycle, stringColumn, timeColumn } from '../../database/index.js';

/** The management contract's states (§6). `pending` is an invite, `accepted` a member. */
export type MembershipState = 'pending' | 'accepted' | 'declined' | 'revoked' | 'deleted';

/** An account in a hub, with one role; before that, an invite to an address. Its creator is who sent the invite. */
@Entity('membership')
@Unique('uq_membership_hub', ['hubId', 'id'])
@Unique('uq_membership_member', ['hubId', 'memberId'])
@Unique('uq_membership_invited', ['hubId', 'invitedKey'])
@Unique('uq_membership_token', ['tokenDigest'])
@Index('ix_membership_account', ['accountId', 'id'])
@Index('ix_membership_member', ['memberId'])
@Index('ix_membership_recipient', ['recipientKey', 'id'])
@Index('ix_membership_role', ['hubId', 'roleId'])
@Index('ix_membership_state', ['hubId', 'state', 'inviteEndsAt'])
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_membership_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
@ForeignKey('Account', ['accountId'], ['id'], {
  name: 'fk_membership_account',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
@ForeignKey('Role', ['hubId', 'roleId'], ['hubId', 'id'], {
  name: 'fk_membership_role',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
export class Membership extends Lifecycle {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_membership' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  /** Who accepted or declined; null while nobody has. */
  @Column(idColumn({ name: 'account_id', nullable: true }))
  accountId: string | null;

  /** The account while it is a member, else null: an account is a member of a hub once. */
  @Column(idColumn({ name: 'member_id', nullable: true }))
  memberId: string | null;

  @Column(idColumn({ name: 'role_id' }))
  roleId: string;

  @Column(stringColumn(16))
  state: MembershipState;

  @Column(timeColumn({ name: 'state_changed_at' }))
  stateChangedAt: number;

  /** The address that was invited, as it was written. */
  @Column(stringColumn(254))
  recipient: string;

  @Column(stringColumn(400, { name: 'recipient_key' }))
  recipientKey: string;

  /** `recipientKey` while the invite is pending, else null: an address has one pending invite to a hub. */
  @Column(stringColumn(400, { name: 'invited_key', nullable: true }))
  invitedKey: string | null;

  /** SHA-256 of the one-time token in the mail; null once it is of no use. */
  @Column(binaryColumn(32, { name: 'token_digest', nullable: true }))
  tokenDigest: Buffer | null;

  @Column(timeColumn({ name: 'invite_ends_at', nullable: true }))
  inviteEndsAt: number | null;

  @Column(timeColumn({ name: 'joined_at', nullable: true }))
  joinedAt: number | null;

  @Column(counterColumn())
  revision: number;
}
