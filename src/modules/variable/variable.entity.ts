import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { type TypedValue, type ValueType } from '../../common/typed-value.js';
import { counterColumn, idColumn, jsonColumn, Lifecycle, stringColumn } from '../../database/index.js';

/** One named value that the groups of a hub share. */
@Entity('variable')
@Unique('uq_variable_hub', ['hubId', 'id'])
@Unique('uq_variable_name', ['hubId', 'nameKey'])
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_variable_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class Variable extends Lifecycle {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_variable' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  @Column(stringColumn(200))
  name: string;

  /** Unique in the hub; null once deleted, so that the name is free again. */
  @Column(stringColumn(400, { name: 'name_key', nullable: true }))
  nameKey: string | null;

  /** For good: what reads the variable relies on it. */
  @Column(stringColumn(16))
  type: ValueType;

  /** Of its type, or null; gone once the variable is deleted. */
  @Column(jsonColumn({ nullable: true }))
  value: TypedValue;

  @Column(stringColumn(1000, { nullable: true }))
  description: string | null;

  /** Moves with every change, of its value also. */
  @Column(counterColumn())
  revision: number;
}
