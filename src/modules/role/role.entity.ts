import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { type CapabilitySet } from '../../access/index.js';
import {
  booleanColumn,
  counterColumn,
  idColumn,
  integerColumn,
  jsonColumn,
  Lifecycle,
  stringColumn,
  textColumn,
} from '../../database/index.js';

/** What may be administered: capabilities, and a rank that says whom its holders may manage. */
@Entity('role')
@Unique('uq_role_hub', ['hubId', 'id'])
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_role_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class Role extends Lifecycle {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_role' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  @Column(stringColumn(200, { nullable: true }))
  name: string | null;

  /** For the search. Folding can make a name many times as long. */
  @Column(textColumn({ name: 'name_key', nullable: true }))
  nameKey: string | null;

  @Column(stringColumn(100))
  identifier: string;

  /** 0–10; `rank` alone is a reserved word of MySQL. */
  @Column(integerColumn({ name: 'role_rank' }))
  rank: number;

  @Column(booleanColumn())
  root: boolean;

  /** The identifier of the default role that this one was made from. */
  @Column(stringColumn(100, { name: 'default_of', nullable: true }))
  defaultOf: string | null;

  @Column(jsonColumn())
  capabilities: CapabilitySet;

  @Column(jsonColumn({ nullable: true }))
  extra: Record<string, string> | null;

  @Column(counterColumn())
  revision: number;
}
