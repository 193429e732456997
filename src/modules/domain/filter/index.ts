export { compileFilter, type CompiledFilter, type RuleLists, type RuleListValues } from './compile.js';
export { type RequestFactsForRules } from './facts.js';
export { FilterError, FilterSyntaxError, ListTypeError, UnknownListError } from './filter.errors.js';
export { FILTER_LENGTH_MAX, parseFilter } from './parse.js';
export { printFilter } from './print.js';
export { type FilterReferences, referencesOf } from './references.js';
export { requestFacts, type RequestParts } from './request-facts.js';
export { compileRuleSet, type RuleSet } from './rule-set.js';
export * from './tree.js';
