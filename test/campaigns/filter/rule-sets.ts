import { type Filter, type RuleLists, type RuleSet, ruleSetInParts } from '../../../src/modules/domain/filter/index.js';

/** All parts of it one after the other. */
export function compileRuleSet(filters: readonly Filter[], lists: RuleLists): RuleSet {
  const parts = ruleSetInParts(filters, lists);
  let part = parts.next();
  while (!part.done) {
    part = parts.next();
  }
  return part.value;
}
