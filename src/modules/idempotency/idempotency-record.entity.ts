import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import {
  binaryColumn,
  blobColumn,
  idColumn,
  integerColumn,
  stringColumn,
  textColumn,
  timeColumn,
} from '../../database/index.js';

/**
 * The answer to a request that named an Idempotency-Key; committed with what the request did, or not at all. It is gone
 * after a day, and no foreign key holds it to its hub: that would lock the hub's row for sharing, and of two requests
 * that do so and then want the row for themselves, one fails.
 */
@Entity('idempotency_record')
@Index('ix_idempotency_record_created', ['createdAt'])
@Index('ix_idempotency_record_sealed', ['sealedUntil'])
export class IdempotencyRecord {
  /** Keyed digest of who asked for what under which key: the key itself is not kept. */
  @PrimaryColumn({ ...binaryColumn(32), primaryKeyConstraintName: 'pk_idempotency_record' })
  digest: Buffer;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  /** Keyed digest of the body and the query. */
  @Column(binaryColumn(32))
  fingerprint: Buffer;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;

  /** The HTTP status; null only inside the transaction that is about to answer. */
  @Column(integerColumn({ nullable: true }))
  status: number | null;

  @Column(stringColumn(200, { nullable: true }))
  etag: string | null;

  /** JSON with every secret masked; null = an answer without a body. */
  @Column(textColumn({ nullable: true }))
  body: string | null;

  /** The JSON as it was, sealed, when it holds a secret. */
  @Column(blobColumn({ name: 'sealed_body', nullable: true }))
  sealedBody: Buffer | null;

  @Column(timeColumn({ name: 'sealed_until', nullable: true }))
  sealedUntil: number | null;
}
