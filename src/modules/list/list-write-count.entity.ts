import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { counterColumn, idColumn, integerColumn } from '../../database/index.js';

/** How many rows a key wrote in a list on one UTC day: the audit of row writes, committed with the rows themselves. */
@Entity('list_write_count')
@ForeignKey('List', ['hubId', 'listId'], ['hubId', 'id'], {
  name: 'fk_list_write_count_list',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
export class ListWriteCount {
  @PrimaryColumn({ ...idColumn({ name: 'hub_id' }), primaryKeyConstraintName: 'pk_list_write_count' })
  hubId: string;

  @PrimaryColumn({ ...idColumn({ name: 'list_id' }), primaryKeyConstraintName: 'pk_list_write_count' })
  listId: string;

  @PrimaryColumn({ ...idColumn({ name: 'key_id' }), primaryKeyConstraintName: 'pk_list_write_count' })
  keyId: string;

  /** Days since 1970-01-01, UTC. */
  @PrimaryColumn({ ...integerColumn(), primaryKeyConstraintName: 'pk_list_write_count' })
  day: number;

  @Column(counterColumn())
  added: number;

  @Column(counterColumn())
  changed: number;

  @Column(counterColumn())
  deleted: number;

  /** The rows that a clearing of the whole list removed. */
  @Column(counterColumn({ default: 0 }))
  cleared: number;
}
