import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { binaryColumn, counterColumn, idColumn, timeColumn } from '../../database/index.js';

/** Where a hub's chain of sealed activities ends: without it, nobody could tell that the last rows were removed. */
@Entity('activity_head')
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_activity_head_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class ActivityHead {
  @PrimaryColumn({ ...idColumn({ name: 'hub_id' }), primaryKeyConstraintName: 'pk_activity_head' })
  hubId: string;

  /** Of the last sealed row; the first has position 1. */
  @Column(counterColumn())
  position: number;

  /** Of the last sealed row. */
  @Column(binaryColumn(32))
  seal: Buffer;

  @Column(timeColumn({ name: 'sealed_at' }))
  sealedAt: number;

  /** HMAC over all of the above. */
  @Column(binaryColumn(32))
  mac: Buffer;
}
