import { Injectable } from '@nestjs/common';
import { type EntityManager, type FindOptionsSelect, MoreThan } from 'typeorm';
import { Database } from '../../database/index.js';
import { DomainRule } from './domain-rule.entity.js';
import { type Domain } from './domain.entity.js';
import { type Phase } from './phase.js';

type DomainKey = Pick<Domain, 'hubId' | 'id'>;
/** A rule without what it does. */
export type RuleSummary = Pick<DomainRule, 'id' | 'pos' | 'enabled' | 'name' | 'filterStr' | 'phase'>;

const SUMMARY = { id: true, pos: true, enabled: true, name: true, filterStr: true, phase: true };
const MOVED_AT_ONCE = 200;

/** The rules of domains. Every statement names the hub and the domain. */
@Injectable()
export class RuleRepository {
  constructor(private readonly database: Database) {}

  /** Of a phase, or of all, in their order. */
  summaries(domain: DomainKey, phase?: Phase): Promise<RuleSummary[]> {
    return this.find(SUMMARY, domain, phase);
  }

  /** The same whole. */
  all(domain: DomainKey, phase?: Phase): Promise<DomainRule[]> {
    return this.find(undefined, domain, phase);
  }

  /** What is no UUID finds nothing. */
  get(
    { hubId, id: domainId }: DomainKey,
    phase: Phase,
    id: string,
    manager: EntityManager = this.database.reader,
  ): Promise<DomainRule | null> {
    return manager.findOneBy(DomainRule, { hubId, domainId, phase: phase as DomainRule['phase'], id });
  }

  /** The ids of a phase in their order. */
  async order(tx: EntityManager, { hubId, id: domainId }: DomainKey, phase: DomainRule['phase']): Promise<string[]> {
    const where = { hubId, domainId, phase };
    return (await tx.find(DomainRule, { select: { id: true }, where, order: { pos: 'ASC' } })).map(({ id }) => id);
  }

  /** Those whose filters name the list. */
  async naming(tx: EntityManager, { hubId, id: domainId }: DomainKey, list: string): Promise<DomainRule[]> {
    const select = { id: true, name: true, listNames: true };
    const rules = await tx.find(DomainRule, { select, where: { hubId, domainId }, order: { pos: 'ASC' } });
    return rules.filter(({ listNames }) => listNames.includes(list));
  }

  countOfHub(tx: EntityManager, hubId: string): Promise<number> {
    return tx.countBy(DomainRule, { hubId });
  }

  /** Of the filters of all its rules, in UTF-8. */
  async filterBytesOfHub(tx: EntityManager, hubId: string): Promise<number> {
    const sql = 'SELECT SUM(OCTET_LENGTH(filter_str)) AS bytes FROM domain_rule WHERE hub_id = ?';
    const [{ bytes }] = await tx.query<[{ bytes: number | string | null }]>(sql, [hubId]);
    return Number(bytes ?? 0);
  }

  async patternsOf(tx: EntityManager, { hubId, id: domainId }: DomainKey): Promise<number> {
    return (await tx.sum(DomainRule, 'patterns', { hubId, domainId })) ?? 0;
  }

  async insert(tx: EntityManager, rule: DomainRule): Promise<void> {
    await tx.insert(DomainRule, rule);
  }

  async update(tx: EntityManager, { hubId, domainId, id }: DomainRule, columns: Partial<DomainRule>): Promise<void> {
    await tx.update(DomainRule, { hubId, domainId, id }, columns);
  }

  /** Those behind it move up: positions stay without gaps. */
  async remove(tx: EntityManager, { hubId, domainId, phase, id, pos }: DomainRule): Promise<void> {
    await tx.delete(DomainRule, { hubId, domainId, id });
    await tx.decrement(DomainRule, { hubId, domainId, phase, pos: MoreThan(pos) }, 'pos', 1);
  }

  /** Gives the rules the positions of this order, which names them all. Few statements, also for many rules. */
  async reorder(tx: EntityManager, { hubId, id: domainId }: DomainKey, order: readonly string[]): Promise<void> {
    for (let start = 0; start < order.length; start += MOVED_AT_ONCE) {
      const ids = order.slice(start, start + MOVED_AT_ONCE);
      const cases = ids.map(() => 'WHEN ? THEN ?').join(' ');
      const marks = ids.map(() => '?').join(', ');
      const sql = `UPDATE domain_rule SET pos = CASE id ${cases} END WHERE hub_id = ? AND domain_id = ? AND id IN (${marks})`;
      const places = ids.flatMap((id, index) => [id, start + index]);
      await tx.query(sql, [...places, hubId, domainId, ...ids]);
    }
  }

  private find(
    select: FindOptionsSelect<DomainRule> | undefined,
    { hubId, id: domainId }: DomainKey,
    phase?: Phase,
  ): Promise<DomainRule[]> {
    const within = phase === undefined ? {} : { phase: phase as DomainRule['phase'] };
    const where = { hubId, domainId, ...within };
    return this.database.reader.find(DomainRule, { select, where, order: { phase: 'ASC', pos: 'ASC' } });
  }
}
