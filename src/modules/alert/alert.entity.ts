import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { type Creator } from '../../access/index.js';
import { booleanColumn, idColumn, integerColumn, stringColumn, timeColumn } from '../../database/index.js';
import { type AlertPriority } from './alert-type.js';

/** Something that a box application, or a script, told the people of a user group. */
@Entity('alert')
@Unique('uq_alert_hub', ['hubId', 'id'])
@Index('ix_alert_group', ['hubId', 'groupId', 'solved', 'priority', 'createdAt', 'id'])
@Index('ix_alert_hub', ['hubId', 'solved', 'priority', 'createdAt', 'id'])
@Index('ix_alert_age', ['solved', 'createdAt', 'id'])
@ForeignKey('UserGroup', ['hubId', 'groupId'], ['hubId', 'id'], {
  name: 'fk_alert_group',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
export class Alert {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_alert' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  /** Whose alert it is; the group stays as a row when it is deleted. */
  @Column(idColumn({ name: 'group_id' }))
  groupId: string;

  @Column(integerColumn())
  priority: AlertPriority;

  @Column(booleanColumn())
  solved: boolean;

  @Column(stringColumn(2000))
  message: string;

  /** Which box it is about, as the sender says: nobody checks it. */
  @Column(stringColumn(100, { name: 'box_id', nullable: true }))
  boxId: string | null;

  @Column(stringColumn(200, { name: 'box_name', nullable: true }))
  boxName: string | null;

  @Column(stringColumn(16, { name: 'creator_type' }))
  creatorType: Creator['type'];

  @Column(idColumn({ name: 'creator_id' }))
  creatorId: string;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(stringColumn(16, { name: 'solver_type', nullable: true }))
  solverType: Creator['type'] | null;

  @Column(idColumn({ name: 'solver_id', nullable: true }))
  solverId: string | null;

  @Column(timeColumn({ name: 'solved_at', nullable: true }))
  solvedAt: number | null;
}
