import { EOF, type IToken, Lexer, type TokenType } from 'chevrotain';
import { placeOf, RefusedTokenError } from './parsed-tokens.js';
import { SelectParser } from './parser.js';
import { ALLOWED, shown, SqlError, SqlLimitError } from './sql.errors.js';
import * as t from './tokens.js';
import { type Place, type Select } from './tree.js';

/** Of a statement, in UTF-16 units. */
export const SQL_LENGTH_MAX = 16_384;
const PARENTHESES_MAX = 32;
/** Half a surrogate pair has no UTF-8, and SQLite ends texts at NUL. */
const UNSTORABLE = /\0|\p{Cs}/u;

interface Machine {
  readonly lexer: Lexer;
  readonly parser: SelectParser;
}

let machine: Machine | undefined;

/** Analyses the grammar, once. It takes some 100 ms of the event loop, which the first statement would take otherwise. */
export function prepareParser(): Machine {
  machine ??= { lexer: new Lexer(t.TOKENS, { positionTracking: 'full' }), parser: new SelectParser() };
  return machine;
}

/**
 * Reads a statement of the subset, in a time in proportion to its length.
 * @throws SqlError that points at the first place that does not belong there
 */
export function parseSelect(sql: string): Select {
  assertReadable(sql);
  const { lexer, parser } = prepareParser();
  const { tokens } = lexer.tokenize(sql);
  assertShallow(tokens);
  parser.input = tokens;
  try {
    const tree = parser.statement();
    const [error] = parser.errors;
    if (error) {
      throw refusal(sql, tokens, error.token);
    }
    return tree;
  } catch (error) {
    throw error instanceof RefusedTokenError ? refusal(sql, tokens, error.token) : error;
  }
}

function assertReadable(sql: string): void {
  if (sql.length > SQL_LENGTH_MAX) {
    throw new SqlLimitError(`A statement has at most ${SQL_LENGTH_MAX} characters.`, { maximum: SQL_LENGTH_MAX });
  }
  const offset = sql.search(UNSTORABLE);
  if (offset >= 0) {
    throw new SqlError(placeIn(sql, offset), 'NUL and halves of surrogate pairs cannot be part of a statement.');
  }
}

/** Recursion goes by parentheses only. */
function assertShallow(tokens: readonly IToken[]): void {
  let open = 0;
  for (const token of tokens) {
    open += token.tokenType === t.Open ? 1 : token.tokenType === t.Close ? -1 : 0;
    if (open > PARENTHESES_MAX) {
      throw new SqlError(placeOf(token), `Parentheses are nested at most ${PARENTHESES_MAX} deep.`);
    }
  }
}

function refusal(sql: string, tokens: readonly IToken[], token: IToken): SqlError {
  if (token.tokenType === EOF) {
    return new SqlError(placeIn(sql, sql.length), `The statement ends too early. ${ALLOWED}`);
  }
  return new SqlError(placeOf(token), `${reason(tokens, token)} ${ALLOWED}`);
}

function reason(tokens: readonly IToken[], token: IToken): string {
  const { image, tokenType } = token;
  const byKind = KINDS.get(tokenType);
  if (byKind) {
    return byKind;
  }
  const first = token === tokens[0];
  if (!first && tokenType === t.SELECT) {
    return 'A SELECT within or after another is not allowed.';
  }
  const byWord = first ? undefined : WORDS.get(image.toLowerCase());
  return byWord ?? `${shown(image)} is not ${first ? 'how a statement begins' : 'expected here'}.`;
}

const KINDS = new Map<TokenType, string>([
  [t.Comment, 'Comments are not allowed.'],
  [t.Endless, 'What begins with this quote or bracket has no end.'],
  [t.Hexadecimal, 'Hexadecimal numbers are not allowed.'],
  [t.Semicolon, 'Only one statement is allowed.'],
]);

const WORDS = new Map([
  ['@', 'Variables are not allowed.'],
  ['.', 'A list is named without a schema or database.'],
  [',', 'Lists are joined by JOIN … ON …, not by commas.'],
  ['cross', 'A join needs its condition: JOIN list ON ….'],
  ['right', 'Write a RIGHT JOIN as a LEFT JOIN with the lists turned round.'],
  ['full', 'FULL JOIN is not allowed.'],
  ['union', 'UNION is not allowed.'],
  ['except', 'EXCEPT is not allowed.'],
  ['intersect', 'INTERSECT is not allowed.'],
  ['over', 'Window functions are not allowed.'],
  ['case', 'CASE is not allowed.'],
  ['exists', 'EXISTS is not allowed.'],
  ['into', 'SELECT INTO is not allowed: lists are only read.'],
  ['percent', 'TOP takes a whole number of rows.'],
]);

function placeIn(sql: string, offset: number): Place {
  const lines = sql.slice(0, offset).split(/\r\n|\r|\n/);
  return { offset, line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}
