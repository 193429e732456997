import { describe, expect, it } from 'vitest';
import { AddressList, parseAddress } from '../../src/common/ip/index.js';
import {
  FIELDS,
  ListTypeError,
  printFilter,
  referencesOf,
  requestFacts,
  type RequestFactsForRules,
  type RequestParts,
  type RuleLists,
  UnknownListError,
} from '../../src/modules/domain/filter/index.js';
import { parseFilter } from '../../src/modules/domain/filter/parse.js';
import { compileRuleSet } from '../campaigns/filter/rule-sets.js';
import { facts, LISTS, REQUEST } from './support.js';

function setOf(...texts: string[]) {
  return compileRuleSet(texts.map(parseFilter), LISTS);
}

/** Facts that count how often they are read. */
function counted(): { reads: () => number; facts: RequestFactsForRules } {
  let reads = 0;
  const counting = new Proxy(facts(), {
    get: (target, name) => {
      reads += name === 'looked' ? 0 : 1;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
  return { reads: () => reads, facts: counting };
}

describe('A set of rules', () => {
  it('tells those that hold in their order, however they are found', () => {
    const many = [1, 2, 3, 4].map((index) => `http.request.uri.path == "/${index}"`);
    const set = setOf(
      'ssl',
      'ip.src in {203.0.113.0/24}',
      ...many,
      'http.request.uri.path == "/api/v1/domains/a"',
      'not ssl',
      'http.user_agent contains "Bot"',
      'http.request.uri.path == "/api/v1/domains/a" and ssl',
      'http.request.uri.path == "/api/v1/domains/a" and not ssl',
      'http.request.uri.path in {"/x" "/api/v1/domains/a"}',
    );
    expect([...set.matches(facts())]).toEqual([0, 1, 6, 8, 9, 11]);
  });

  it('asks no rule after the first that holds unless it is told to go on', () => {
    const set = setOf('not ssl', 'ssl', 'http.user_agent contains "x"');
    const { facts: counting, reads } = counted();
    expect(set.matches(counting).next().value).toBe(1);
    expect(reads()).toBe(2);
  });

  it('holds nothing where there is nothing', () => {
    expect([...setOf().matches(facts())]).toEqual([]);
  });

  it.each([
    ['addresses', (index: number) => `ip.src == 10.0.${index >> 8}.${index & 255}`],
    ['networks', (index: number) => `ip.src in {10.${index >> 8}.${index & 255}.0/24 2001:db8:${index}::/48}`],
    ['paths', (index: number) => `http.request.uri.path == "/${index}" and http.host == "api.example.com"`],
    ['beginnings', (index: number) => `http.request.uri.path matches "^/private/${index}/[a-z]+$"`],
    ['parts', (index: number) => `http.user_agent contains "crawler-${index}"`],
    ['endings', (index: number) => `ends_with(http.request.uri.path, ".${index}")`],
    ['headers', (index: number) => `http.request.headers["x-test"] == "v${index}"`],
    ['arguments', (index: number) => `any(http.request.uri.args["q"][*] in {"${index}" "x${index}"})`],
    ['one of two', (index: number) => `ip.src == 10.1.1.${index & 255} or http.request.uri.path == "/${index}"`],
  ])('asks the request once, not each of a thousand rules on %s', (_, rule) => {
    const set = setOf(...Array.from({ length: 1000 }, (_unused, index) => rule(index)));
    const { facts: counting, reads } = counted();
    expect([...set.matches(counting)]).toEqual([]);
    expect(reads()).toBeLessThan(50);
  });

  it('finds each of a thousand rules when it holds', () => {
    const rules = Array.from({ length: 1000 }, (_, index) => `http.user_agent contains "bot-${index};"`);
    const set = setOf(...rules);
    for (const index of [0, 1, 10, 99, 100, 999]) {
      expect([...set.matches(facts({ rawHeaders: ['User-Agent', `x bot-${index}; y`] }))]).toEqual([index]);
    }
  });

  it('finds parts within parts, in a long text, once', () => {
    const set = setOf(...['a', 'aa', 'aaa', 'ab', 'b'].map((part) => `http.user_agent contains "${part}"`));
    expect([...set.matches(facts({ rawHeaders: ['User-Agent', 'a'.repeat(16_000)] }))]).toEqual([0, 1, 2]);
    expect([...set.matches(facts({ rawHeaders: ['User-Agent', 'xab'] }))]).toEqual([0, 3, 4]);
  });

  it('is not fooled by keys that share their beginning beyond what is indexed', () => {
    const long = 'x'.repeat(100);
    const set = setOf(
      ...[1, 2, 3, 4, 5].map((index) => `starts_with(http.request.uri.path, "/${long}${index}")`),
      ...[1, 2, 3, 4, 5].map((index) => `http.user_agent contains "${long}${index}"`),
    );
    const request = { url: `/${long}3`, rawHeaders: ['User-Agent', `${long}4`] };
    expect([...set.matches(facts(request))]).toEqual([2, 8]);
  });

  it('knows an unknown address nowhere', () => {
    const set = setOf(...[1, 2, 3, 4].map((index) => `ip.src in {203.0.113.${index}/32 0.0.0.0/0}`));
    expect([...set.matches(facts({ address: null }))]).toEqual([]);
    expect([...set.matches(facts({ address: parseAddress('203.0.113.2') }))]).toEqual([0, 1, 2, 3]);
  });

  it('reads a list once, however many rules name it', () => {
    let reads = 0;
    const ips = AddressList.parse(Array.from({ length: 1000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`));
    const { ranges } = ips;
    Object.defineProperty(ips, 'ranges', {
      get: () => {
        reads += 1;
        return ranges;
      },
    });
    const lists: RuleLists = new Map([['blocked', { type: 'ip', ips }]]);
    const rules = Array.from({ length: 100 }, (_, index) =>
      parseFilter(`ip.src in $blocked and http.request.method != "M${index}"`),
    );
    const set = compileRuleSet(rules, lists);
    expect([...set.matches(facts({ address: parseAddress('10.0.3.231') }))].length).toBe(100);
    expect([...set.matches(facts())]).toEqual([]);
    expect(reads).toBe(1);
  });

  it('needs the lists that its rules name', () => {
    expect(() => setOf('ssl', 'ip.src in $none')).toThrow(UnknownListError);
    expect(() => setOf('http.host in $office')).toThrow(ListTypeError);
  });
});

describe('What a filter reads', () => {
  it('is told by fields and lists', () => {
    const { fields, lists, patterns } = referencesOf(
      parseFilter(
        'not (ip.src in $office or any(lower(http.request.headers["a"][*]) in $words)) and ' +
          'len(http.request.uri) in $sizes and http.host ~ "^a" and http.host ~ "a+" and ssl',
      ),
    );
    expect([...fields].sort()).toEqual(['http.host', 'http.request.headers', 'http.request.uri', 'ip.src', 'ssl']);
    expect([...lists]).toEqual([
      ['office', 'ip'],
      ['words', 'string'],
      ['sizes', 'int'],
    ]);
    expect(patterns).toBe(1);
  });

  it('is of the catalogue, where each field is described', () => {
    expect(FIELDS.map(({ name, description }) => [name, description.endsWith('.')])).toEqual(
      FIELDS.map(({ name }) => [name, true]),
    );
    expect(new Set(FIELDS.map(({ name }) => name)).size).toBe(FIELDS.length);
  });

  it('does not read headers or arguments that nobody asks for', () => {
    const request: RequestParts = {
      ...REQUEST,
      get rawHeaders(): never {
        throw new Error('Nobody asked.');
      },
    };
    const set = setOf('ssl', 'http.request.uri.path contains "domains"', 'ip.src in $office');
    const [reading] = requestFacts(request);
    expect(reading && [...set.matches(reading)]).toEqual([0, 1, 2]);
  });
});

describe('The printed filter', () => {
  it.each([
    ['((ssl))&&!(http.host=="a"||ssl)', 'ssl and not (http.host == "a" or ssl)'],
    ['ssl and (ssl and ssl)', 'ssl and ssl and ssl'],
    ['(ssl or ssl) or (ssl xor ssl)', 'ssl or ssl or ssl xor ssl'],
    ['(ssl or ssl) xor (ssl and ssl)', '(ssl or ssl) xor ssl and ssl'],
    ['not not not ssl', 'not ssl'],
    ['not (ssl)', 'not ssl'],
    ['http.host eq r"a" and len(http.host) ge 1', 'http.host == "a" and len(http.host) >= 1'],
    ['ip.src in {::FFFF:10.0.0.0/104   2001:DB8::}', 'ip.src in {10.0.0.0/8 2001:db8::}'],
    ['http.user_agent contains "\\x41\\x00\n"', 'http.user_agent contains "A\\x00\\n"'],
    ['http.user_agent ~ "\\"a\\d"', 'http.user_agent matches r#""a\\d"#'],
    ['http.user_agent ~ r##"a"#b"##', 'http.user_agent matches r##"a"#b"##'],
    ['any(lower(http.request.headers["A"][*])[*] == "b")', 'any(lower(http.request.headers["A"][*]) == "b")'],
    ['len(http.host) in {1..3  -5}', 'len(http.host) in {1..3 -5}'],
  ])('%s', (text, printed) => {
    expect(printFilter(parseFilter(text))).toBe(printed);
    expect(printFilter(parseFilter(printed))).toBe(printed);
  });
});
