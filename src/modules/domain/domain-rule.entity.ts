import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import {
  booleanColumn,
  idColumn,
  integerColumn,
  jsonColumn,
  stringColumn,
  textColumn,
  timeColumn,
} from '../../database/index.js';
import { type RuleActions } from './rule-actions.js';

/** The one phase whose rules act on this server. */
export const FIREWALL = 'firewall';

/** One rule of a domain: which requests it is about, and what becomes of them. The first that matches decides. */
@Entity('domain_rule')
@Unique('uq_domain_rule_hub', ['hubId', 'id'])
@Index('ix_domain_rule_order', ['hubId', 'domainId', 'phase', 'pos'])
@ForeignKey('Domain', ['hubId', 'domainId'], ['hubId', 'id'], {
  name: 'fk_domain_rule_domain',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
export class DomainRule {
  /** A UUID. */
  @PrimaryColumn({ ...stringColumn(36), primaryKeyConstraintName: 'pk_domain_rule' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  @Column(idColumn({ name: 'domain_id' }))
  domainId: string;

  @Column(stringColumn(32))
  phase: typeof FIREWALL;

  /** From 0 without gaps, within the phase. */
  @Column(integerColumn())
  pos: number;

  @Column(booleanColumn())
  enabled: boolean;

  @Column(stringColumn(200))
  name: string;

  @Column(textColumn({ name: 'filter_str' }))
  filterStr: string;

  @Column(jsonColumn())
  actions: RuleActions;

  /** The lists that the filter names, without the `$`. */
  @Column(jsonColumn({ name: 'list_names' }))
  listNames: readonly string[];

  /** How many patterns the filter has to run over a text. */
  @Column(integerColumn())
  patterns: number;

  @Column(stringColumn(16, { name: 'creator_type' }))
  creatorType: string;

  @Column(idColumn({ name: 'creator_id' }))
  creatorId: string;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(timeColumn({ name: 'updated_at' }))
  updatedAt: number;
}
