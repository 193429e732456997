import { type RuleLists } from './compile.js';
import { type RequestFactsForRules } from './facts.js';
import { type Filter } from './tree.js';

/** Many filters, of which each request is asked only those that may hold. */
export interface RuleSet {
  /** The positions of the filters that hold, from the first on, each worked out when it is asked for. */
  matches(facts: RequestFactsForRules): Generator<number, void>;
}

/** @throws UnknownListError, ListTypeError */
export function compileRuleSet(_filters: readonly Filter[], _lists: RuleLists): RuleSet {
  throw new Error('Being built.');
}
