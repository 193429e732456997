import { AddressList } from '../../common/ip/index.js';
import { type DomainRuleList, type RuleListType } from './domain-rule-list.entity.js';
import { compileFilter, FilterError, parseFilter, referencesOf, type RuleListValues } from './filter/index.js';
import { FilterRefusedError } from './rule.errors.js';

/** Which lists a filter may name: those of its domain. */
export type KnownLists = readonly Pick<DomainRuleList, 'name' | 'type'>[];

const EMPTY: Readonly<Record<RuleListType, RuleListValues>> = {
  ip: { type: 'ip', ips: AddressList.parse([]) },
  string: { type: 'string', values: new Set() },
  int: { type: 'int', values: new Set() },
};

/** The names of the lists that a filter uses. @throws FilterRefusedError where it could not act as it is written */
export function readFilter(text: string, lists: KnownLists): string[] {
  try {
    const filter = parseFilter(text);
    compileFilter(filter, new Map(lists.map(({ name, type }) => [name, EMPTY[type]])));
    return [...referencesOf(filter).lists.keys()].sort();
  } catch (error) {
    throw error instanceof FilterError ? new FilterRefusedError(error) : error;
  }
}
