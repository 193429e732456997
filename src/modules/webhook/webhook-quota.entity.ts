import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { counterColumn, idColumn, integerColumn, timeColumn } from '../../database/index.js';

/** How many messages a hub has queued in this minute and on this day (UTC), and how many it could not. */
@Entity('webhook_quota')
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_webhook_quota_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class WebhookQuota {
  @PrimaryColumn({ ...idColumn({ name: 'hub_id' }), primaryKeyConstraintName: 'pk_webhook_quota' })
  hubId: string;

  /** Minutes since the epoch. */
  @Column(counterColumn())
  minute: number;

  @Column(integerColumn({ name: 'minute_count' }))
  minuteCount: number;

  /** Days since the epoch. */
  @Column(counterColumn())
  day: number;

  @Column(integerColumn({ name: 'day_count' }))
  dayCount: number;

  /** Dropped since the last activity that said so. */
  @Column(integerColumn())
  dropped: number;

  @Column(timeColumn({ name: 'told_at' }))
  toldAt: number;
}
