import { Injectable } from '@nestjs/common';
import { authorize, creatorOf, type Mutation, Mutations, OwnDomains, type Principal } from '../../access/index.js';
import { newId } from '../../common/ids.js';
import { Config } from '../../config/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { Domain } from './domain.entity.js';
import { DomainNotFoundError, HostNameError, OwnHostError, TooManyDomainsError } from './domain.errors.js';
import { DomainRepository } from './domain.repository.js';
import { hostNameOf, isLocalName } from './host-name.js';

export const DOMAINS_MAX = 100;
export const CAPABILITY = 'domains-manage';

/** The domains of a hub, as the hub sees them: it claims a name, and whoever runs the server approves it. */
@Injectable()
export class DomainService {
  constructor(
    private readonly domains: DomainRepository,
    private readonly mutations: Mutations,
    private readonly ownDomains: OwnDomains,
    private readonly activity: ActivityRecorder,
    private readonly config: Config,
  ) {}

  list({ hubId }: Principal): Promise<Domain[]> {
    return this.domains.list(hubId);
  }

  async get(principal: Principal, name: string): Promise<Domain> {
    const domain = await this.domains.find(principal.hubId, name);
    if (!domain) {
      throw new DomainNotFoundError();
    }
    authorize(principal, 'read', domain);
    return domain;
  }

  /** Pending, also where another hub has claimed or holds the name: who claims learns nothing of others. */
  claim(principal: Principal, text: string): Promise<Domain> {
    const name = this.claimable(text);
    return this.mutations.run(principal, CAPABILITY, async (mutation) => {
      const { tx, actor } = mutation;
      if ((await this.domains.count(tx, actor.hubId)) >= DOMAINS_MAX) {
        throw new TooManyDomainsError(DOMAINS_MAX);
      }
      const domain = newDomain(mutation, name);
      authorize(actor, 'create', domain);
      await this.domains.insert(tx, domain);
      mutation.changed({ kind: 'domain', id: domain.id });
      await this.activity.recordChange(mutation, 'hub.domain.create', componentOf(domain), {}, facts(domain));
      return domain;
    });
  }

  /** @throws LockOutError where the hub takes its keys at its domains only, and the caller's is given up; unless forced */
  delete(principal: Principal, name: string, force = false): Promise<void> {
    return this.mutations.run(principal, CAPABILITY, async (mutation) => {
      await this.end(mutation, await this.getEditable(mutation, name, 'delete'));
      if (mutation.actor.record.requiresDomain && !force) {
        await this.ownDomains.assertKeeps(mutation.tx, mutation.actor);
      }
    });
  }

  /** @throws DomainNotFoundError */
  async getEditable({ tx, actor }: Mutation, name: string, action: 'update' | 'delete' = 'update'): Promise<Domain> {
    const domain = await this.domains.find(actor.hubId, name, tx);
    if (!domain) {
      throw new DomainNotFoundError();
    }
    authorize(actor, action, domain);
    return domain;
  }

  /** Gone from now on, with its rules and lists; who calls has asked whether it may be. */
  async end(mutation: Mutation, domain: Domain, event = 'hub.domain.delete'): Promise<void> {
    await this.domains.remove(mutation.tx, domain);
    mutation.changed({ kind: 'domain', id: domain.id });
    await this.activity.recordChange(mutation, event, componentOf(domain), facts(domain), {});
  }

  /** Whether the name is the server's own, or the machine's: no hub may have it. */
  isOwn(name: string): boolean {
    const { publicUrl } = this.config;
    return isLocalName(name) || (publicUrl !== undefined && hostNameOf(new URL(publicUrl).hostname) === name);
  }

  /** @throws HostNameError, OwnHostError */
  private claimable(text: string): string {
    const name = hostNameOf(text);
    if (name === null) {
      throw new HostNameError();
    }
    if (this.isOwn(name)) {
      throw new OwnHostError(name);
    }
    return name;
  }
}

export function componentOf({ id }: Domain): { type: string; id: string } {
  return { type: 'domain', id };
}

/** What the audit compares. */
export function facts({ name, state, rulesEnabled }: Domain): Record<string, unknown> {
  return { name, state, rules_enabled: rulesEnabled };
}

function newDomain({ actor, now }: Mutation, name: string): Domain {
  const creator = creatorOf(actor);
  return Object.assign(new Domain(), {
    id: newId(now),
    hubId: actor.hubId,
    name,
    state: 'pending' as const,
    approvedName: null,
    rulesEnabled: true,
    creatorType: creator.type,
    creatorId: creator.id,
    createdAt: now,
    updatedAt: now,
  });
}
