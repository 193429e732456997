import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { type GroupPermissions } from '../../access/index.js';
import { counterColumn, idColumn, jsonColumn, Lifecycle, stringColumn } from '../../database/index.js';

/** What data may be touched: per list a set of rights. */
@Entity('user_group')
@Unique('uq_user_group_hub', ['hubId', 'id'])
@Unique('uq_user_group_name', ['hubId', 'nameKey'])
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_user_group_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class UserGroup extends Lifecycle {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_user_group' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  @Column(stringColumn(200))
  name: string;

  /** Unique in the hub; null once deleted, so that the name is free again. */
  @Column(stringColumn(400, { name: 'name_key', nullable: true }))
  nameKey: string | null;

  @Column(stringColumn(1000, { nullable: true }))
  description: string | null;

  @Column(jsonColumn())
  permissions: GroupPermissions;

  @Column(counterColumn())
  revision: number;
}
