import { AddressList } from '../../../common/ip/index.js';
import { type RuleSet } from '../active-rules.repository.js';
import { type DomainRuleList } from '../domain-rule-list.entity.js';
import { type DomainRule } from '../domain-rule.entity.js';
import {
  compileRuleSet,
  type Filter,
  referencesOf,
  type RequestFactsForRules,
  type RuleLists,
  type RuleListValues,
  type RuleSet as Matcher,
} from '../filter/index.js';
import { type FirewallVerb } from '../rule-actions.js';
import { parsedFilter } from '../parsed-filters.js';

const CLIENT_ADDRESS = 'ip.src';
const NEVER = Number.POSITIVE_INFINITY;

/** What a rule does, without its filter. */
export interface ActingRule {
  readonly id: string;
  readonly name: string;
  readonly verb: FirewallVerb;
  readonly reason: string | null;
}

/** Why a rule decides: its filter holds, it asks for an address that is unknown, or it cannot be read. */
export type Ground = 'matches' | 'address-unknown' | 'broken';

export interface Verdict {
  readonly verb: 'allow' | 'deny' | 'challenge';
  /** Null: no rule says anything. */
  readonly rule: ActingRule | null;
  readonly ground: Ground;
}

const NOTHING_SAID: Verdict = { verb: 'allow', rule: null, ground: 'matches' };

/** The rules of a domain, ready to be asked. */
export class CompiledRules {
  /** A rule that cannot be read, after which none is; it denies whoever gets so far. */
  readonly broken: ActingRule | null;
  private readonly firstThatAsksAddress: number;

  /** @param filters of the rules, in their order; one less than the rules if the last is broken */
  constructor(
    private readonly rules: readonly ActingRule[],
    filters: readonly Filter[],
    private readonly matcher: Matcher,
  ) {
    this.broken = rules[filters.length] ?? null;
    const first = filters.findIndex((filter) => referencesOf(filter).fields.has(CLIENT_ADDRESS));
    this.firstThatAsksAddress = first < 0 ? NEVER : first;
  }

  get size(): number {
    return this.rules.length;
  }

  /**
   * What becomes of a request: the first rule that holds decides, `log` only notes.
   * @param noted hears of the rules that do so
   */
  judge(facts: RequestFactsForRules, noted: (rule: ActingRule) => void): Verdict {
    const closedAt = facts.address === null ? this.firstThatAsksAddress : NEVER;
    for (const position of this.matcher.matches(facts)) {
      if (position >= closedAt) {
        break;
      }
      const rule = this.rules[position];
      if (rule.verb !== 'log') {
        return { verb: rule.verb, rule, ground: 'matches' };
      }
      noted(rule);
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
export async function compileRules({ rules, lists }: RuleSet): Promise<CompiledRules> {
  const values = readLists(lists);
  const filters = await readFilters(rules, values);
  return new CompiledRules(rules.slice(0, filters.length + 1).map(acting), filters, compileRuleSet(filters, values));
}

async function readFilters(rules: readonly DomainRule[], lists: RuleLists): Promise<Filter[]> {
  const filters: Filter[] = [];
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
async function readFilter(text: string, lists: RuleLists): Promise<Filter | null> {
  try {
    const filter = await parsedFilter(text);
    const named = [...referencesOf(filter).lists];
    return named.every(([name, type]) => lists.get(name)?.type === type) ? filter : null;
  } catch {
    return null;
  }
}

/** A list that cannot be read is none, and so no rule can name it. */
function readLists(lists: readonly DomainRuleList[]): RuleLists {
  return new Map(
    lists.flatMap((list) => {
      const values = readList(list);
      return values ? [[list.name, values] as const] : [];
    }),
  );
}

function readList({ type, entries }: DomainRuleList): RuleListValues | null {
  switch (type) {
    case 'ip':
      return AddressList.invalidEntries(entries as string[]).length > 0
        ? null
        : { type, ips: AddressList.parse(entries as string[]) };
    case 'string':
      return { type, values: new Set(entries as string[]) };
    case 'int':
      return { type, values: new Set(entries as number[]) };
    default:
      return null;
  }
}

function acting({ id, name, actions }: DomainRule): ActingRule {
  const [{ action, reason }] = actions.firewall;
  return { id, name, verb: action, reason };
}
