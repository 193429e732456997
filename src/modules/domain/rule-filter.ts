import { AddressList } from '../../common/ip/index.js';
import { type DomainRule } from './domain-rule.entity.js';
import { type DomainRuleList, type RuleListType } from './domain-rule-list.entity.js';
import { compileFilter, FilterError, type RuleListValues } from './filter/index.js';
import { parsedFilter } from './parsed-filters.js';
import { FilterRefusedError } from './rule.errors.js';

/** Which lists a filter may name: those of its domain. */
export type KnownLists = readonly Pick<DomainRuleList, 'name' | 'type'>[];

const EMPTY: Readonly<Record<RuleListType, RuleListValues>> = {
  ip: { type: 'ip', ips: AddressList.parse([]) },
  string: { type: 'string', values: new Set() },
  int: { type: 'int', values: new Set() },
};

/** The columns of a rule that its filter decides. */
export type RuleFilter = Pick<DomainRule, 'filterStr' | 'listNames' | 'patterns'>;

/** What a filter uses. @throws FilterRefusedError where it could not act as it is written */
export async function readFilter(filterStr: string, lists: KnownLists): Promise<RuleFilter> {
  try {
    const { filter, references } = await parsedFilter(filterStr);
    compileFilter(filter, new Map(lists.map(({ name, type }) => [name, EMPTY[type]])));
    const { lists: named, patterns } = references;
    return { filterStr, listNames: [...named.keys()].sort(), patterns };
  } catch (error) {
    throw error instanceof FilterError ? new FilterRefusedError(error) : error;
  }
}
