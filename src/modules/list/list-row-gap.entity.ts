import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { integerColumn } from '../../database/index.js';

/** How many ids of a block of 1 000 were given and are no more; a block without any is not here (decision 0003). */
@Entity('list_row_gap', { withoutRowid: true })
@ForeignKey('List', ['listNo'], ['no'], { name: 'fk_list_row_gap_list', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class ListRowGap {
  @PrimaryColumn({ ...integerColumn({ name: 'list_no' }), primaryKeyConstraintName: 'pk_list_row_gap' })
  listNo: number;

  /** 0 has the row ids 1 to 1 000. */
  @PrimaryColumn({ ...integerColumn(), primaryKeyConstraintName: 'pk_list_row_gap' })
  block: number;

  @Column(integerColumn())
  missing: number;
}
