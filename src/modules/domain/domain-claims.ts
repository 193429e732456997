import { Injectable } from '@nestjs/common';
import { type Mutation, Mutations, platformPrincipal } from '../../access/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { Domain } from './domain.entity.js';
import {
  DomainApprovedError,
  DomainNotApprovedError,
  DomainNotFoundError,
  NoSuchClaimError,
  OwnHostError,
} from './domain.errors.js';
import { DomainRepository } from './domain.repository.js';
import { componentOf, DomainService, facts } from './domain.service.js';

/** The claims of all hubs, for whoever runs the server: which hub a host name belongs to is decided here only. */
@Injectable()
export class DomainClaims {
  constructor(
    private readonly domains: DomainRepository,
    private readonly service: DomainService,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
  ) {}

  list(hubId?: string): Promise<Domain[]> {
    return this.domains.listAll(hubId);
  }

  /** Approved once, it stays so: a repetition changes nothing. @throws DomainTakenError, NoSuchClaimError */
  approve(name: string, hubId?: string): Promise<Domain> {
    return this.change(name, hubId, async (mutation, domain) => {
      if (this.service.isOwn(domain.name)) {
        throw new OwnHostError(domain.name);
      }
      if (domain.state === 'pending') {
        await this.write(mutation, domain, 'hub.domain.approve', { state: 'approved', approvedName: domain.name });
      }
    });
  }

  /** The hub can claim it again. @param force also one that is approved @throws DomainApprovedError */
  reject(name: string, force: boolean, hubId?: string): Promise<Domain> {
    return this.change(name, hubId, async (mutation, domain) => {
      if (domain.state === 'approved' && !force) {
        throw new DomainApprovedError(domain.name);
      }
      await this.service.end(mutation, domain, 'hub.domain.reject');
    });
  }

  /** The way back in: whether the rules of an approved domain act. @throws DomainNotApprovedError */
  async setRulesEnabled(name: string, rulesEnabled: boolean): Promise<Domain> {
    const approved = (await this.domains.claimsOf(name)).find(({ state }) => state === 'approved');
    if (!approved) {
      throw new DomainNotApprovedError(name);
    }
    return this.change(name, approved.hubId, async (mutation, domain) => {
      if (domain.rulesEnabled !== rulesEnabled) {
        const event = `hub.domain.rules.${rulesEnabled ? 'enable' : 'disable'}`;
        await this.write(mutation, domain, event, { rulesEnabled });
      }
    });
  }

  private async change(
    name: string,
    hubId: string | undefined,
    work: (mutation: Mutation, domain: Domain) => Promise<void>,
  ): Promise<Domain> {
    const claims = await this.domains.claimsOf(name);
    const meant = claims.filter((claim) => hubId === undefined || claim.hubId === hubId);
    if (meant.length !== 1) {
      const hubs = meant.map((claim) => claim.hubId);
      throw new NoSuchClaimError(name, hubs);
    }
    return this.mutations.runFor(platformPrincipal(meant[0].hubId), async (mutation) => {
      const domain = await this.domains.find(mutation.actor.hubId, name, mutation.tx);
      if (!domain) {
        throw new DomainNotFoundError();
      }
      await work(mutation, domain);
      return domain;
    });
  }

  private async write(mutation: Mutation, domain: Domain, event: string, columns: Partial<Domain>): Promise<void> {
    const before = facts(domain);
    const written = { ...columns, updatedAt: mutation.now };
    await this.domains.update(mutation.tx, domain, written);
    Object.assign(domain, written);
    mutation.changed({ kind: 'domain', id: domain.id });
    await this.activity.recordChange(mutation, event, componentOf(domain), before, facts(domain));
  }
}
