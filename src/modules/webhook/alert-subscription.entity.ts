import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import {
  blobColumn,
  counterColumn,
  idColumn,
  integerColumn,
  Lifecycle,
  stringColumn,
  timeColumn,
} from '../../database/index.js';

/** `active`; `failing`: the last calls failed, and it is still tried; `off`: nothing is sent any more. */
export const SUBSCRIPTION_STATES = ['active', 'failing', 'off'] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

/** An address that is told of alerts. */
@Entity('alert_subscription')
@Unique('uq_alert_subscription_hub', ['hubId', 'id'])
@Index('ix_alert_subscription_hub', ['hubId', 'groupId'])
@ForeignKey('UserGroup', ['hubId', 'groupId'], ['hubId', 'id'], {
  name: 'fk_alert_subscription_group',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_alert_subscription_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class AlertSubscription extends Lifecycle {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_alert_subscription' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  /** Whose alerts; null = those of every user group. */
  @Column(idColumn({ name: 'group_id', nullable: true }))
  groupId: string | null;

  @Column(stringColumn(2000))
  url: string;

  @Column(stringColumn(1000, { nullable: true }))
  description: string | null;

  /** Sealed; null once deleted. */
  @Column(blobColumn({ nullable: true }))
  secret: Buffer | null;

  /** The one before, during a rotation. */
  @Column(blobColumn({ name: 'previous_secret', nullable: true }))
  previousSecret: Buffer | null;

  @Column(timeColumn({ name: 'previous_ends_at', nullable: true }))
  previousEndsAt: number | null;

  @Column(stringColumn(16))
  state: SubscriptionState;

  @Column(timeColumn({ name: 'state_changed_at' }))
  stateChangedAt: number;

  /** Failed calls since the last success. */
  @Column(integerColumn())
  failures: number;

  /** Alerts that arrived. */
  @Column(counterColumn())
  delivered: number;

  /** Calls that failed. */
  @Column(counterColumn())
  failed: number;

  /** Alerts that were never sent, or given up. */
  @Column(counterColumn())
  dropped: number;

  @Column(timeColumn({ name: 'last_delivered_at', nullable: true }))
  lastDeliveredAt: number | null;

  @Column(timeColumn({ name: 'last_failed_at', nullable: true }))
  lastFailedAt: number | null;

  /** Why the last call failed: a kind of failure, or `status 500`. */
  @Column(stringColumn(32, { name: 'last_failure', nullable: true }))
  lastFailure: string | null;

  @Column(counterColumn())
  revision: number;
}
