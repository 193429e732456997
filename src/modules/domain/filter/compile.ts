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

/** Never throws. */
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
    const equal = asked(reader, comparison('==', test.value.value), 'any');
    return (facts) => !equal(facts);
  }
  return asked(reader, question(test, lists), quantifier ?? 'any');
}

function asked(reader: Reader, holds: (value: never) => boolean, quantifier: 'any' | 'all'): CompiledFilter {
  const one = holds as (value: Scalar) => boolean;
  if (reader.shape === 'one') {
    const { read } = reader;
    return (facts) => one(read(facts));
  }
  const { read } = reader;
  return quantifier === 'any'
    ? (facts) => read(facts).some((value) => one(value))
    : (facts) => {
        const values = read(facts);
        return values.length > 0 && values.every((value) => one(value));
      };
}

/** What is asked of one value, which is of the right type since the filter was checked. */
function question(test: Test, lists: RuleLists): (value: never) => boolean {
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
  const prefixes = new AddressPrefixes(addressEntries(test, lists));
  return ({ address }) => address !== null && prefixes.has(address);
}

/** The addresses and ranges that a test for membership allows. */
export function addressEntries(test: Test, lists: RuleLists): readonly string[] {
  if (test.kind === 'in-list') {
    const { ips } = listOf(test, lists, 'ip') as { ips: AddressList };
    return ips.entries;
  }
  return test.kind === 'in' ? test.members.map((member) => (member.kind === 'ip' ? member.value : '')) : [];
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
