import { Injectable } from '@nestjs/common';
import { type Dependency, PrincipalCache } from '../../../access/index.js';
import { Clock } from '../../../common/clock.js';
import { ActiveRulesRepository, type ApprovedDomain } from '../active-rules.repository.js';
import { KeptValue } from './kept-value.js';

/** By host. */
export type DomainsByHost = ReadonlyMap<string, ApprovedDomain>;

/**
 * All hosts that are a hub's, in memory: they are thousands at most, so a host that is nobody's costs one look into a
 * map, and no client can have us ask the database about hosts that it makes up.
 */
@Injectable()
export class ApprovedDomains extends KeptValue<DomainsByHost> {
  constructor(clock: Clock, repository: ActiveRulesRepository, cache: PrincipalCache) {
    super(clock, async () => new Map((await repository.approved()).map((domain) => [domain.name, domain])));
    cache.join({ invalidate: (changes) => this.dropIfTouched(changes), clear: () => this.drop() });
  }

  /** A hub that is switched off, or on again, has its domains go and come. */
  private dropIfTouched(changes: readonly Dependency[]): void {
    if (changes.some(({ kind }) => kind === 'domain' || kind === 'hub')) {
      this.drop();
    }
  }
}
