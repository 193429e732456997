import fc, { type Arbitrary } from 'fast-check';
import {
  type ComparisonOperator,
  type Condition,
  type Filter,
  type Literal,
  type Logic,
  type Member,
  type Operand,
  type Place,
  printFilter,
  type RequestParts,
  type Test,
} from '../../../src/modules/domain/filter/index.js';
import { parseAddress } from '../../../src/common/ip/index.js';

const NOWHERE: Place = { offset: 0, length: 0, line: 1, column: 1 };
const at = { place: NOWHERE };

/** Few and short, so that requests often are what filters ask for. */
const TEXTS = ['', 'a', 'b', 'ab', 'abc', '/a', '/a/b', '/api/', 'x"y', 'back\\slash', '\n\t\x00\x7f', 'é', '😀', '#"'];
const PATTERNS = [
  '',
  ...words(String.raw`a ^/a b$ ^/a/b$ ^ab+ ^/ab? ^/a|b a.*b [^/]+/ " a"#b \" \\ \. é (?i)AB \bab\b ^$ \d{1,3} (?m)^b`),
  ...words(String.raw`\pL . 😀 (a|b)*c ^(?:/a)+ [[:alpha:]] \x61`),
];
const KEYS = ['a', 'x-test', 'User-Agent'];
export const LIST_NAMES = { ip: 'ips', string: 'texts', int: 'numbers-1.x' } as const;
const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.1.2.3', '203.0.113.7', '2001:db8::1', '::1'];
const RANGES = ['10.0.0.0/8', '10.0.0.0/31', '2001:db8::/32', '0.0.0.0/0', '::/0', ...ADDRESSES];

const anyText = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'grapheme', maxLength: 8 }));
const anyInt = fc.oneof(fc.integer({ min: -3, max: 12 }), fc.maxSafeInteger());

interface Typed {
  readonly operand: Operand;
  readonly type: 'string' | 'int' | 'ip' | 'boolean';
  /** Into the letters that the operand has. */
  readonly letters: (text: string) => string;
}

function field(name: string, key: string | null = null, index: number | 'each' | null = null): Operand {
  return { kind: 'field', name, key, index, ...at };
}

const same = (text: string) => text;
const lower = (text: string) => text.toLowerCase();
const upper = (text: string) => text.toUpperCase();

const scalarText: Arbitrary<Typed> = fc
  .constantFrom(
    ...['uri', 'uri.path', 'uri.query'].map((name) => ({ name: `http.request.${name}`, letters: same })),
    ...['user_agent', 'referer', 'cookie', 'x_forwarded_for'].map((name) => ({ name: `http.${name}`, letters: same })),
    { name: 'http.host', letters: lower },
    { name: 'http.request.method', letters: upper },
  )
  .map(({ name, letters }) => ({ operand: field(name), type: 'string', letters }));

function texts(index: Arbitrary<number | 'each' | null>): Arbitrary<Typed> {
  return fc
    .tuple(fc.constantFrom('http.request.uri.args', 'http.request.headers'), fc.constantFrom(...KEYS), index)
    .map(([name, key, at_]) => ({ operand: field(name, key, at_), type: 'string', letters: same }));
}

/** The text itself, or a function of it. */
function called(inner: Arbitrary<Typed>): Arbitrary<Typed> {
  const once = fc
    .tuple(inner, fc.constantFrom('lower', 'upper', 'len', 'starts_with', 'ends_with'), anyText)
    .map(([{ operand, letters }, name, text]): Typed => {
      const second: Literal[] = name.endsWith('_with') ? [{ kind: 'string', value: letters(text), ...at }] : [];
      return {
        operand: { kind: 'call', name, inputs: [operand, ...second], ...at },
        type: name === 'len' ? 'int' : second.length > 0 ? 'boolean' : 'string',
        letters: name === 'lower' ? lower : name === 'upper' ? upper : same,
      };
    });
  return fc.oneof(inner, once);
}

