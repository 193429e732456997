import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { binaryColumn, booleanColumn, idColumn, stringColumn, timeColumn } from '../../database/index.js';

/** What a caller holds, as its SHA-256: never the secret itself. A key has one, or two during a rotation. */
@Entity('api_secret')
@Unique('uq_api_secret_hub', ['hubId', 'id'])
@Unique('uq_api_secret_digest', ['digest'])
@Index('ix_api_secret_key', ['hubId', 'keyId'])
@ForeignKey('ApiKey', ['hubId', 'keyId'], ['hubId', 'id'], {
  name: 'fk_api_secret_key',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
export class ApiSecret {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_api_secret' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  @Column(idColumn({ name: 'key_id' }))
  keyId: string;

  @Column(binaryColumn(32))
  digest: Buffer;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;

  /** When this secret stops; null = with its key. */
  @Column(timeColumn({ name: 'ends_at', nullable: true }))
  endsAt: number | null;

  /** Ended by hand: refused everywhere at once, also where a clock is behind and has not reached `endsAt`. */
  @Column(booleanColumn({ default: false }))
  ended: boolean;

  @Column(timeColumn({ name: 'last_used_at', nullable: true }))
  lastUsedAt: number | null;

  @Column(stringColumn(64, { name: 'last_used_address', nullable: true }))
  lastUsedAddress: string | null;
}
