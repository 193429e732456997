import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { idColumn, integerColumn } from '../../database/index.js';

/**
 * How many alerts of a group are kept, so that nobody has to count them. Its row is also the lock of whoever adds or
 * removes alerts of the group. Read and written by hand.
 */
@Entity('alert_count')
@ForeignKey('UserGroup', ['hubId', 'groupId'], ['hubId', 'id'], {
  name: 'fk_alert_count_group',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
export class AlertCount {
  @PrimaryColumn({ ...idColumn({ name: 'hub_id' }), primaryKeyConstraintName: 'pk_alert_count' })
  hubId: string;

  @PrimaryColumn({ ...idColumn({ name: 'group_id' }), primaryKeyConstraintName: 'pk_alert_count' })
  groupId: string;

  @Column(integerColumn())
  stored: number;
}
