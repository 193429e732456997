export { prepareAddresses } from './address-prefixes.js';
export { compileFilter, type CompiledFilter, type RuleLists, type RuleListValues } from './compile.js';
export { type RequestFactsForRules } from './facts.js';
export {
  FilterError,
  FilterSyntaxError,
  ListTypeError,
  TooLongToJudgeError,
  UnknownListError,
} from './filter.errors.js';
export { loadFilterParser } from './parser-loader.js';
export { printFilter } from './print.js';
export { type FilterReferences, referencesOf } from './references.js';
export { requestFacts, type RequestParts } from './request-facts.js';
export { type RuleSet } from './rule-set.js';
export { ruleSetInParts } from './rule-set-in-parts.js';
export * from './tree.js';
export { type Field, FIELDS } from './fields.js';
