import { describe, expect, it } from 'vitest';
import {
  compileFilter,
  FILTER_LENGTH_MAX,
  FilterSyntaxError,
  ListTypeError,
  UnknownListError,
} from '../../src/modules/domain/filter/index.js';
import { parseFilter } from '../../src/modules/domain/filter/parse.js';
import { LISTS } from './support.js';

function refusalOf(text: string): FilterSyntaxError {
  try {
    parseFilter(text);
  } catch (error) {
    if (error instanceof FilterSyntaxError) {
      return error;
    }
    throw error;
  }
  throw new Error(`This was not refused: ${text}`);
}

/** What is wrong stands between the marks, which are taken out; with one mark the text ends there. */
const REFUSED: readonly (readonly [marked: string, message: RegExp])[] = [
  // Syntax.
  ['¦', /ends too early\. Expected not, \(, any, all or a field/],
  ['  \n ¦', /ends too early/],
  ['ssl and¦', /ends too early\. Expected not/],
  ['ssl ¦)¦', /does not belong here.*or the end of the filter/],
  ['(ssl¦', /ends too early.*or \)\./],
  ['¦)¦ssl', /Expected not/],
  ['(¦)¦', /Expected not/],
  ['ssl ¦ssl¦', /does not belong here/],
  ['ssl and ¦and¦ ssl', /Expected not/],
  ['ssl ¦not¦ ssl', /does not belong|Negate/],
  ['¦"a"¦ == http.host', /does not belong here/],
  ['¦5¦', /does not belong here/],
  ['¦$office¦', /does not belong here/],
  ['http.host ¦"x"¦', /Expected ==, !=, <, <=, >, >=, contains, matches, in/],
  ['http.host ==¦', /ends too early\. Expected "text", a number or an address/],
  ['http.host == ¦http.referer¦', /constant belongs/],
  ['http.host == ¦example.com¦', /double quotes/],
  ['ssl == ¦true¦', /write ssl, or not ssl/],
  ['http.host ¦=¦ "a"', /Write == to compare/],
  ["http.host == ¦'¦a'", /double quotes/],
  ['http.host == ¦"a¦', /no end/],
  ['http.host == ¦r#"a"¦', /no end/],
  ['http.host == "a" ¦&¦ ssl', /Write and, or &&/],
  ['http.host == "a" ¦|¦ ssl', /Write or, or \|\|/],
  ['http.host == "a" ¦^¦ ssl', /Write xor/],
  ['http.host == "a" ¦AND¦ ssl', /Write and in small letters/],
  ['¦NOT¦ ssl', /Write not in small letters/],
  ['http.host ¦not¦ in {"a"}', /not field in/],
  ['http.host in {"a"¦,¦ "b"}', /separated by spaces/],
  ['http.host in {¦}¦', /Expected "text"/],
  ['http.host in ¦"a"¦', /Expected \$list or \{/],
  ['http.host in ¦(¦"a")', /Expected \$list or \{/],
  ['http.host in ¦office¦', /Expected \$list or \{/],
  ['http.host in ¦$¦', /named as \$name/],
  ['http.host in {"a"¦', /ends too early/],
  ['http.host contains ¦5¦', /Expected "text"/],
  ['http.host matches ¦5¦', /Expected "text"/],
  ['ip.src in {10.0.0.1¦..¦10.0.0.9}', /write the network/],
  ['http.host == "a" ¦;¦', /does not belong here/],
  ['http.host == "a" ¦#¦ a remark', /does not belong here/],
  ['len(http.host¦', /ends too early/],
  ['any(ssl ¦and¦ ssl)', /or \)\./],
  ['http.request.headers[¦name¦] == "a"', /Expected "text"/],
  ['http.request.headers["a" ¦==¦ "a"', /Expected \]/],
  ['http.request.headers["a"][¦"b"¦] == "a"', /Expected a number or \*/],
  // Constants.
  [String.raw`http.host == "a¦\q¦"`, /is no escape/],
  [String.raw`http.host == "a¦\x¦4g"`, /is no escape/],
  [String.raw`http.host == "` + '\n' + String.raw`¦\q¦"`, /is no escape/],
  ['len(http.host) == ¦007¦', /leading zeros/],
  ['len(http.host) == ¦0x10¦', /in decimal/],
  ['len(http.host) == ¦9007199254740992¦', /2\^53/],
  ['len(http.host) == ¦1.5¦', /not an IPv4/],
  ['len(http.host) in {¦5..1¦}', /Nothing is in this range\. Write 1\.\.5/],
  ['ip.src == ¦10.0.0.256¦', /not an IPv4 or IPv6/],
  ['ip.src == ¦10.0.0.01¦', /not an IPv4 or IPv6/],
  ['ip.src in {¦10.0.0.1/8¦}', /write 10\.0\.0\.0\/8 for the network or 10\.0\.0\.1/],
  ['ip.src in {10.0.0.0/8 ¦10.0.0.0/33¦}', /not an IPv4 or IPv6/],
  ['ip.src in {¦::1::2¦}', /not an IPv4 or IPv6/],
  // Types.
  ['¦http.hots¦ == "a"', /There is no field "http\.hots"\. There are ip\.src, http\.host/],
  ['¦http.host¦', /Write http\.host == /],
  ['¦ip.src¦', /Write ip\.src == /],
  ['ssl and ¦len(http.host)¦', /Write len/],
  ['¦true¦', /stands by itself/],
  ['¦lower¦ == "a"', /is a function and needs its inputs/],
  ['http.host == ¦5¦', /compared with a text in double quotes, not with a whole number/],
  ['http.host == ¦10.0.0.1¦', /compared with a text/],
  ['len(http.host) == ¦"5"¦', /compared with a whole number/],
  ['ip.src == ¦"10.0.0.1"¦', /compared with an address, not with a text/],
  ['ip.src == ¦10.0.0.0/8¦', /This is a network: write ip\.src in/],
  ['¦ip.src < 10.0.0.1¦', /no order/],
  ['¦ip.src contains "10."¦', /contains asks texts/],
  ['¦ip.src matches "^10"¦', /matches asks texts/],
  ['¦len(http.host) contains "1"¦', /contains asks texts/],
  ['¦ssl contains "x"¦', /stands by itself/],
  ['¦ssl in {"x"}¦', /stands by itself/],
  ['ip.src in {10.0.0.1 ¦"a"¦}', /compared with an address/],
  ['http.host in {"a" ¦1..5¦}', /compared with a text/],
  ['¦http.host["a"]¦ == "a"', /takes nothing in brackets/],
  ['¦http.request.headers¦ == "a"', /needs a name in brackets/],
  ['¦http.request.headers["a b"]¦ == "a"', /not a name that a header can have/],
  ['¦http.request.headers["a"][-1]¦ == "a"', /from 0 to 999/],
  ['¦http.request.headers["a"][1000]¦ == "a"', /from 0 to 999/],
  ['¦http.request.headers["a"][*]¦ == "a"', /within any\(…\) or all\(…\) only/],
  ['any(¦http.request.headers["a"]¦ == "a")', /any asks each value/],
  ['all(¦http.host¦ == "a")', /all asks each value/],
  ['any(¦ssl¦)', /any asks each value/],
  ['¦foo(http.host)¦', /There is no function "foo"\. There are lower/],
  ['¦len()¦ == 1', /takes one input/],
  ['¦len(http.host, "a")¦ == 1', /takes one input/],
  ['¦starts_with(http.host)¦', /takes two inputs/],
  ['len(¦"a"¦) == 1', /takes a field of text first/],
  ['len(¦ip.src¦) == 1', /takes a field of text first/],
  ['lower(¦len(http.host)¦) == "a"', /takes a field of text first/],
  ['starts_with(http.host, ¦5¦)', /takes a text in quotes second/],
  ['starts_with(http.host, ¦http.referer¦)', /takes a text in quotes second/],
  ['ip.src in $office and http.host in ¦$office¦', /of type string here and of type ip before/],
  // What could never be equal, so that a rule would silently never act.
  ['http.host == ¦"API.example.com"¦', /always in small letters\. Write "api\.example\.com"/],
  ['http.host in {"a" ¦"B"¦}', /always in small letters/],
  ['http.request.method == ¦"get"¦', /always in capital letters\. Write "GET"/],
  ['¦http.host contains "Example"¦', /always in small letters/],
  ['ends_with(http.host, ¦".COM"¦)', /always in small letters/],
  ['lower(http.user_agent) == ¦"Bot"¦', /always in small letters/],
  ['starts_with(upper(http.user_agent), ¦"Bot"¦)', /always in capital letters/],
  // Patterns.
  ['http.host matches ¦"("¦', /RE2 syntax: .*missing closing/],
  ['http.host matches ¦"*"¦', /RE2 syntax/],
  ['http.host matches ¦"(?=a)"¦', /RE2 syntax/],
  ['http.host matches ¦r"(a)\\1"¦', /RE2 syntax/],
  ['http.host matches ¦"(x{1000}){1000}"¦', /RE2 syntax/],
  ['http.host matches ¦"a.{20}b"¦', /too many states/],
  ['http.host matches ¦"[ab]*a[ab]{12}c"¦', /too many states/],
  [`ssl and http.host matches ¦"${'a.'.repeat(257)}"¦`, /at most 512 characters/],
];

describe('A filter that is refused', () => {
  it.each(REFUSED)('%s', (marked, message) => {
    const [before = '', wrong = '', after = ''] = marked.split('¦');
    const text = before + wrong + after;
    const refusal = refusalOf(text);
    const { offset, length, line, column } = refusal;
    expect({ offset, length }).toEqual({ offset: before.length, length: wrong.length });
    const lines = before.split('\n');
    expect({ line, column }).toEqual({ line: lines.length, column: (lines.at(-1) ?? '').length + 1 });
    expect(refusal.message).toMatch(message);
  });

  it('tells what could have stood there', () => {
    expect(refusalOf('http.host in 5').expected).toEqual(['$list', '{']);
    expect(refusalOf('(ssl or ssl').expected).toContain(')');
  });

  it('points into later lines, whatever ends a line', () => {
    expect(refusalOf('ssl and\r\nssl and\n  5')).toMatchObject({ offset: 19, line: 3, column: 3 });
  });

  it('is not longer than the limit, as it is written and as it is printed', () => {
    const fits = `http.host == "${'a'.repeat(FILTER_LENGTH_MAX - 14 - 1)}"`;
    expect(fits).toHaveLength(FILTER_LENGTH_MAX);
    expect(parseFilter(fits)).toBeDefined();
    expect(refusalOf(`${fits} `).message).toMatch(/at most 4096 characters\. This one has 4097/);
    expect(refusalOf(`!ssl${'&&ssl'.repeat(800)}`).message).toMatch(/once it is written with words/);
  });

  it('holds nothing that cannot be stored', () => {
    expect(refusalOf('http.host == "\0"')).toMatchObject({ offset: 14, length: 1 });
    expect(refusalOf('http.host == "\ud83d"')).toMatchObject({ offset: 14, length: 1 });
    expect(parseFilter('http.host == "😀"')).toBeDefined();
  });

  it('is nested 32 deep at most, in whatever way', () => {
    const deep = (count: number, open: string, close: string) => `${open.repeat(count)}ssl${close.repeat(count)}`;
    expect(parseFilter(deep(32, '(', ')'))).toBeDefined();
    expect(parseFilter(deep(32, '!(', ')'))).toBeDefined();
    expect(refusalOf(deep(33, '(', ')'))).toMatchObject({ offset: 32, message: expect.stringMatching(/32 deep/) });
    expect(refusalOf(deep(33, 'lower(', ')')).message).toMatch(/32 deep/);
    expect(refusalOf('('.repeat(FILTER_LENGTH_MAX)).message).toMatch(/32 deep/);
    expect(parseFilter(`${'!'.repeat(4000)}ssl`)).toMatchObject({ kind: 'holds' });
  });

  it('has so many patterns at most, of a bounded size together', () => {
    const many = (count: number, pattern: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => `http.host ~ "${pattern(index)}"`).join(' or ');
    expect(parseFilter(many(32, (index) => `^a+${index}`))).toBeDefined();
    expect(refusalOf(many(33, (index) => `^a+${index}`)).message).toMatch(/at most 32 patterns/);
    expect(refusalOf(many(8, (index) => `^[a-f]{${100 + index}}[g-z]{100}`)).message).toMatch(/too large together/);
  });
});

describe('A filter whose lists do not fit', () => {
  function compileError(text: string): unknown {
    try {
      return compileFilter(parseFilter(text), LISTS);
    } catch (error) {
      return error;
    }
  }

  it('is refused where it names a list that is not there', () => {
    const error = compileError('ssl and\n ip.src in $none');
    expect(error).toBeInstanceOf(UnknownListError);
    expect(error).toMatchObject({ list: 'none', offset: 19, length: 5, line: 2, column: 12 });
  });

  it.each([
    ['ip.src in $words', 'ip', 'string'],
    ['http.host in $office', 'string', 'ip'],
    ['len(http.host) in $words', 'int', 'string'],
    ['http.host in $sizes', 'string', 'int'],
    ['any(http.request.headers["a"][*] in $sizes)', 'string', 'int'],
  ])('is refused where the list has another type: %s', (text, needed, found) => {
    const error = compileError(text);
    expect(error).toBeInstanceOf(ListTypeError);
    expect(error).toMatchObject({ needed, found, offset: text.indexOf('$'), line: 1 });
  });
});
