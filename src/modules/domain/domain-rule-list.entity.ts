import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { idColumn, integerColumn, jsonColumn, stringColumn, timeColumn } from '../../database/index.js';

export const RULE_LIST_TYPES = ['ip', 'string', 'int'] as const;
export type RuleListType = (typeof RULE_LIST_TYPES)[number];

/** Addresses and networks, texts, or whole numbers, that the rules of a domain name as `$name`. */
@Entity('domain_rule_list')
@Unique('uq_domain_rule_list_hub', ['hubId', 'id'])
@Unique('uq_domain_rule_list_name', ['hubId', 'domainId', 'name'])
@ForeignKey('Domain', ['hubId', 'domainId'], ['hubId', 'id'], {
  name: 'fk_domain_rule_list_domain',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
export class DomainRuleList {
  /** A UUID. */
  @PrimaryColumn({ ...stringColumn(36), primaryKeyConstraintName: 'pk_domain_rule_list' })
  id: string;

  @Column(idColumn({ name: 'hub_id' }))
  hubId: string;

  @Column(idColumn({ name: 'domain_id' }))
  domainId: string;

  /** As it is written in a filter, without the `$`; compared with case. */
  @Column(stringColumn(64))
  name: string;

  @Column(stringColumn(8))
  type: RuleListType;

  /** All of its type: `ip` and `string` as texts, `int` as numbers. */
  @Column(jsonColumn())
  entries: readonly string[] | readonly number[];

  @Column(integerColumn({ name: 'entry_count' }))
  entryCount: number;

  @Column(stringColumn(16, { name: 'creator_type' }))
  creatorType: string;

  @Column(idColumn({ name: 'creator_id' }))
  creatorId: string;

  @Column(timeColumn({ name: 'created_at' }))
  createdAt: number;

  @Column(timeColumn({ name: 'updated_at' }))
  updatedAt: number;
}
