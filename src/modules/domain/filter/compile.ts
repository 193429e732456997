import { type AddressList } from '../../../common/ip/index.js';
import { type RequestFactsForRules } from './facts.js';
import { type Filter } from './tree.js';

/** The values of a list, under its name without the `$`. */
export type RuleListValues =
  | { readonly type: 'ip'; readonly ips: AddressList }
  | { readonly type: 'string'; readonly values: ReadonlySet<string> }
  | { readonly type: 'int'; readonly values: ReadonlySet<number> };
export type RuleLists = ReadonlyMap<string, RuleListValues>;

/** Never throws. */
export type CompiledFilter = (facts: RequestFactsForRules) => boolean;

/** @throws UnknownListError, ListTypeError */
export function compileFilter(_filter: Filter, _lists: RuleLists): CompiledFilter {
  throw new Error('Being built.');
}
