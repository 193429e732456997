import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { type RequestFacts } from '../../access/index.js';
import { counterColumn, idColumn, jsonColumn, stringColumn, timeColumn } from '../../database/index.js';
import { type ColumnType } from '../list/index.js';

export const IMPORT_MODES = ['append', 'replace', 'create'] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

/** What becomes of the whole when a row is refused. */
export const ON_ERROR = ['refuse', 'skip'] as const;
export type OnError = (typeof ON_ERROR)[number];

/**
 * `check` reads every row and writes none, `write` writes; with `wiped` and `failed` it has ended, and what is kept of
 * the file is removed.
 */
export type ImportPhase = 'check' | 'write' | 'wiped' | 'failed';

/** A column of the file: of the list, by the id that it keeps when it is renamed; or ID, which is read over. */
export interface ImportColumn {
  readonly id: number | null;
  readonly name: string;
  readonly type: ColumnType;
}

/** A file of rows on its way into a list, and how far it has come. Its id is that of its job. */
@Entity('list_import')
@Unique('uq_list_import_hub', ['hubId', 'id'])
@Unique('uq_list_import_upload', ['uploadId'])
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_list_import_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class ListImport {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_list_import' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  /** With `create`, what the list will have. */
  @Column(idColumn({ name: 'list_id' }))
  listId: string;

  /** Of the list that is to be made. */
  @Column(stringColumn(200, { name: 'list_name', nullable: true }))
  listName: string | null;

  @Column(stringColumn(16))
  mode: ImportMode;

  @Column(stringColumn(16, { name: 'on_error' }))
  onError: OnError;

  @Column(stringColumn(16))
  phase: ImportPhase;

  /** In the order of the file. */
  @Column(jsonColumn({ name: 'column_definitions' }))
  columns: ImportColumn[];

  @Column(stringColumn(1))
  delimiter: string;

  @Column(idColumn({ name: 'upload_id' }))
  uploadId: string;

  @Column(counterColumn())
  bytes: number;

  /** Rows below the header. */
  @Column(counterColumn({ name: 'row_total' }))
  rowTotal: number;

  /** The secret by which it was asked for: what that may do is asked again for each part. */
  @Column(idColumn({ name: 'credential_id' }))
  credentialId: string;

  @Column(stringColumn(45, { nullable: true }))
  address: string | null;

  /** For the audit. */
  @Column(jsonColumn({ nullable: true }))
  request: RequestFacts | null;

  /** The list that nobody sees and that takes the place of the other when it is full. */
  @Column(idColumn({ name: 'hidden_id', nullable: true }))
  hiddenId: string | null;

  /** Where the rows begin in the file. */
  @Column(counterColumn({ name: 'begin_offset' }))
  beginOffset: number;

  @Column(counterColumn({ name: 'next_offset' }))
  nextOffset: number;

  /** The header is row 1, as in a spreadsheet. */
  @Column(counterColumn({ name: 'next_row' }))
  nextRow: number;

  @Column(counterColumn())
  accepted: number;

  @Column(counterColumn())
  refused: number;

  @Column(counterColumn())
  written: number;

  @Column(stringColumn(1000, { nullable: true }))
  error: string | null;

  @Column(stringColumn(16, { name: 'creator_type' }))
  creatorType: string;

  @Column(idColumn({ name: 'creator_id' }))
  creatorId: string;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(timeColumn({ name: 'ended_at', nullable: true }))
  endedAt: number | null;
}
