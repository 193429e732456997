import { Injectable } from '@nestjs/common';
import { type Dependency, PrincipalCache } from '../../../access/index.js';
import { Clock } from '../../../common/clock.js';
import { ActiveRulesRepository, type ApprovedDomain } from '../active-rules.repository.js';
import { KeptValue } from './kept-value.js';

/** What hosts stand for. */
export interface KnownDomains {
  /** Those of hubs that let somebody in, by host: a hub that is switched off is as if it had none. */
  readonly byHost: ReadonlyMap<string, ApprovedDomain>;
  /** The hubs that have one, switched off or not. */
  readonly hubs: ReadonlySet<string>;
}

/**
 * All hosts that are a hub's, in memory: they are thousands at most, so a host that is nobody's costs one look into a
 * map, and no client can have us ask the database about hosts that it makes up.
 */
@Injectable()
export class ApprovedDomains extends KeptValue<KnownDomains> {
  constructor(clock: Clock, repository: ActiveRulesRepository, cache: PrincipalCache) {
    super(clock, async () => known(await repository.approved()));
    cache.join({ invalidate: (changes) => this.dropIfTouched(changes), clear: () => this.drop() });
  }

  private dropIfTouched(changes: readonly Dependency[]): void {
    if (changes.some(({ kind, id }) => kind === 'domain' || (kind === 'hub' && this.mayConcern(id)))) {
      this.drop();
    }
  }

  /** A hub that had no domain when they were read has got one only by a change that drops them, too. */
  private mayConcern(hubId: string): boolean {
    return this.current?.hubs.has(hubId) ?? true;
  }
}

function known(domains: readonly ApprovedDomain[]): KnownDomains {
  return {
    byHost: new Map(domains.filter(({ hubLive }) => hubLive).map((domain) => [domain.name, domain])),
    hubs: new Set(domains.map(({ hubId }) => hubId)),
  };
}
