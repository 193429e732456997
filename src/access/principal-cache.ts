import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { dependenciesOfKey, dependenciesOfSession, type Dependency } from './dependency.js';
import { type PrincipalRecord, type SessionRecord } from './principal.js';
import { RecordCache } from './record-cache.js';

/** What was found of keys and of sessions. What a change touches is dropped from both. */
@Injectable()
export class PrincipalCache {
  readonly keys: RecordCache<PrincipalRecord>;
  readonly sessions: RecordCache<SessionRecord>;

  constructor(clock: Clock) {
    this.keys = new RecordCache(clock, dependenciesOfKey);
    this.sessions = new RecordCache(clock, dependenciesOfSession);
  }

  invalidate(dependencies: readonly Dependency[]): void {
    this.keys.invalidate(dependencies);
    this.sessions.invalidate(dependencies);
  }

  clear(): void {
    this.keys.clear();
    this.sessions.clear();
  }
}
