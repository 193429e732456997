import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { blobColumn, idColumn, integerColumn, timeColumn } from '../../database/index.js';

/** A message that waits to be handed over. It is written with the change that it tells of, and removed afterwards. */
@Entity('mail_outbox')
@Index('ix_mail_outbox_due', ['nextAttemptAt', 'id'])
export class OutgoingMail {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_mail_outbox' })
  id: string;

  /** Recipient, subject and text, sealed: the text may hold a token. */
  @Column(blobColumn())
  content: Buffer;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;

  /** Failed hand-overs so far. */
  @Column(integerColumn())
  attempts: number;

  @Column(timeColumn({ name: 'next_attempt_at' }))
  nextAttemptAt: number;
}
