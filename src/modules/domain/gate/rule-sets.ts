import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type Dependency, PrincipalCache } from '../../../access/index.js';
import { Clock } from '../../../common/clock.js';
import { ActiveRulesRepository, type ApprovedDomain, type RuleSet } from '../active-rules.repository.js';
import { type CompiledRules, compileRules } from './compiled-rules.js';
import { KeptValue } from './kept-value.js';

/** Of all domains together: a hundred thousand rules as people write them, and less than a gigabyte whatever they write. */
const WEIGHT_MAX = 16_000_000;

type Kept = KeptValue<CompiledRules>;

/** The rules of the domains that requests arrive at, compiled once after each change. */
@Injectable()
export class RuleSets {
  private readonly logger = new Logger('Firewall');
  private readonly byDomain = new LRUCache<string, Kept>({ maxSize: WEIGHT_MAX, sizeCalculation: () => 1 });

  constructor(
    private readonly clock: Clock,
    private readonly repository: ActiveRulesRepository,
    cache: PrincipalCache,
  ) {
    cache.join({ invalidate: (changes) => this.invalidate(changes), clear: () => this.byDomain.clear() });
  }

  /** Undefined when they must be read. */
  current({ id }: ApprovedDomain): CompiledRules | undefined {
    return this.byDomain.get(id)?.current;
  }

  async fresh(domain: ApprovedDomain): Promise<CompiledRules> {
    const kept = this.byDomain.get(domain.id) ?? new KeptValue(this.clock, this.loaderOf(domain));
    this.byDomain.set(domain.id, kept);
    const rules = await kept.fresh();
    if (this.byDomain.peek(domain.id) === kept) {
      this.byDomain.set(domain.id, kept, { size: rules.weight });
    }
    return rules;
  }

  private invalidate(changes: readonly Dependency[]): void {
    for (const { kind, id } of changes) {
      if (kind === 'domain') {
        this.byDomain.get(id)?.drop();
      }
    }
  }

  /** What is read again, as everything is once a minute, is compiled again only if it is another. */
  private loaderOf(domain: ApprovedDomain): () => Promise<CompiledRules> {
    let made: { readonly digest: string; readonly rules: CompiledRules } | undefined;
    return async () => {
      const read = await this.repository.rulesOf(domain);
      const digest = digestOf(read);
      if (made?.digest !== digest) {
        made = { digest, rules: await this.compile(domain, read) };
      }
      return made.rules;
    };
  }

  private async compile(domain: ApprovedDomain, read: RuleSet): Promise<CompiledRules> {
    const rules = await compileRules(read);
    if (rules.broken) {
      this.logger.error(
        { host: domain.name, hub: domain.hubId, rule: rules.broken.id },
        'A rule cannot be read: whoever gets as far as to it is denied',
      );
    }
    return rules;
  }
}

function digestOf(read: RuleSet): string {
  return createHash('sha256').update(JSON.stringify(read)).digest('base64');
}
