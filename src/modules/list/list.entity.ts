import { Column, Entity, ForeignKey, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { counterColumn, idColumn, integerColumn, jsonColumn, Lifecycle, stringColumn } from '../../database/index.js';
import { type ListColumn } from './list-columns.js';
import { type SlotWork } from './slot-work.js';

/** A table that the users of a hub define; its rows are in `list_row`. */
@Entity('list')
@Unique('uq_list_hub', ['hubId', 'id'])
@Unique('uq_list_number', ['hubId', 'number'])
@Unique('uq_list_name', ['hubId', 'nameKey'])
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_list_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class List extends Lifecycle {
  /** What rows refer to; given by the database, never twice. It never leaves the repositories. */
  @PrimaryGeneratedColumn('increment', { type: 'integer', primaryKeyConstraintName: 'pk_list' })
  no: number;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  @Column(idColumn())
  id: string;

  /** The list's id at the public door. */
  @Column(counterColumn())
  number: number;

  @Column(stringColumn(200))
  name: string;

  /** Unique in the hub; null once deleted, so that the name is free again. */
  @Column(stringColumn(400, { name: 'name_key', nullable: true }))
  nameKey: string | null;

  @Column(stringColumn(1000, { nullable: true }))
  description: string | null;

  @Column(jsonColumn({ name: 'column_definitions' }))
  columns: ListColumn[];

  /** The highest id that a column of the list ever had. */
  @Column(integerColumn({ name: 'last_column_id', default: 0 }))
  lastColumnId: number;

  /** What is still to be done to slots of its rows; null is nothing. */
  @Column(jsonColumn({ name: 'slot_work', nullable: true }))
  slotWork: SlotWork[] | null;

  /** Row ids ascend and are never used again: this only grows. */
  @Column(counterColumn({ name: 'last_row_id' }))
  lastRowId: number;

  /** The rows there are; of a deleted list, 0 as soon as all of them and what belongs to them are removed. */
  @Column(counterColumn({ name: 'row_count' }))
  rowCount: number;

  @Column(counterColumn())
  revision: number;
}
