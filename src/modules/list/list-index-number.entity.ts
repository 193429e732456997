import { Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { doubleColumn, integerColumn, smallColumn } from '../../database/index.js';

/** For each row one entry per indexed column of its list, here of a Number or Boolean column (decision 0003). Read and written by hand. */
@Entity('list_index_number', { withoutRowid: true })
@ForeignKey('List', ['listNo'], ['no'], {
  name: 'fk_list_index_number_list',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
export class ListIndexNumber {
  @PrimaryColumn({ ...integerColumn({ name: 'list_no' }), primaryKeyConstraintName: 'pk_list_index_number' })
  listNo: number;

  @PrimaryColumn({ ...smallColumn(), primaryKeyConstraintName: 'pk_list_index_number' })
  slot: number;

  /** 0 where the cell is empty, otherwise 1. */
  @PrimaryColumn({ ...smallColumn({ name: 'has_value' }), primaryKeyConstraintName: 'pk_list_index_number' })
  hasValue: number;

  /** 0 where the cell is empty. */
  @PrimaryColumn({ ...doubleColumn(), primaryKeyConstraintName: 'pk_list_index_number' })
  value: number;

  @PrimaryColumn({ ...integerColumn({ name: 'row_id' }), primaryKeyConstraintName: 'pk_list_index_number' })
  rowId: number;
}
