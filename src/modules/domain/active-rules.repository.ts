import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database } from '../../database/index.js';
import { DomainRuleList } from './domain-rule-list.entity.js';
import { DomainRule, FIREWALL } from './domain-rule.entity.js';
import { Domain } from './domain.entity.js';

/** What a host stands for: whose it is, and whether its rules act. */
export type ApprovedDomain = Pick<Domain, 'id' | 'hubId' | 'name' | 'rulesEnabled'>;

/** What decides about the requests at a host: its rules in their order, and the lists that they name. */
export interface RuleSet {
  readonly rules: readonly DomainRule[];
  readonly lists: readonly DomainRuleList[];
}

/** Reads what acts on requests: approved domains, and the rules of one that are switched on. */
@Injectable()
export class ActiveRulesRepository {
  constructor(private readonly database: Database) {}

  /** Every approved domain of the hubs that let anybody in. By table name: hubs are a module below. */
  approved(): Promise<ApprovedDomain[]> {
    return this.database.reader
      .createQueryBuilder(Domain, 'd')
      .select(['d.id', 'd.hubId', 'd.name', 'd.rulesEnabled'])
      .innerJoin('hub', 'h', 'h.id = d.hubId')
      .where("d.approvedName IS NOT NULL AND h.state = 'live'")
      .getMany();
  }

  /** The firewall rules of a domain that are switched on, in their order, and all its lists. Two statements. */
  async rulesOf(
    { hubId, id: domainId }: Pick<Domain, 'id' | 'hubId'>,
    manager: EntityManager = this.database.reader,
  ): Promise<RuleSet> {
    const rules = await manager.find(DomainRule, {
      where: { hubId, domainId, phase: FIREWALL, enabled: true },
      order: { pos: 'ASC' },
    });
    return { rules, lists: await manager.findBy(DomainRuleList, { hubId, domainId }) };
  }
}
