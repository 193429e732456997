import { describe, expect, it } from 'vitest';
import { AddressList } from '../../src/common/ip/index.js';
import {
  FILTER_LENGTH_MAX,
  requestFacts,
  type RequestParts,
  type RuleLists,
  TooLongToJudgeError,
} from '../../src/modules/domain/filter/index.js';
import { parseFilter } from '../../src/modules/domain/filter/parse.js';
import { compileRuleSet } from '../campaigns/filter/rule-sets.js';
import { REQUEST } from './support.js';

/** As long as Node lets in. */
const LONG = 15_000;
/** As many of the longest filters as a hub may have, in one domain. */
const RULES = 250;

const everyLength = Array.from({ length: 100 }, (_, index) => `2001:db8::/${index + 29}`);
const LISTS: RuleLists = new Map([['l', { type: 'ip', ips: AddressList.parse(everyLength) }]]);

/** Tests joined by `and`, as many as a filter can hold. */
function full(test: (index: number) => string): string {
  const tests: string[] = [];
  let length = 0;
  for (let index = 0; length < FILTER_LENGTH_MAX - 100; index += 1) {
    tests.push(test(index));
    length += test(index).length + ' and '.length;
  }
  return tests.join(' and ');
}

function judge(filter: string, change: Partial<RequestParts>, rules = RULES): number[] {
  const set = compileRuleSet(Array<ReturnType<typeof parseFilter>>(rules).fill(parseFilter(filter)), LISTS);
  return requestFacts({ ...REQUEST, rawHeaders: [], ...change }).flatMap((facts) => [...set.matches(facts)]);
}

const agent = (text: string): Partial<RequestParts> => ({ rawHeaders: ['User-Agent', text] });

describe('A request that it would take long to judge is not judged', () => {
  it.each<[string, string, Partial<RequestParts>]>([
    ['searches', full((index) => `not http.user_agent contains "aab${index}"`), agent('a'.repeat(LONG))],
    [
      'patterns',
      Array.from({ length: 30 }, (_, index) => `not http.user_agent matches "a.${index}"`).join(' and '),
      agent('a'.repeat(LONG)),
    ],
    ['letters made small', full((index) => `not lower(http.user_agent) == "x${index}"`), agent('ÿ'.repeat(LONG))],
    [
      'made small and great in turn',
      `not ${'upper(lower('.repeat(10)}http.user_agent${'))'.repeat(10)} == "A"`,
      agent('ÿ'.repeat(LONG)),
    ],
    [
      'lines of a header',
      full((index) => `not http.request.headers["a"] == "${index}"`),
      { rawHeaders: Array<string>(6000).fill('a') },
    ],
    ['arguments', full((index) => `not http.request.uri.args["a"] == "${index}"`), { url: `/?${'a&'.repeat(7000)}` }],
    [
      'numbers',
      `not any(len(http.request.uri.args["a"][*]) in {${Array.from({ length: 400 }, (_, index) => `${index + 5}..${index + 6}`).join(' ')}})`,
      { url: `/?${'a&'.repeat(7000)}` },
    ],
    [
      'arguments that begin',
      full(() => 'not starts_with(http.request.uri.args["a"], "b")'),
      { url: `/?${'a&'.repeat(7000)}` },
    ],
    ['networks of each length', full(() => 'not ip.src in $l'), {}],
  ])('%s', (_, filter, change) => {
    expect(() => judge(`${filter} and not ssl`, change)).toThrow(TooLongToJudgeError);
  });

  it('of which either reading would do: both count together', () => {
    const half = (url: string) =>
      judge('not http.user_agent contains "aab" and ssl', { url, ...agent('a'.repeat(LONG)) }, 100);
    expect(half('/a')).toHaveLength(100);
    expect(() => half('//a')).toThrow(TooLongToJudgeError);
  });

  it('where each of many rules reads another header, and names are long and alike', () => {
    const rules = Array.from({ length: RULES }, (_, rule) =>
      parseFilter(
        full((index) => `not len(http.request.headers["${'x'.repeat(50)}${10_000 + rule * 100 + index}"]) == 1`),
      ),
    );
    const lines = Array.from({ length: 550 }, (_, index) => (index % 2 ? '' : 'X'.repeat(55)));
    const [facts] = requestFacts({ ...REQUEST, rawHeaders: lines });
    expect(() => facts && [...compileRuleSet(rules, LISTS).matches(facts)]).toThrow(TooLongToJudgeError);
  });

  it('where each of many values finds each of many rules', () => {
    const rules = Array.from({ length: 1000 }, () =>
      parseFilter('http.request.uri.args["a"] contains "a" and http.request.uri.args["a"] contains "z"'),
    );
    const set = compileRuleSet(rules, LISTS);
    const [facts] = requestFacts({ ...REQUEST, url: `/?${'a=az&'.repeat(2000)}` });
    expect(() => facts && [...set.matches(facts)]).toThrow(TooLongToJudgeError);
  });

  it('where a long text is searched for what shares its beginning', () => {
    const rules = Array.from({ length: 1000 }, (_, index) =>
      parseFilter(`http.user_agent contains "aaaaaaaaaaaaaaaa${'a'.repeat(index % 200)}b${index}"`),
    );
    const set = compileRuleSet(rules, LISTS);
    const [facts] = requestFacts({ ...REQUEST, ...agent('a'.repeat(LONG)) });
    expect(() => facts && [...set.matches(facts)]).toThrow(TooLongToJudgeError);
  });
});

describe('A request is judged', () => {
  it.each<[string, number, string, Partial<RequestParts>]>([
    ['of the longest header', 100, 'not http.user_agent contains "aab"', agent('a'.repeat(LONG))],
    ['of a long header', 400, 'not lower(http.cookie) contains "x"', { rawHeaders: ['Cookie', 'a'.repeat(2000)] }],
    ['as browsers send them', 1000, 'not lower(http.user_agent) contains "x"', agent('a'.repeat(250))],
    [
      'of many lines',
      RULES,
      full(() => 'not len(http.cookie) == 1'),
      { rawHeaders: Array<string>(2000).fill('cookie') },
    ],
    ['with many arguments', 100, 'not http.request.uri.args["a"] == "b"', { url: `/?${'a&'.repeat(700)}` }],
  ])('%s, by each of %d rules', (_, rules, filter, change) => {
    expect(judge(filter, change, rules)).toHaveLength(rules);
  });
});
