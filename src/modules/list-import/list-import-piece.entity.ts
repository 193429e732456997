import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { blobColumn, counterColumn, idColumn, integerColumn } from '../../database/index.js';

/** A part of a file that was sent, until its import has ended. */
@Entity('list_import_piece')
@Index('ix_list_import_piece_hub', ['hubId', 'size'])
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_list_import_piece_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class ListImportPiece {
  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  @PrimaryColumn({ ...idColumn({ name: 'upload_id' }), primaryKeyConstraintName: 'pk_list_import_piece' })
  uploadId: string;

  /** Where it begins in the file. */
  @PrimaryColumn({ ...counterColumn({ name: 'begin_offset' }), primaryKeyConstraintName: 'pk_list_import_piece' })
  beginOffset: number;

  @Column(integerColumn())
  size: number;

  @Column(blobColumn())
  content: Buffer;
}
