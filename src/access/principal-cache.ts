import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { dependenciesOfKey, dependenciesOfSession, type Dependency } from './dependency.js';
import { type PrincipalRecord, type SessionRecord } from './principal.js';
import { RecordCache } from './record-cache.js';

/** Something else that is kept of the database and decides about requests. */
export interface KeptFacts {
  /** Drops what depends on one of these. */
  invalidate(dependencies: readonly Dependency[]): void;
  clear(): void;
}

/** What was found of keys and of sessions. What a change touches is dropped from both, and from what others keep. */
@Injectable()
export class PrincipalCache {
  readonly keys: RecordCache<PrincipalRecord>;
  readonly sessions: RecordCache<SessionRecord>;
  private readonly others: KeptFacts[] = [];

  constructor(clock: Clock) {
    this.keys = new RecordCache(clock, dependenciesOfKey);
    this.sessions = new RecordCache(clock, dependenciesOfSession);
  }

  /** Hears of every change from now on, this node's and the others'. */
  join(kept: KeptFacts): void {
    this.others.push(kept);
  }

  invalidate(dependencies: readonly Dependency[]): void {
    this.keys.invalidate(dependencies);
    this.sessions.invalidate(dependencies);
    this.others.forEach((kept) => kept.invalidate(dependencies));
  }

  clear(): void {
    this.keys.clear();
    this.sessions.clear();
    this.others.forEach((kept) => kept.clear());
  }
}
