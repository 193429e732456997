import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { creatorOf, type Principal } from '../../access/index.js';
import { DomainRule } from './domain-rule.entity.js';
import { DomainService } from './domain.service.js';
import { type AddRuleDto, type UpdateRuleDto } from './dto/rule.dto.js';
import { type Phase, readActingPhase, readPhase } from './phase.js';
import { readActions } from './rule-actions.js';
import { type RuleAuthor, RuleChanges, type RuleMutation } from './rule-change.js';
import { readFilter, type RuleFilter } from './rule-filter.js';
import { RuleListRepository } from './rule-list.repository.js';
import {
  FiltersTooLongError,
  OrderError,
  OtherPhaseError,
  RuleNotFoundError,
  TooManyPatternsError,
  TooManyRulesError,
} from './rule.errors.js';
import { RuleRepository, type RuleSummary } from './rule.repository.js';

export const RULES_MAX = 1000;
/** Of a domain: a text of 16 kB takes up to 60 µs for each, of every request, before anybody knows who sent it. */
export const PATTERNS_MAX = 100;
/** Of all domains together: every node keeps them compiled. */
export const RULES_OF_HUB_MAX = 5000;
/** Of all domains together: what finds the rules that may hold takes up to 50 bytes of memory for each byte of filter. */
export const FILTER_BYTES_OF_HUB_MAX = 1_000_000;

type Replaced = Pick<DomainRule, 'filterStr' | 'patterns'>;
const NO_FILTER: Replaced = { filterStr: '', patterns: 0 };

/** The rules of a domain. What they do to requests is the gate's business. */
@Injectable()
export class RuleService {
  constructor(
    private readonly rules: RuleRepository,
    private readonly lists: RuleListRepository,
    private readonly domains: DomainService,
    private readonly changes: RuleChanges,
  ) {}

  async summaries(principal: Principal, domainName: string, phase?: string): Promise<RuleSummary[]> {
    const domain = await this.domains.get(principal, domainName);
    return this.rules.summaries(domain, phase === undefined ? undefined : readPhase(phase));
  }

  async all(principal: Principal, domainName: string, phase?: Phase): Promise<DomainRule[]> {
    return this.rules.all(await this.domains.get(principal, domainName), phase);
  }

  async get(principal: Principal, domainName: string, phase: string, id: string): Promise<DomainRule> {
    const domain = await this.domains.get(principal, domainName);
    const rule = await this.rules.get(domain, readPhase(phase), id);
    if (!rule) {
      throw new RuleNotFoundError();
    }
    return rule;
  }

  /** Behind the rules that are there, and switched on. */
  add(author: RuleAuthor, domainName: string, phaseText: string, input: AddRuleDto): Promise<DomainRule> {
    return this.changes.run(author, domainName, async (change) => {
      const { tx, domain } = change;
      const phase = readActingPhase(phaseText);
      if (input.phase !== undefined && input.phase !== null && input.phase !== phase) {
        throw new OtherPhaseError(phase);
      }
      const order = await this.rules.order(tx, domain, phase);
      await this.assertRoom(change, order.length);
      const filter = await this.filter(change, input.filter_str, NO_FILTER);
      const actions = readActions(input.actions);
      const rule = newRule(change, { phase, pos: order.length, name: input.name, actions, ...filter });
      await this.rules.insert(tx, rule);
      await change.record('hub.domain.rule.create', { rule: rule.id }, {}, facts(rule));
      return rule;
    });
  }

  /** What is left out or null stays as it is. */
  update(author: RuleAuthor, domainName: string, phase: string, id: string, input: UpdateRuleDto): Promise<void> {
    return this.changes.run(author, domainName, async (change) => {
      const rule = await this.getEditable(change, phase, id);
      const before = facts(rule);
      const { enabled, name, filter_str: text, actions } = input;
      const columns = {
        enabled: enabled ?? rule.enabled,
        name: name ?? rule.name,
        actions: actions ? readActions(actions) : rule.actions,
        ...(text ? await this.filter(change, text, rule) : {}),
        updatedAt: change.now,
      };
      await this.rules.update(change.tx, rule, columns);
      await change.record('hub.domain.rule.update', { rule: id }, before, facts(Object.assign(rule, columns)));
    });
  }

