import { Injectable } from '@nestjs/common';
import { type Mutation } from '../../access/index.js';
import { DomainRepository } from './domain.repository.js';
import { DomainService } from './domain.service.js';

/** The domains of a hub all together, for what ends whole hubs. */
@Injectable()
export class HubDomains {
  constructor(
    private readonly domains: DomainRepository,
    private readonly service: DomainService,
  ) {}

  /** Ends one, with its activity: its rules and lists can be many. Returns whether there was one, as a number. */
  async endSome(mutation: Mutation): Promise<number> {
    const domain = await this.domains.findFirst(mutation.tx, mutation.actor.hubId);
    if (domain) {
      await this.service.end(mutation, domain);
    }
    return domain ? 1 : 0;
  }
}