const single: Arbitrary<Typed> = fc.oneof(
  { weight: 4, arbitrary: called(fc.oneof(scalarText, texts(fc.constantFrom(null, 0, 1)))) },
  { weight: 1, arbitrary: fc.constant<Typed>({ operand: field('ip.src'), type: 'ip', letters: same }) },
  { weight: 1, arbitrary: fc.constant<Typed>({ operand: field('ssl'), type: 'boolean', letters: same }) },
);

function literal({ type, letters }: Typed, ranges: boolean): Arbitrary<Literal> {
  switch (type) {
    case 'int':
      return anyInt.map((value) => ({ kind: 'int', value, ...at }));
    case 'ip':
      return fc.constantFrom(...(ranges ? RANGES : ADDRESSES)).map((value) => ({ kind: 'ip', value, ...at }));
    default:
      return anyText.map((value) => ({ kind: 'string', value: letters(value), ...at }));
  }
}

function member(typed: Typed): Arbitrary<Member> {
  const range = fc.tuple(anyInt, anyInt).map(([one, other]): Member => {
    return { kind: 'range', low: Math.min(one, other), high: Math.max(one, other), ...at };
  });
  return typed.type === 'int' ? fc.oneof(literal(typed, true), range) : literal(typed, true);
}

function test(from: Arbitrary<Typed>): Arbitrary<Test> {
  return from.chain((typed): Arbitrary<Test> => {
    const { operand, type } = typed;
    if (type === 'boolean') {
      return fc.constant({ kind: 'holds', operand, ...at });
    }
    const operators: ComparisonOperator[] = type === 'ip' ? ['==', '!='] : ['==', '!=', '<', '<=', '>', '>='];
    const compared = fc
      .tuple(fc.constantFrom(...operators), literal(typed, false))
      .map(([operator, value]): Test => ({ kind: 'compare', operator, operand, value, ...at }));
    const inBraces = fc
      .array(member(typed), { minLength: 1, maxLength: 4 })
      .map((members): Test => ({ kind: 'in', operand, members, ...at }));
    const inList = fc.constant<Test>({ kind: 'in-list', operand, list: LIST_NAMES[type], listPlace: NOWHERE, ...at });
    const contains = anyText.map((text): Test => ({ kind: 'contains', operand, value: typed.letters(text), ...at }));
    const matches = fc
      .constantFrom(...PATTERNS)
      .map((pattern): Test => ({ kind: 'matches', operand, pattern, patternPlace: NOWHERE, ...at }));
    return type === 'string'
      ? fc.oneof(compared, inBraces, inList, contains, matches)
      : fc.oneof(compared, inBraces, inList);
  });
}

const quantified: Arbitrary<Condition> = fc
  .tuple(fc.constantFrom('any' as const, 'all' as const), test(called(texts(fc.constant('each')))))
  .map(([kind, inner]) => ({ kind, test: inner, ...at }));

function logic(kind: Logic['kind'], operands: readonly Condition[]): Condition {
  return { kind, operands: operands.flatMap((one) => (one.kind === kind ? one.operands : [one])), ...at };
}

/** Filters as the parser makes them, apart from the places. */
export const anyFilter: Arbitrary<Filter> = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    test(single),
    quantified,
    tie('condition').map((operand): Condition =>
      operand.kind === 'not' ? operand.operand : { kind: 'not', operand, ...at },
    ),
    fc
      .tuple(fc.constantFrom('and', 'xor', 'or'), fc.array(tie('condition'), { minLength: 2, maxLength: 3 }))
      .map(([kind, operands]) => logic(kind, operands)),
  ),
})).condition;

const HEADER_VALUES = ['a', 'b', 'ab', 'abc', 'AB', '', 'x"y', 'é'];
const headerLine = fc.tuple(
  fc.constantFrom('a', 'x-test', 'X-Test', 'User-Agent', 'cookie', 'referer'),
  fc.constantFrom(...HEADER_VALUES),
);

