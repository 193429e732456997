import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database } from '../../database/index.js';
import { DomainRuleList } from './domain-rule-list.entity.js';
import { DomainRule, FIREWALL } from './domain-rule.entity.js';
import { Domain } from './domain.entity.js';

/** What a host stands for: whose it is, and whether its rules act. */
export interface ApprovedDomain extends Pick<Domain, 'id' | 'hubId' | 'name' | 'rulesEnabled'> {
  /** Whether the hub lets anybody in. */
  readonly hubLive: boolean;
}

interface Row {
  readonly id: string;
  readonly hub_id: string;
  readonly name: string;
  readonly rules_enabled: number;
  readonly hub_state: string;
}

/** What decides about the requests at a host: its rules in their order, and the lists that they name. */
export interface RuleSet {
  readonly rules: readonly DomainRule[];
  readonly lists: readonly DomainRuleList[];
}

/** Reads what acts on requests: approved domains, and the rules of one that are switched on. */
@Injectable()
export class ActiveRulesRepository {
  constructor(private readonly database: Database) {}

  /** Every approved domain of every hub. By table name: hubs are a module below. */
  async approved(): Promise<ApprovedDomain[]> {
    const rows = await this.database.query<Row>(
      `SELECT d.id, d.hub_id, d.name, d.rules_enabled, h.state AS hub_state
       FROM domain d JOIN hub h ON h.id = d.hub_id WHERE d.approved_name IS NOT NULL`,
    );
    return rows.map(({ id, hub_id, name, rules_enabled, hub_state }) => {
      return { id, hubId: hub_id, name, rulesEnabled: Number(rules_enabled) === 1, hubLive: hub_state === 'live' };
    });
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
