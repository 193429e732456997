import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { booleanColumn, idColumn, stringColumn, timeColumn } from '../../database/index.js';

/** A network that the server's admin allows or refuses to a hub's calls. */
@Entity('hub_network')
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_hub_network_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class HubNetwork {
  @PrimaryColumn({ ...idColumn({ name: 'hub_id' }), primaryKeyConstraintName: 'pk_hub_network' })
  hubId: string;

  /** What for: `box` or `webhook`. */
  @PrimaryColumn({ ...stringColumn(16), primaryKeyConstraintName: 'pk_hub_network' })
  purpose: string;

  /** In its one canonical spelling. */
  @PrimaryColumn({ ...stringColumn(50), primaryKeyConstraintName: 'pk_hub_network' })
  cidr: string;

  /** False = refused, also within a wider one that is allowed. */
  @Column(booleanColumn())
  allowed: boolean;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;
}
