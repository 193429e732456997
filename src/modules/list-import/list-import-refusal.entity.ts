import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { counterColumn, idColumn, stringColumn } from '../../database/index.js';

/** A row of a file that the list did not take, and why. */
@Entity('list_import_refusal')
@Index('ix_list_import_refusal_import', ['hubId', 'importId'])
@ForeignKey('ListImport', ['hubId', 'importId'], ['hubId', 'id'], {
  name: 'fk_list_import_refusal_import',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
export class ListImportRefusal {
  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  @PrimaryColumn({ ...idColumn({ name: 'import_id' }), primaryKeyConstraintName: 'pk_list_import_refusal' })
  importId: string;

  /** As a spreadsheet counts: the header is row 1. */
  @PrimaryColumn({ ...counterColumn({ name: 'row_no' }), primaryKeyConstraintName: 'pk_list_import_refusal' })
  rowNo: number;

  @Column(stringColumn(200, { name: 'column_name', nullable: true }))
  columnName: string | null;

  @Column(stringColumn(1000))
  reason: string;
}
