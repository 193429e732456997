import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { counterColumn, idColumn, integerColumn } from '../../database/index.js';

/** What a key had a box do on one UTC day, counted before it was sent: a run whose answer is lost has happened. */
@Entity('box_write_count')
@ForeignKey('Box', ['hubId', 'boxId'], ['hubId', 'id'], {
  name: 'fk_box_write_count_box',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
export class BoxWriteCount {
  @PrimaryColumn({ ...idColumn({ name: 'hub_id' }), primaryKeyConstraintName: 'pk_box_write_count' })
  hubId: string;

  @PrimaryColumn({ ...idColumn({ name: 'box_id' }), primaryKeyConstraintName: 'pk_box_write_count' })
  boxId: string;

  @PrimaryColumn({ ...idColumn({ name: 'key_id' }), primaryKeyConstraintName: 'pk_box_write_count' })
  keyId: string;

  /** Days since 1970-01-01, UTC. */
  @PrimaryColumn({ ...integerColumn(), primaryKeyConstraintName: 'pk_box_write_count' })
  day: number;

  /** Functions run. */
  @Column(counterColumn())
  runs: number;

  /** Variables and rows of lists on the box, written. */
  @Column(counterColumn())
  changes: number;
}
