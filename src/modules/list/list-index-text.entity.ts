import { Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { bytesColumn, integerColumn, smallColumn } from '../../database/index.js';

/** For each row one entry per indexed column of its list, here of a String column (decision 0003). Read and written by hand. */
@Entity('list_index_text', { withoutRowid: true })
@ForeignKey('List', ['listNo'], ['no'], { name: 'fk_list_index_text_list', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class ListIndexText {
  @PrimaryColumn({ ...integerColumn({ name: 'list_no' }), primaryKeyConstraintName: 'pk_list_index_text' })
  listNo: number;

  @PrimaryColumn({ ...smallColumn(), primaryKeyConstraintName: 'pk_list_index_text' })
  slot: number;

  /** 0 where the cell is empty, otherwise 1. */
  @PrimaryColumn({ ...smallColumn({ name: 'has_value' }), primaryKeyConstraintName: 'pk_list_index_text' })
  hasValue: number;

  /** The first 255 bytes of the UTF-8 text; none where the cell is empty. */
  @PrimaryColumn({ ...bytesColumn(255), primaryKeyConstraintName: 'pk_list_index_text' })
  value: Buffer;

  @PrimaryColumn({ ...integerColumn({ name: 'row_id' }), primaryKeyConstraintName: 'pk_list_index_text' })
  rowId: number;
}
