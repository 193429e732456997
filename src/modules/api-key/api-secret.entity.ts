import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { binaryColumn, booleanColumn, bytesColumn, idColumn, stringColumn, timeColumn } from '../../database/index.js';

/**
 * What a caller holds, as its SHA-256. A key has one, or two during a rotation. The secret itself is kept only where the
 * hub has asked for it, and then encrypted.
 */
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

  /**
   * The secret itself, sealed; null unless the hub wanted to read its secrets when this one was made, and from its end
   * on. Loaded by whoever names it, which is `readable-secrets.ts` alone.
   */
  @Column({ ...bytesColumn(160, { nullable: true }), select: false })
  sealed?: Buffer | null;

  @Column(timeColumn({ name: 'last_used_at', nullable: true }))
  lastUsedAt: number | null;

  @Column(stringColumn(64, { name: 'last_used_address', nullable: true }))
  lastUsedAddress: string | null;
}
