import { type AddressPrefixes, bitsOf } from './address-prefixes.js';
import { listOf, prefixesOf, type RuleLists } from './compile.js';
import { type RequestFactsForRules } from './facts.js';
import { compilePattern } from './pattern.js';
import { printOperand } from './print.js';
import { type Reader, readerOf } from './read.js';
import { type CallOperand, type Filter, type Operand, type Test } from './tree.js';
import { isLiteral, typeOf } from './types.js';

/** What a filter needs to hold: a text of the request is one of the keys, or begins with one, or contains one. */
export interface KeyNeed {
  readonly kind: 'keys';
  readonly fit: 'is' | 'begins' | 'contains';
  /** What is read, and how it is to fit; the same text for the same need. */
  readonly of: string;
  readonly keys: readonly string[];
  readonly read: (facts: RequestFactsForRules) => readonly string[];
}
/** Every one of them is needed: any may be looked at; or at least one is: all must be. */
export type Need = KeyNeed | { readonly kind: 'every' | 'some'; readonly needs: readonly Need[] };

/** Of a filter: more of them cost more room than they save time. */
const KEYS_MAX = 512;
/** Beginnings are looked up by each length there is, and parts take room by their length. */
const BEGINNING_LENGTH_MAX = 32;
const PART_LENGTH_MAX = 16;
/** Rules are of one host: whoever asks for it is asked at each request all the same. */
const HOST = 'is http.host';

const NOTHING: readonly string[] = [];

/** Null where the filter may hold whatever the request is. No more than {@link KEYS_MAX} keys all together. */
export function needOf(filter: Filter, lists: RuleLists): Need | null {
  switch (filter.kind) {
    case 'and':
      return everyOf(filter.operands.map((one) => needOf(one, lists)));
    case 'or':
      return someOf(filter.operands.map((one) => needOf(one, lists)));
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

/** As many as there is room for, those of few keys first: any of them tells where the filter cannot hold. */
function everyOf(parts: readonly (Need | null)[]): Need | null {
  const found = parts.filter((need) => need !== null);
  const telling = found.filter((need) => need.kind !== 'keys' || need.of !== HOST);
  const kept: Need[] = [];
  let keys = 0;
  for (const need of (telling.length > 0 ? telling : found).toSorted((one, other) => keysOf(one) - keysOf(other))) {
    keys += keysOf(need);
    if (keys <= KEYS_MAX) {
      kept.push(need);
    }
  }
  return kept.length > 0 ? { kind: 'every', needs: kept } : null;
}

function someOf(parts: readonly (Need | null)[]): Need | null {
  const needs = [...new Set(parts)];
  return needs.every((need) => need !== null) && needs.reduce((sum, need) => sum + keysOf(need), 0) <= KEYS_MAX
    ? { kind: 'some', needs }
    : null;
}

function keysOf(need: Need): number {
  return need.kind === 'keys' ? need.keys.length : need.needs.reduce((sum, one) => sum + keysOf(one), 0);
}

function needOfTest(test: Test, lists: RuleLists): Need | null {
  return typeOf(test.operand).type === 'ip' ? addressNeed(test, lists) : textNeed(test, lists);
}

/** Unlike an address is nearly every one. */
function addressNeed(test: Test, lists: RuleLists): KeyNeed | null {
  if (test.kind === 'compare' && test.operator !== '==') {
    return null;
  }
  const prefixes = prefixesOf(test, lists);
  let need = ofPrefixes.get(prefixes);
  if (need === undefined) {
    const keys = prefixes.prefixes.size > KEYS_MAX ? null : [...prefixes.prefixes];
    need = keys && { kind: 'keys', fit: 'begins', of: 'begins ip.src', keys, read: readAddress };
    ofPrefixes.set(prefixes, need);
  }
  return need;
}

/** Filters that name one list share what they need. */
const ofPrefixes = new WeakMap<AddressPrefixes, KeyNeed | null>();

function readAddress({ address }: RequestFactsForRules): readonly string[] {
  return address === null ? NOTHING : [bitsOf(address)];
}

function textNeed(test: Test, lists: RuleLists): KeyNeed | null {
  const { operand } = test;
  switch (test.kind) {
    case 'compare':
      return test.operator === '==' && test.value.kind === 'string' ? keyed('is', operand, [test.value.value]) : null;
    case 'in': {
      const keys = test.members.flatMap((member) => (member.kind === 'string' ? [member.value] : []));
      return keys.length === test.members.length ? keyed('is', operand, keys) : null;
    }
    case 'in-list': {
      const list = typeOf(operand).type === 'string' ? listOf(test, lists, 'string') : null;
      return list?.type === 'string' && list.values.size <= KEYS_MAX ? keyed('is', operand, [...list.values]) : null;
    }
    case 'contains':
      return keyed('contains', operand, [test.value]);
    case 'matches': {
      const { whole, prefix, part } = compilePattern(test.pattern);
      return whole === null
        ? (keyed('begins', operand, [prefix]) ?? keyed('contains', operand, [part]))
        : keyed('is', operand, [whole]);
    }
    case 'holds':
      return operand.kind === 'call' ? calledNeed(operand) : null;
  }
}

function calledNeed({ name, inputs: [first, second] }: CallOperand): KeyNeed | null {
  if (!first || isLiteral(first) || second?.kind !== 'string') {
    return null;
  }
  return keyed(name === 'starts_with' ? 'begins' : 'contains', first, [second.value]);
}

/** Null if every text would fit, or there are too many. */
function keyed(fit: KeyNeed['fit'], operand: Operand, texts: readonly string[]): KeyNeed | null {
  if (texts.length > KEYS_MAX) {
    return null;
  }
  const length = { is: Infinity, begins: BEGINNING_LENGTH_MAX, contains: PART_LENGTH_MAX }[fit];
  const keys = texts.map((text) => text.slice(0, length));
  if (fit !== 'is' && keys.includes('')) {
    return null;
  }
  const reader = readerOf(operand) as Reader<string>;
  const read: KeyNeed['read'] = reader.shape === 'many' ? reader.read : (facts) => [reader.read(facts)];
  return { kind: 'keys', fit, of: `${fit} ${printOperand(operand)}`, keys, read };
}