  delete(author: RuleAuthor, domainName: string, phase: string, id: string): Promise<void> {
    return this.changes.run(author, domainName, async (change) => {
      const rule = await this.getEditable(change, phase, id);
      await this.rules.remove(change.tx, rule);
      await change.record('hub.domain.rule.delete', { rule: id }, facts(rule), {});
    });
  }

  /** @throws OrderError unless it names every rule of the phase once: whoever adds one meanwhile is not overrun */
  reorder(author: RuleAuthor, domainName: string, phaseText: string, order: readonly string[]): Promise<void> {
    return this.changes.run(author, domainName, async (change) => {
      const { tx, domain } = change;
      const phase = readActingPhase(phaseText);
      const before = await this.rules.order(tx, domain, phase);
      assertPermutation(before, order);
      await this.rules.reorder(tx, domain, order);
      await change.record('hub.domain.rule.reorder', { phase }, { order: before }, { order });
    });
  }

  private async assertRoom({ tx, actor }: RuleMutation, ofDomain: number): Promise<void> {
    if (ofDomain >= RULES_MAX) {
      throw new TooManyRulesError('domain', RULES_MAX);
    }
    if ((await this.rules.countOfHub(tx, actor.hubId)) >= RULES_OF_HUB_MAX) {
      throw new TooManyRulesError('hub', RULES_OF_HUB_MAX);
    }
  }

  /** @param replaced what makes room for it */
  private async filter(change: RuleMutation, text: string, replaced: Replaced): Promise<RuleFilter> {
    const { tx, domain } = change;
    const filter = await readFilter(text, await this.lists.heads(domain, tx));
    await this.assertPatterns(change, filter.patterns, replaced.patterns);
    await this.assertLength(change, Buffer.byteLength(filter.filterStr), Buffer.byteLength(replaced.filterStr));
    return filter;
  }

  private async assertPatterns({ tx, domain }: RuleMutation, patterns: number, replaced: number): Promise<void> {
    if (patterns > replaced) {
      const others = (await this.rules.patternsOf(tx, domain)) - replaced;
      if (others + patterns > PATTERNS_MAX) {
        throw new TooManyPatternsError(PATTERNS_MAX, others);
      }
    }
  }

  private async assertLength({ tx, actor }: RuleMutation, bytes: number, replaced: number): Promise<void> {
    if (bytes > replaced) {
      const others = (await this.rules.filterBytesOfHub(tx, actor.hubId)) - replaced;
      if (others + bytes > FILTER_BYTES_OF_HUB_MAX) {
        throw new FiltersTooLongError(FILTER_BYTES_OF_HUB_MAX, others);
      }
    }
  }

  private async getEditable({ tx, domain }: RuleMutation, phase: string, id: string): Promise<DomainRule> {
    const rule = await this.rules.get(domain, readPhase(phase), id, tx);
    if (!rule) {
      throw new RuleNotFoundError();
    }
    return rule;
  }
}

/** What the audit compares. */
function facts({ phase, pos, enabled, name, filterStr, actions }: DomainRule): Record<string, unknown> {
  return { phase, pos, enabled, name, filter_str: filterStr, actions };
}

function newRule(
  { actor, now, domain }: RuleMutation,
  given: Pick<DomainRule, 'phase' | 'pos' | 'name' | 'actions'> & RuleFilter,
): DomainRule {
  const creator = creatorOf(actor);
  return Object.assign(new DomainRule(), given, {
    id: randomUUID(),
    hubId: actor.hubId,
    domainId: domain.id,
    enabled: true,
    creatorType: creator.type,
    creatorId: creator.id,
    createdAt: now,
    updatedAt: now,
  });
}

function assertPermutation(rules: readonly string[], order: readonly string[]): void {
  const [there, named] = [new Set(rules), new Set(order)];
  const missing = rules.filter((id) => !named.has(id));
  const unknown = [...named].filter((id) => !there.has(id));
  const twice = [...new Set(order.filter((id, index) => order.indexOf(id) !== index))];
  if (missing.length + unknown.length + twice.length > 0) {
    throw new OrderError(missing, unknown, twice);
  }
}
