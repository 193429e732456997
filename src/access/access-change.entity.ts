import { Column, Entity, PrimaryColumn } from 'typeorm';
import { counterColumn, idColumn, integerColumn, stringColumn, timeColumn } from '../database/index.js';

/** The one row from which every access change takes its number; its lock orders the commits. */
@Entity('access_counter')
export class AccessCounter {
  @PrimaryColumn({ ...integerColumn(), primaryKeyConstraintName: 'pk_access_counter' })
  id: number;

  /** Made with the database; another one means another history. */
  @Column(idColumn())
  epoch: string;

  @Column(counterColumn({ name: 'last_seq' }))
  lastSeq: number;
}

/** One thing whose change can alter a decision. Rows are kept for a day: a node that slept longer drops everything. */
@Entity('access_change')
export class AccessChange {
  @PrimaryColumn({ ...counterColumn(), primaryKeyConstraintName: 'pk_access_change' })
  seq: number;

  /** Random: tells a restored history from the one that was read. */
  @Column(idColumn())
  nonce: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  @Column(stringColumn(16))
  kind: string;

  @Column(idColumn({ name: 'subject_id' }))
  subjectId: string;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;
}
