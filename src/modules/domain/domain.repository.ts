import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database, uniqueOr } from '../../database/index.js';
import { DomainRuleList } from './domain-rule-list.entity.js';
import { DomainRule } from './domain-rule.entity.js';
import { Domain } from './domain.entity.js';
import { DomainClaimedError, DomainTakenError } from './domain.errors.js';
import { hostNameOf } from './host-name.js';

/** The claims of hubs on host names. */
@Injectable()
export class DomainRepository {
  constructor(private readonly database: Database) {}

  list(hubId: string): Promise<Domain[]> {
    return this.database.reader.find(Domain, { where: { hubId }, order: { name: 'ASC' } });
  }

  /** Of every hub, or of one; for the command line. */
  listAll(hubId?: string): Promise<Domain[]> {
    const where = hubId === undefined ? {} : { hubId };
    return this.database.reader.find(Domain, { where, order: { name: 'ASC', id: 'ASC' } });
  }

  /** By any spelling of its name; what names no host finds nothing. */
  async find(hubId: string, text: string, manager: EntityManager = this.database.reader): Promise<Domain | null> {
    const name = hostNameOf(text);
    return name === null ? null : manager.findOneBy(Domain, { hubId, name });
  }

  /** Every hub's claim on a name; for the command line. */
  async claimsOf(text: string): Promise<Domain[]> {
    const name = hostNameOf(text);
    return name === null ? [] : this.database.reader.find(Domain, { where: { name }, order: { id: 'ASC' } });
  }

  findFirst(tx: EntityManager, hubId: string): Promise<Domain | null> {
    return tx.findOne(Domain, { where: { hubId }, order: { id: 'ASC' } });
  }

  count(tx: EntityManager, hubId: string): Promise<number> {
    return tx.countBy(Domain, { hubId });
  }

  /** @throws DomainClaimedError */
  async insert(tx: EntityManager, domain: Domain): Promise<void> {
    await uniqueOr(
      'uq_domain_name',
      () => tx.insert(Domain, domain),
      () => new DomainClaimedError(domain.name),
    );
  }

  /** The database decides which of two hubs has a host: its constraint is the rule. @throws DomainTakenError */
  async update(tx: EntityManager, { hubId, id, name }: Domain, columns: Partial<Domain>): Promise<void> {
    await uniqueOr(
      'uq_domain_approved',
      () => tx.update(Domain, { hubId, id }, columns),
      () => new DomainTakenError(name),
    );
  }

  /** The row with its rules and lists; the name is free again. */
  async remove(tx: EntityManager, { hubId, id: domainId }: Domain): Promise<void> {
    await tx.delete(DomainRule, { hubId, domainId });
    await tx.delete(DomainRuleList, { hubId, domainId });
    await tx.delete(Domain, { hubId, id: domainId });
  }
}
