import { inTurns } from '../../../common/turns.js';
import { type RuleSet } from '../active-rules.repository.js';
import { type DomainRule } from '../domain-rule.entity.js';
import {
  type RequestFactsForRules,
  type RuleLists,
  type RuleSet as Matcher,
  ruleSetInParts,
  TooLongToJudgeError,
} from '../filter/index.js';
import { type FirewallVerb } from '../rule-actions.js';
import { type ParsedFilter, parsedFilter } from '../parsed-filters.js';
import { listsInParts } from './lists-in-parts.js';

const CLIENT_ADDRESS = 'ip.src';
const NEVER = Number.POSITIVE_INFINITY;
const RULE_WEIGHT = 100;
const ENTRY_WEIGHT = 20;

/** What a rule does, without its filter. */
export interface ActingRule {
  readonly id: string;
  readonly name: string;
  readonly verb: FirewallVerb;
  readonly reason: string | null;
}

/**
 * Why a rule decides: its filter holds, it asks for an address that is unknown, or it cannot be read. Or all of them
 * cannot be asked, because the request is too long.
 */
export type Ground = 'matches' | 'address-unknown' | 'broken' | 'too-long';

export interface Verdict {
  readonly verb: 'allow' | 'deny' | 'challenge';
  /** Null: no rule says anything, or all of them together. */
  readonly rule: ActingRule | null;
  readonly ground: Ground;
}

const NOTHING_SAID: Verdict = { verb: 'allow', rule: null, ground: 'matches' };
const TOO_LONG: Verdict = { verb: 'deny', rule: null, ground: 'too-long' };

/** The rules of a domain, ready to be asked. */
export class CompiledRules {
  /** A rule that cannot be read, after which none is; it denies whoever gets so far. */
  readonly broken: ActingRule | null;
  private readonly firstThatAsksAddress: number;

  /** @param filters of the rules, in their order; one less than the rules if the last is broken */
  constructor(
    private readonly rules: readonly ActingRule[],
    filters: readonly ParsedFilter[],
    private readonly matcher: Matcher,
    /** How much memory it takes at most, in some 50 bytes. */
    readonly weight: number,
  ) {
    this.broken = rules[filters.length] ?? null;
    const first = filters.findIndex(({ references }) => references.fields.has(CLIENT_ADDRESS));
    this.firstThatAsksAddress = first < 0 ? NEVER : first;
  }

  get size(): number {
    return this.rules.length;
  }

  /**
   * What becomes of a request: the first rule that holds decides, `log` only notes.
   * @param noted gets the rules that do so
   */
  judge(facts: RequestFactsForRules, noted: ActingRule[]): Verdict {
    try {
      return this.firstOf(facts, noted);
    } catch (error) {
      if (error instanceof TooLongToJudgeError) {
        return TOO_LONG;
      }
      throw error;
    }
  }

  private firstOf(facts: RequestFactsForRules, noted: ActingRule[]): Verdict {
    const closedAt = facts.address === null ? this.firstThatAsksAddress : NEVER;
    for (const position of this.matcher.matches(facts)) {
      if (position >= closedAt) {
        break;
      }
      const rule = this.rules[position];
      if (rule.verb !== 'log') {
        return { verb: rule.verb, rule, ground: 'matches' };
      }
      noted.push(rule);
    }
    return this.unlessClosed(closedAt);
  }

  private unlessClosed(closedAt: number): Verdict {
    if (closedAt !== NEVER) {
      return { verb: 'deny', rule: this.rules[closedAt], ground: 'address-unknown' };
    }
    return this.broken ? { verb: 'deny', rule: this.broken, ground: 'broken' } : NOTHING_SAID;
  }
}

/** The stricter of two verdicts about one request. */
export function stricter(a: Verdict, b: Verdict): Verdict {
  const order = ['allow', 'challenge', 'deny'];
  return order.indexOf(b.verb) > order.indexOf(a.verb) ? b : a;
}

/** Never rejects: where a rule cannot be read, what stands before it still counts. */
export async function compileRules(read: RuleSet): Promise<CompiledRules> {
  const { rules, lists } = read;
  const values = await inTurns(listsInParts(lists));
  const filters = await readFilters(rules, values);
  const parts = ruleSetInParts(
    filters.map(({ filter }) => filter),
    values,
  );
  const matcher = await inTurns(parts);
  return new CompiledRules(rules.slice(0, filters.length + 1).map(acting), filters, matcher, weightOf(read));
}

function weightOf({ rules, lists }: RuleSet): number {
  const ofRules = rules.reduce((sum, { filterStr }) => sum + RULE_WEIGHT + filterStr.length, 1);
  return lists.reduce((sum, { entries }) => sum + entries.length * ENTRY_WEIGHT, ofRules);
}

async function readFilters(rules: readonly DomainRule[], lists: RuleLists): Promise<ParsedFilter[]> {
  const filters: ParsedFilter[] = [];
  for (const { filterStr } of rules) {
    const filter = await readFilter(filterStr, lists);
    if (!filter) {
      break;
    }
    filters.push(filter);
  }
  return filters;
}

/** Null for what was stored by a version that understood more, or names a list that is not there. */
async function readFilter(text: string, lists: RuleLists): Promise<ParsedFilter | null> {
  try {
    const filter = await parsedFilter(text);
    const named = [...filter.references.lists];
    return named.every(([name, type]) => lists.get(name)?.type === type) ? filter : null;
  } catch {
    return null;
  }
}

function acting({ id, name, actions }: DomainRule): ActingRule {
  const [{ action, reason }] = actions.firewall;
  return { id, name, verb: action, reason };
}
