import fc, { type Arbitrary } from 'fast-check';
import { RE2JS } from 're2js';
import { AddressList } from '../../../src/common/ip/index.js';
import {
  compileFilter,
  type Filter,
  FILTER_LENGTH_MAX,
  FilterSyntaxError,
  printFilter,
  referencesOf,
  requestFacts,
  type RequestParts,
  type RuleLists,
} from '../../../src/modules/domain/filter/index.js';
import { parseFilter } from '../../../src/modules/domain/filter/parse.js';
import { compilePattern, PatternError } from '../../../src/modules/domain/filter/pattern.js';
import { anyFilter, anyInput, anyPattern, anyRequest, anySubject, LIST_NAMES } from './arbitraries.js';
import { compileRuleSet } from './rule-sets.js';

export const LISTS: RuleLists = new Map([
  [LIST_NAMES.ip, { type: 'ip', ips: AddressList.parse(['10.0.0.1', '2001:db8::/32']) }],
  [LIST_NAMES.string, { type: 'string', values: new Set(['a', 'ab', '/a/b']) }],
  [LIST_NAMES.int, { type: 'int', values: new Set([0, 1, 4]) }],
]);

/** A filter without the places of its parts. */
export function withoutPlaces(filter: Filter): unknown {
  return JSON.parse(JSON.stringify(filter), (key, value: unknown) => (/place$/i.test(key) ? undefined : value));
}

/** Something that is always so: throws where it is not. */
export interface Property {
  readonly name: string;
  readonly check: (runs: number, seed?: number) => void;
}

export const PROPERTIES: readonly Property[] = [
  property('a filter that is printed and read again is the same filter', fc.tuple(anyFilter), ([filter]) => {
    const text = printFilter(filter);
    const again = parseFilter(text);
    return same(withoutPlaces(again), withoutPlaces(filter)) && printFilter(again) === text;
  }),
  property('any text is read, or refused at a place in it', fc.tuple(anyInput, anyRequest), ([text, request]) => {
    const filter = readOrRefused(text);
    if (filter === null) {
      return true;
    }
    const printed = printFilter(filter);
    const again = parseFilter(printed);
    return (
      same(withoutPlaces(again), withoutPlaces(filter)) && same(verdicts(again, request), verdicts(filter, request))
    );
  }),
  property(
    'a set of rules answers as the rules do one by one',
    fc.tuple(fc.array(anyFilter, { maxLength: 30 }), anyRequest),
    ([filters, request]) => {
      const set = compileRuleSet(filters, LISTS);
      return requestFacts(request).every((facts) => {
        const byOne = filters.flatMap((filter, position) => (compileFilter(filter, LISTS)(facts) ? [position] : []));
        return same([...set.matches(facts)], byOne);
      });
    },
  ),
  property('a pattern matches what RE2 matches', fc.tuple(anyPattern, anySubject), ([pattern, subject]) => {
    const ours = patternOrNull(pattern);
    return ours === null || (ours.test(subject) === RE2JS.compile(pattern).test(subject) && fits(ours, subject));
  }),
];

/** What a pattern tells of the texts that it matches is so. */
function fits(pattern: ReturnType<typeof compilePattern>, subject: string): boolean {
  const { prefix, part, whole } = pattern;
  return (
    !pattern.test(subject) ||
    (subject.startsWith(prefix) && subject.includes(part) && (whole === null || whole === subject))
  );
}

function patternOrNull(pattern: string): ReturnType<typeof compilePattern> | null {
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (error instanceof PatternError) {
      return null;
    }
    throw error;
  }
}

function verdicts(filter: Filter, request: RequestParts): boolean[] {
  const byType = new Map([...LISTS.values()].map((list) => [list.type, list]));
  const lists = [...referencesOf(filter).lists].flatMap(([name, type]) => {
    const list = byType.get(type);
    return list ? [[name, list] as const] : [];
  });
  const holds = compileFilter(filter, new Map(lists));
  return requestFacts(request).map((facts) => holds(facts));
}

function readOrRefused(text: string): Filter | null {
  try {
    return parseFilter(text);
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) {
      throw error;
    }
    const { offset, length, line, column, message } = error;
    const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
    if (offset < 0 || offset + length > Math.max(text.length, FILTER_LENGTH_MAX) || message === '') {
      throw new Error(`The place is not in the text: ${offset}, ${length}`, { cause: error });
    }
    if (line !== lines.length || column !== (lines.at(-1) ?? '').length + 1) {
      throw new Error(`Line ${line}, column ${column} is not offset ${offset}`, { cause: error });
    }
    return null;
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function property<T>(name: string, values: Arbitrary<T>, holds: (value: T) => boolean): Property {
  return {
    name,
    check: (numRuns, seed) => {
      fc.assert(fc.property(values, holds), { numRuns, ...(seed === undefined ? {} : { seed }) });
    },
  };
}
