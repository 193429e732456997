import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../../common/clock.js';

/** Of one rule, at most one line in this time: a flood at a host is no flood of lines. */
const LINE_EVERY_MS = 1000;
const RULES_MAX = 10_000;

/** What a line tells of the request that a rule was about. */
export interface Noted {
  readonly rule: string;
  readonly action: string;
  readonly hub: string;
  readonly host: string;
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly client: string | null;
}

interface Told {
  at: number;
  untold: number;
}

/** Tells the log which rules acted on requests: the first time at once, then once a second with how often since. */
@Injectable()
export class RuleLog {
  private readonly logger = new Logger('Firewall');
  private readonly told = new LRUCache<string, Told>({ max: RULES_MAX });

  constructor(private readonly clock: Clock) {}

  note(facts: Noted): void {
    const now = this.clock.monotonic();
    const told = this.told.get(facts.rule);
    if (told && now - told.at < LINE_EVERY_MS) {
      told.untold += 1;
      return;
    }
    this.logger.log({ ...facts, times: (told?.untold ?? 0) + 1 }, 'rule acted');
    this.told.set(facts.rule, { at: now, untold: 0 });
  }
}
