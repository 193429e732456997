import { Column, Entity, PrimaryColumn } from 'typeorm';
import { blobColumn, idColumn, jsonColumn, timeColumn } from '../../database/index.js';

/** One ES256 key pair of the installation. Several live side by side while one takes over from another. */
@Entity('signing_key')
export class SigningKey {
  /** The `kid`. */
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_signing_key' })
  id: string;

  @Column(jsonColumn({ name: 'public_jwk' }))
  publicJwk: Record<string, string>;

  /** PKCS #8, sealed under a key derived from the installation's secret. */
  @Column(blobColumn({ name: 'sealed_private_key' }))
  sealedPrivateKey: Buffer;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;
}
