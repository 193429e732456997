import { addressEntries, listOf, type RuleLists } from './compile.js';
import { AddressPrefixes, bitsOf } from './address-prefixes.js';
import { type RequestFactsForRules } from './facts.js';
import { compilePattern } from './pattern.js';
import { printOperand } from './print.js';
import { type Reader, readerOf } from './read.js';
import { type Filter, type Operand, type Test } from './tree.js';
import { isLiteral, typeOf } from './types.js';

/** What a filter needs to hold: one of the keys is a text that is read from the request, or how such a text begins. */
export interface KeyNeed {
  readonly kind: 'keys';
  /** What is read, and how it is compared; equal for equal needs. */
  readonly of: string;
  readonly begins: boolean;
  readonly keys: readonly string[];
  read(facts: RequestFactsForRules): readonly string[];
}
/** Every one of them is needed: any may be looked at; or at least one is: all must be. */
export type Need = KeyNeed | { readonly kind: 'every' | 'some'; readonly needs: readonly Need[] };

/** More of them cost more room than they save time. */
const KEYS_MAX = 256;
/** Beginnings are looked up by each length there is. */
const BEGINNING_LENGTH_MAX = 32;

/** Null where the filter may hold whatever the request is. */
export function needOf(filter: Filter, lists: RuleLists): Need | null {
  switch (filter.kind) {
    case 'and': {
      const needs = filter.operands.flatMap((one) => needOf(one, lists) ?? []);
      return needs.length > 0 ? { kind: 'every', needs } : null;
    }
    case 'or': {
      const needs = filter.operands.map((one) => needOf(one, lists));
      return needs.every((need) => need !== null) ? { kind: 'some', needs } : null;
    }
    case 'xor':
    case 'not':
      return null;
    // Of no values neither holds.
    case 'any':
    case 'all':
      return needOfTest(filter.test, lists);
    default:
      return needOfTest(filter, lists);
  }
}

function needOfTest(test: Test, lists: RuleLists): Need | null {
  const need = typeOf(test.operand).type === 'ip' ? addressNeed(test, lists) : textNeed(test, lists);
  return need && need.keys.length <= KEYS_MAX ? need : null;
}

function addressNeed(test: Test, lists: RuleLists): KeyNeed | null {
  if (test.kind === 'compare') {
    return test.operator === '==' ? addresses([String(test.value.value)]) : null;
  }
  return addresses(addressEntries(test, lists));
}

function addresses(entries: readonly string[]): KeyNeed {
  const keys = [...new AddressPrefixes(entries).prefixes];
  const read = ({ address }: RequestFactsForRules) => (address === null ? [] : [bitsOf(address)]);
  return { kind: 'keys', of: 'begins ip.src', begins: true, keys, read };
}

function textNeed(test: Test, lists: RuleLists): KeyNeed | null {
  const { operand } = test;
  switch (test.kind) {
    case 'compare':
      return test.operator === '==' && test.value.kind === 'string' ? whole(operand, [test.value.value]) : null;
    case 'in': {
      const keys = test.members.flatMap((member) => (member.kind === 'string' ? [member.value] : []));
      return keys.length === test.members.length ? whole(operand, keys) : null;
    }
    case 'in-list': {
      const list = typeOf(operand).type === 'string' ? listOf(test, lists, 'string') : null;
      return list?.type === 'string' ? whole(operand, [...list.values]) : null;
    }
    case 'matches': {
      const pattern = compilePattern(test.pattern);
      return pattern.whole === null ? beginning(operand, pattern.prefix) : whole(operand, [pattern.whole]);
    }
    case 'holds': {
      const [first, second] = operand.kind === 'call' && operand.name === 'starts_with' ? operand.inputs : [];
      return first && !isLiteral(first) && second?.kind === 'string' ? beginning(first, second.value) : null;
    }
    case 'contains':
      return null;
  }
}

function whole(operand: Operand, keys: readonly string[]): KeyNeed {
  return { kind: 'keys', of: `is ${printOperand(operand)}`, begins: false, keys, read: textsOf(operand) };
}

function beginning(operand: Operand, text: string): KeyNeed | null {
  const keys = [text.slice(0, BEGINNING_LENGTH_MAX)];
  return text === ''
    ? null
    : { kind: 'keys', of: `begins ${printOperand(operand)}`, begins: true, keys, read: textsOf(operand) };
}

function textsOf(operand: Operand): KeyNeed['read'] {
  const reader = readerOf(operand) as Reader<string>;
  return reader.shape === 'many' ? reader.read : (facts) => [reader.read(facts)];
}