/** Requests that the filters above often fit. */
export const anyRequest: Arbitrary<RequestParts> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'A', 'AB'),
  url: fc
    .tuple(
      fc.constantFrom(
        '/',
        '/a',
        '/a/b',
        '/api/',
        '//a',
        '/x/../a/b',
        '/%61',
        '/ab',
        '/%C3%A9',
        '/%F0%9F%98%80',
        '/%zz',
      ),
      fc.constantFrom('', '?', '?a=a', '?a=b&a=ab', '?x-test=abc&b', '?a=%61b', '?%zz=%zz'),
    )
    .map((parts) => parts.join('')),
  rawHeaders: fc.array(headerLine, { maxLength: 10 }).map((lines) => lines.flat()),
  address: fc.constantFrom(...ADDRESSES.map(parseAddress), null),
  host: fc.constantFrom('a', 'ab', 'b', 'example.com'),
  scheme: fc.constantFrom('http' as const, 'https' as const),
});

const PIECES = [
  ...words('and or xor not && || ^^ ! ( ) { } [ ] [*] [0] == != <= >= < > = eq ne lt le gt ge contains matches ~ in ,'),
  ...words(
    'ip.src http.host http.request.uri.path http.request.method ssl lower len any( all( starts_with( .. $ips $texts',
  ),
  ...words(
    'http.request.headers["a"] http.request.uri.args["x"][*] "a" " r"a" r#" "# 1 -5 1..5 007 9999999999999999999',
  ),
  ...words(String.raw`"\x41" "\q" 10.0.0.1 10.0.0.0/8 10.0.0.1/8 ::1 1.2 fe80::1%1 \ # @ x ' é 😀`),
  ' ',
  '\n',
  '\r\n',
  '\t',
  '\0',
  '\ud800',
];

/** Filters as other people would write them. */
const respelt: Arbitrary<string> = fc
  .tuple(anyFilter.map(printFilter), fc.boolean())
  .map(([text, signs]) =>
    signs
      ? text.replaceAll(' and ', '&&').replaceAll(' or ', ' ||').replaceAll('not ', '! ').replaceAll(' == ', ' eq ')
      : `\t( ${text.replaceAll(' ', '  ')})\r\n`,
  );

/** With a piece in a place where it may not belong, and something taken away there. */
const spoilt: Arbitrary<string> = fc
  .tuple(respelt, fc.nat(), fc.nat(3), fc.constantFrom(...PIECES))
  .map(([text, place, gone, piece]) => {
    const at_ = place % (text.length + 1);
    return `${text.slice(0, at_)}${piece}${text.slice(at_ + gone)}`;
  });

/** Texts that are filters or nearly, look like filters, and whatever else. */
export const anyInput: Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: respelt },
  { weight: 3, arbitrary: spoilt },
  { weight: 2, arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 24 }).map((pieces) => pieces.join(' ')) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 24 }).map((pieces) => pieces.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
);

const PATTERN_PIECES = [
  ...words(String.raw`a b é 😀 . ^ $ | ( ) (?: (?i) (?s) (?m) [ab] [^a] \b \B \d \w \W \s \. \A \z \pL`),
  ...words('* + ? *? {2} {0,3} / -'),
  '\n',
];

/** Patterns made of what patterns are made of. */
export const anyPattern: Arbitrary<string> = fc.oneof(
  fc.constantFrom(...PATTERNS),
  fc.array(fc.constantFrom(...PATTERN_PIECES), { maxLength: 10 }).map((pieces) => pieces.join('')),
);

export const anySubject: Arbitrary<string> = fc
  .array(fc.constantFrom('a', 'b', 'A', 'é', 'É', '😀', '\ud83d', '/', '.', '-', '1', '\n', ' ', '_', 'ſ', 'K'), {
    maxLength: 12,
  })
  .map((pieces) => pieces.join(''));

function words(text: string): string[] {
  return text.split(' ');
}
