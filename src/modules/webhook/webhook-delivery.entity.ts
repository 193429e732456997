import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { idColumn, integerColumn, textColumn, timeColumn } from '../../database/index.js';

/** A message that waits for an address. It is written with the alert that it tells of, and removed once it has arrived. */
@Entity('webhook_delivery')
@Unique('uq_webhook_delivery_hub', ['hubId', 'id'])
@Index('ix_webhook_delivery_due', ['nextAttemptAt', 'hubId'])
@Index('ix_webhook_delivery_hub', ['hubId', 'nextAttemptAt', 'id'])
@Index('ix_webhook_delivery_subscription', ['hubId', 'subscriptionId'])
@ForeignKey('AlertSubscription', ['hubId', 'subscriptionId'], ['hubId', 'id'], {
  name: 'fk_webhook_delivery_subscription',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
export class WebhookDelivery {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_webhook_delivery' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  @Column(idColumn({ name: 'subscription_id' }))
  subscriptionId: string;

  /** The JSON as it is sent and signed. */
  @Column(textColumn())
  body: string;

  @Column(integerColumn())
  attempts: number;

  /** When it is due; whoever sends it moves this on first, so that nobody else does. */
  @Column(timeColumn({ name: 'next_attempt_at' }))
  nextAttemptAt: number;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;
}
