import { type AddressList } from '../../../common/ip/index.js';
import { AddressPrefixes } from './address-prefixes.js';
import { type RequestFactsForRules } from './facts.js';
import { ListTypeError, UnknownListError } from './filter.errors.js';
import { compilePattern } from './pattern.js';
import { type Reader, readerOf, type Scalar } from './read.js';
import { type ComparisonOperator, type Filter, type Member, type Place, type Test } from './tree.js';
import { typeOf } from './types.js';

/** The values of a list. */
export type RuleListValues =
  | { readonly type: 'ip'; readonly ips: AddressList }
  | { readonly type: 'string'; readonly values: ReadonlySet<string> }
  | { readonly type: 'int'; readonly values: ReadonlySet<number> };
/** By their names, without the `$`. */
export type RuleLists = ReadonlyMap<string, RuleListValues>;

/** @throws TooLongToJudgeError, whose request must be denied */
export type CompiledFilter = (facts: RequestFactsForRules) => boolean;

/** @throws UnknownListError, ListTypeError */
export function compileFilter(filter: Filter, lists: RuleLists): CompiledFilter {
  switch (filter.kind) {
    case 'and':
      return conjunction(filter.operands.map((one) => compileFilter(one, lists)));
    case 'or':
      return disjunction(filter.operands.map((one) => compileFilter(one, lists)));
    case 'xor': {
      const parts = filter.operands.map((one) => compileFilter(one, lists));
      return (facts) => parts.filter((part) => part(facts)).length % 2 === 1;
    }
    case 'not': {
      const inner = compileFilter(filter.operand, lists);
      return (facts) => !inner(facts);
    }
    case 'any':
      return compileTest(filter.test, lists, 'any');
    case 'all':
      return compileTest(filter.test, lists, 'all');
    default:
      return compileTest(filter, lists, null);
  }
}

/** What a question takes that searches no text, in characters looked through. */
const EACH = 20;

interface Question {
  readonly holds: (value: never) => boolean;
  /** In characters looked through, but for those of the text. */
  readonly cost: number;
  /** Whether it goes through the whole text. */
  readonly searches: boolean;
}

function conjunction(parts: readonly CompiledFilter[]): CompiledFilter {
  return (facts) => {
    for (const part of parts) {
      if (!part(facts)) {
        return false;
      }
    }
    return true;
  };
}

function disjunction(parts: readonly CompiledFilter[]): CompiledFilter {
  return (facts) => {
    for (const part of parts) {
      if (part(facts)) {
        return true;
      }
    }
    return false;
  };
}

function compileTest(test: Test, lists: RuleLists, quantifier: 'any' | 'all' | null): CompiledFilter {
  if (typeOf(test.operand).type === 'ip') {
    return addressTest(test, lists);
  }
  const reader = readerOf(test.operand);
  // Without a quantifier `!=` is the opposite of `==`: no value is equal.
  if (quantifier === null && test.kind === 'compare' && test.operator === '!=' && reader.shape === 'many') {
    const equal = asked(reader, { holds: comparison('==', test.value.value), cost: EACH, searches: false }, 'any');
    return (facts) => !equal(facts);
  }
  const cost = EACH + (test.kind === 'in' ? test.members.length : 0);
  const searches = test.kind === 'contains' || test.kind === 'matches';
  return asked(reader, { holds: holds(test, lists), cost, searches }, quantifier ?? 'any');
}

function asked(reader: Reader, { holds, cost, searches }: Question, quantifier: 'any' | 'all'): CompiledFilter {
  const ask = (facts: RequestFactsForRules, value: Scalar): boolean => {
    facts.looked(searches ? cost + (value as string).length : cost);
    return holds(value as never);
  };
  if (reader.shape === 'one') {
    const { read } = reader;
    return (facts) => ask(facts, read(facts));
  }
  const { read } = reader;
  return quantifier === 'any'
    ? (facts) => read(facts).some((value) => ask(facts, value))
    : (facts) => {
        const values = read(facts);
        return values.length > 0 && values.every((value) => ask(facts, value));
      };
}

/** What is asked of one value, which is of the right type since the filter was checked. */
function holds(test: Test, lists: RuleLists): Question['holds'] {
  switch (test.kind) {
    case 'holds':
      return (value: boolean) => value;
    case 'compare':
      return comparison(test.operator, test.value.value);
    case 'contains':
      return (value: string) => value.includes(test.value);
    case 'matches': {
      const pattern = compilePattern(test.pattern);
      return (value: string) => pattern.test(value);
    }
    case 'in':
      return membership(test.members);
    case 'in-list': {
      const needed = typeOf(test.operand).type === 'int' ? 'int' : 'string';
      const { values } = listOf(test, lists, needed) as { values: ReadonlySet<Scalar> };
      return (value: Scalar) => values.has(value);
    }
  }
}

function comparison(operator: ComparisonOperator, constant: Scalar): (value: Scalar) => boolean {
  switch (operator) {
    case '==':
      return (value) => value === constant;
    case '!=':
      return (value) => value !== constant;
    case '<':
      return (value) => value < constant;
    case '<=':
      return (value) => value <= constant;
    case '>':
      return (value) => value > constant;
    case '>=':
      return (value) => value >= constant;
  }
}

function membership(members: readonly Member[]): (value: Scalar) => boolean {
  const ranges = members.flatMap((member) => (member.kind === 'range' ? [member] : []));
  const values = new Set<Scalar>(members.flatMap((member) => (member.kind === 'range' ? [] : [member.value])));
  return ranges.length === 0
    ? (value) => values.has(value)
    : (value) =>
        values.has(value) || ranges.some(({ low, high }) => (value as number) >= low && (value as number) <= high);
}

/** An unknown address is like none, and unlike none. */
function addressTest(test: Test, lists: RuleLists): CompiledFilter {
  if (test.kind === 'compare') {
    const text = test.value.value;
    return test.operator === '=='
      ? ({ address }) => address !== null && address.text === text
      : ({ address }) => address !== null && address.text !== text;
  }
  const prefixes = prefixesOf(test, lists);
  const { cost } = prefixes;
  return (facts) => {
    facts.looked(cost);
    return facts.address !== null && prefixes.has(facts.address);
  };
}

/** The addresses and ranges that a test allows. */
export function prefixesOf(test: Test, lists: RuleLists): AddressPrefixes {
  switch (test.kind) {
    case 'compare':
      return AddressPrefixes.of([String(test.value.value)]);
    case 'in':
      return AddressPrefixes.of(test.members.flatMap((member) => (member.kind === 'ip' ? [member.value] : [])));
    case 'in-list': {
      const { ips } = listOf(test, lists, 'ip') as { ips: AddressList };
      return AddressPrefixes.ofList(ips);
    }
    default:
      throw new TypeError(`The filter was not checked: ${test.kind} asks for no address.`);
  }
}

export function listOf(
  { list, listPlace }: { readonly list: string; readonly listPlace: Place },
  lists: RuleLists,
  needed: RuleListValues['type'],
): RuleListValues {
  const found = lists.get(list);
  if (!found) {
    throw new UnknownListError(listPlace, list);
  }
  if (found.type !== needed) {
    throw new ListTypeError(listPlace, list, needed, found.type);
  }
  return found;
}
