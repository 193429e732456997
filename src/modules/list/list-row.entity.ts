import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { doubleColumn, integerColumn, textColumn } from '../../database/index.js';
import { NUMBER_SLOTS, TEXT_SLOTS } from './list-columns.js';

/** A row of any list: typed slots, which the list's columns give a meaning (decision 0003). Read and written by hand. */
@Entity('list_row')
@ForeignKey('List', ['listNo'], ['no'], { name: 'fk_list_row_list', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class ListRow {
  @PrimaryColumn({ ...integerColumn({ name: 'list_no' }), primaryKeyConstraintName: 'pk_list_row' })
  listNo: number;

  @PrimaryColumn({ ...integerColumn({ name: 'row_id' }), primaryKeyConstraintName: 'pk_list_row' })
  rowId: number;

  /** Moves with every change of the row, so that a writer can say which state it has seen. */
  @Column(integerColumn({ default: 1 }))
  revision: number;
}

for (const slot of NUMBER_SLOTS) {
  Column(doubleColumn({ nullable: true }))(ListRow.prototype, slot);
}
for (const slot of TEXT_SLOTS) {
  Column(textColumn({ nullable: true }))(ListRow.prototype, slot);
}
