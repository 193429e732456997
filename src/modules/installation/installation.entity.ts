import { Column, Entity, PrimaryColumn } from 'typeorm';
import { binaryColumn, idColumn, integerColumn, timeColumn } from '../../database/index.js';

/** The one row that says which installation this database belongs to. Its id is the issuer of access tokens. */
@Entity('installation')
export class Installation {
  @PrimaryColumn({ ...integerColumn(), primaryKeyConstraintName: 'pk_installation' })
  singleton: number;

  @Column(idColumn())
  id: string;

  /** HMAC of the id under the secret: a node with another secret is told so at start. */
  @Column(binaryColumn(32, { name: 'secret_check' }))
  secretCheck: Buffer;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;
}
