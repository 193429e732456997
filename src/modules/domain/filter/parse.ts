import { EOF, type IToken, Lexer, type TokenType } from 'chevrotain';
import { checkFilter } from './check.js';
import { FilterSyntaxError, shown } from './filter.errors.js';
import { FilterParser } from './parser.js';
import { placeIn, placeOf } from './places.js';
import { printFilter } from './print.js';
import * as t from './tokens.js';
import { type Condition, type Filter, FILTER_LENGTH_MAX, type Place } from './tree.js';

/** Parentheses of groups and of functions. */
const NESTED_MAX = 32;
/** Half a surrogate pair has no UTF-8, and SQLite ends texts at NUL. */
const UNSTORABLE = /\0|\p{Cs}/u;

interface Machine {
  readonly lexer: Lexer;
  readonly parser: FilterParser;
}

let machine: Machine | undefined;

/** Analyses the grammar, once. */
function theMachine(): Machine {
  machine ??= { lexer: new Lexer(t.TOKENS, { positionTracking: 'full' }), parser: new FilterParser() };
  return machine;
}

/**
 * Reads a filter, in a time in proportion to its length; types and patterns are checked.
 * @throws FilterSyntaxError that points at the first place that does not belong there
 */
export function parseFilter(text: string): Filter {
  assertReadable(text);
  const filter = read(text);
  checkFilter(filter);
  if (printFilter(filter).length > FILTER_LENGTH_MAX) {
    throw tooLong(text, 'This filter is longer than that once it is written with words and spaces.');
  }
  return filter;
}

function read(text: string): Condition {
  const { lexer, parser } = theMachine();
  const { tokens } = lexer.tokenize(text);
  assertShallow(tokens);
  parser.input = tokens;
  parser.bareEnd = -1;
  const filter = parser.filter();
  const [error] = parser.errors;
  if (error) {
    throw refusal(text, tokens, error.token, error.message.split('\n'), parser.bareEnd);
  }
  return filter;
}

function assertReadable(text: string): void {
  if (text.length > FILTER_LENGTH_MAX) {
    throw tooLong(text, `This one has ${text.length}.`);
  }
  const offset = text.search(UNSTORABLE);
  if (offset >= 0) {
    throw new FilterSyntaxError(
      placeIn(text, offset, 1),
      'NUL and halves of surrogate pairs cannot be part of a filter. Write \\x00 for NUL.',
    );
  }
}

function tooLong(text: string, detail: string): FilterSyntaxError {
  const place = placeIn(text, 0, text.length);
  return new FilterSyntaxError(place, `A filter has at most ${FILTER_LENGTH_MAX} characters. ${detail} Use a $list.`);
}

/** Recursion goes by parentheses only. */
function assertShallow(tokens: readonly IToken[]): void {
  let open = 0;
  for (const token of tokens) {
    open += token.tokenType === t.Open ? 1 : token.tokenType === t.Close ? -1 : 0;
    if (open > NESTED_MAX) {
      throw new FilterSyntaxError(placeOf(token), `Parentheses are nested at most ${NESTED_MAX} deep.`);
    }
  }
}

/** @param bareEnd where an operand ended that nothing was asked of */
function refusal(
  text: string,
  tokens: readonly IToken[],
  token: IToken,
  expected: readonly string[],
  bareEnd: number,
): FilterSyntaxError {
  const ended = token.tokenType === EOF;
  const before = ended ? tokens.at(-1) : tokens[tokens.indexOf(token) - 1];
  const bare = before !== undefined && before.startOffset + before.image.length === bareEnd;
  if (bare && isShouted(before)) {
    return new FilterSyntaxError(placeOf(before), inSmallLetters(before));
  }
  const wanted = bare ? [...COMPARISONS, ...expected] : expected;
  const place: Place = ended ? placeIn(text, text.length, 0) : placeOf(token);
  const found = ended ? 'The filter ends too early.' : reason(token, before);
  return new FilterSyntaxError(place, `${found} Expected ${listed(wanted)}.`, wanted);
}

/** A word of the language in capital letters, which is read as a field. */
function isShouted({ tokenType, image }: IToken): boolean {
  return tokenType === t.Name && WORDS.has(image.toLowerCase());
}

function inSmallLetters({ image }: IToken): string {
  return `Write ${image.toLowerCase()} in small letters.`;
}

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>=', 'contains', 'matches', 'in'];

function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function reason(token: IToken, before: IToken | undefined): string {
  const { image, tokenType } = token;
  const known = KINDS.get(tokenType) ?? SIGNS.get(image);
  if (known !== undefined) {
    return known;
  }
  if (isShouted(token)) {
    return inSmallLetters(token);
  }
  if (tokenType === t.Name && (image === 'true' || image === 'false')) {
    return 'A boolean is not compared: write ssl, or not ssl.';
  }
  if (tokenType === t.Name && before && COMPARING.has(before.tokenType.CATEGORIES?.[0] ?? before.tokenType)) {
    return `${shown(image)} stands where a constant belongs: texts are written in double quotes.`;
  }
  if (tokenType.CATEGORIES?.[0] === t.Not && before?.tokenType === t.Name) {
    return 'Negate the whole comparison: not field in {…}.';
  }
  return `${shown(image)} does not belong here.`;
}

const KINDS = new Map<TokenType, string>([
  [t.Endless, 'What begins with this quote has no end.'],
  [t.Range, 'A range goes from one whole number to another, as in {1..5}; of addresses write the network, 10.0.0.0/8.'],
  [t.Comma, 'Values in braces are separated by spaces, and commas only part the inputs of a function.'],
]);
const SIGNS = new Map([
  ['=', 'Write == to compare.'],
  ['&', 'Write and, or &&.'],
  ['|', 'Write or, or ||.'],
  ['^', 'Write xor, or ^^.'],
  ["'", 'Texts are written in double quotes.'],
  ['$', 'A list is named as $name.'],
]);
const WORDS = new Set('and or xor not in eq ne lt le gt ge contains matches any all'.split(' '));
const COMPARING = new Set([t.Compare, t.Contains, t.Matches, t.In, t.OpenBrace]);
