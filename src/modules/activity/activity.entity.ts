import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { binaryColumn, counterColumn, idColumn, stringColumn, textColumn, timeColumn } from '../../database/index.js';

/**
 * One thing that happened in a hub, committed with the change itself. `body` is the canonical JSON of the whole entry.
 * The other columns repeat what is searched for; the seal covers them too.
 */
@Entity('activity')
@Unique('uq_activity_hub', ['hubId', 'id'])
@Unique('uq_activity_seal', ['hubId', 'sealPosition'])
@Index('ix_activity_unsealed', ['sealPosition', 'hubId', 'id'])
@Index('ix_activity_actor', ['hubId', 'actorId', 'id'])
@Index('ix_activity_component', ['hubId', 'componentId', 'id'])
@Index('ix_activity_component_type', ['hubId', 'componentType', 'id'])
@Index('ix_activity_event', ['hubId', 'event', 'id'])
@Index('ix_activity_status', ['hubId', 'status', 'id'])
@Index('ix_activity_time', ['hubId', 'createdAt', 'id'])
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_activity_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class Activity {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_activity' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  @Column(stringColumn(64))
  event: string;

  @Column(stringColumn(16))
  status: string;

  @Column(stringColumn(16, { name: 'actor_type' }))
  actorType: string;

  @Column(idColumn({ name: 'actor_id' }))
  actorId: string;

  @Column(stringColumn(32, { name: 'component_type', nullable: true }))
  componentType: string | null;

  @Column(idColumn({ name: 'component_id', nullable: true }))
  componentId: string | null;

  @Column(textColumn())
  body: string;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;

  /** Place in the hub's chain; filled by the sealer. */
  @Column(counterColumn({ name: 'seal_position', nullable: true }))
  sealPosition: number | null;

  /** HMAC over the row and the seal before it; filled by the sealer. */
  @Column(binaryColumn(32, { nullable: true }))
  seal: Buffer | null;
}
