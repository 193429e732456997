import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database, uniqueOr } from '../../database/index.js';
import { DomainRuleList } from './domain-rule-list.entity.js';
import { type Domain } from './domain.entity.js';
import { RuleListNameTakenError } from './rule.errors.js';

type DomainKey = Pick<Domain, 'hubId' | 'id'>;
/** A list without its entries. */
export type RuleListHead = Pick<DomainRuleList, 'id' | 'name' | 'type' | 'entryCount'>;

const HEAD = { id: true, name: true, type: true, entryCount: true };

/** The rule lists of domains. Every statement names the hub and the domain. */
@Injectable()
export class RuleListRepository {
  constructor(private readonly database: Database) {}

  heads({ hubId, id: domainId }: DomainKey, manager: EntityManager = this.database.reader): Promise<RuleListHead[]> {
    return manager.find(DomainRuleList, { select: HEAD, where: { hubId, domainId }, order: { name: 'ASC' } });
  }

  get(
    { hubId, id: domainId }: DomainKey,
    id: string,
    manager: EntityManager = this.database.reader,
  ): Promise<DomainRuleList | null> {
    return manager.findOneBy(DomainRuleList, { hubId, domainId, id });
  }

  /** How many entries the lists of all domains of the hub have. */
  async entriesOfHub(tx: EntityManager, hubId: string): Promise<number> {
    return (await tx.sum(DomainRuleList, 'entryCount', { hubId })) ?? 0;
  }

  /** Of the entries of all its lists, as they are stored. */
  async entryBytesOfHub(tx: EntityManager, hubId: string): Promise<number> {
    const sql = 'SELECT SUM(OCTET_LENGTH(entries)) AS bytes FROM domain_rule_list WHERE hub_id = ?';
    const [{ bytes }] = await tx.query<[{ bytes: number | string | null }]>(sql, [hubId]);
    return Number(bytes ?? 0);
  }

  /** @throws RuleListNameTakenError */
  async insert(tx: EntityManager, list: DomainRuleList): Promise<void> {
    await unlessTaken(list, () => tx.insert(DomainRuleList, list));
  }

  /** @throws RuleListNameTakenError */
  async update(tx: EntityManager, list: DomainRuleList): Promise<void> {
    const { hubId, domainId, id, ...columns } = list;
    await unlessTaken(list, () => tx.update(DomainRuleList, { hubId, domainId, id }, columns));
  }

  async remove(tx: EntityManager, { hubId, domainId, id }: DomainRuleList): Promise<void> {
    await tx.delete(DomainRuleList, { hubId, domainId, id });
  }
}

function unlessTaken({ name }: DomainRuleList, write: () => Promise<unknown>): Promise<unknown> {
  return uniqueOr('uq_domain_rule_list_name', write, () => new RuleListNameTakenError(name));
}
