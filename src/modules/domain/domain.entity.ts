import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { booleanColumn, idColumn, stringColumn, timeColumn } from '../../database/index.js';

/** `pending` until whoever runs the server approves the claim: only then do its rules act. */
export type DomainState = 'pending' | 'approved';

/** A host name that a hub claims. The row of a deleted one is gone, with its rules and lists. */
@Entity('domain')
@Unique('uq_domain_hub', ['hubId', 'id'])
@Unique('uq_domain_name', ['hubId', 'name'])
@Unique('uq_domain_approved', ['approvedName'])
@ForeignKey('Hub', ['hubId'], ['id'], { name: 'fk_domain_hub', onDelete: 'RESTRICT', onUpdate: 'RESTRICT' })
export class Domain {
  @PrimaryColumn({ ...idColumn(), primaryKeyConstraintName: 'pk_domain' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  /** Canonical: lower case, A-labels, no dot at the end, no port. */
  @Column(stringColumn(253))
  name: string;

  @Column(stringColumn(16))
  state: DomainState;

  /** The name while approved, otherwise null: unique, so that a host has at most one hub. */
  @Column(stringColumn(253, { name: 'approved_name', nullable: true }))
  approvedName: string | null;

  /** False after `hubgate domain rules --disable`: the way back in for who is locked out by a rule. */
  @Column(booleanColumn({ name: 'rules_enabled' }))
  rulesEnabled: boolean;

  @Column(stringColumn(16, { name: 'creator_type' }))
  creatorType: string;

  @Column(idColumn({ name: 'creator_id' }))
  creatorId: string;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(timeColumn({ name: 'updated_at' }))
  updatedAt: number;
}
