import { createToken, type CustomPatternMatcherReturn, Lexer, type TokenType } from 'chevrotain';

/** A field or a function: words joined by dots. */
export const Name = createToken({
  name: 'Name',
  label: 'a field',
  pattern: /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/,
});

function word(text: string, more: { categories?: TokenType } = {}): TokenType {
  return createToken({ name: text.toUpperCase(), label: text, pattern: text, longer_alt: Name, ...more });
}

/** What compares, by symbol or by word. */
export const Compare = createToken({ name: 'Compare', label: '==', pattern: Lexer.NA });
const CompareSign = createToken({ name: 'CompareSign', pattern: /[=!]=|[<>]=?/, categories: Compare });
const compareWords = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'].map((text) => word(text, { categories: Compare }));

export const Matches = createToken({ name: 'Matches', label: 'matches', pattern: Lexer.NA });
const MatchesSign = createToken({ name: 'MatchesSign', pattern: '~', categories: Matches });
const MatchesWord = word('matches', { categories: Matches });
export const Contains = word('contains');
export const In = word('in');

export const And = createToken({ name: 'And', label: 'and', pattern: Lexer.NA });
const AndSign = createToken({ name: 'AndSign', pattern: '&&', categories: And });
const AndWord = word('and', { categories: And });
export const Xor = createToken({ name: 'Xor', label: 'xor', pattern: Lexer.NA });
const XorSign = createToken({ name: 'XorSign', pattern: '^^', categories: Xor });
const XorWord = word('xor', { categories: Xor });
export const Or = createToken({ name: 'Or', label: 'or', pattern: Lexer.NA });
const OrSign = createToken({ name: 'OrSign', pattern: '||', categories: Or });
const OrWord = word('or', { categories: Or });
export const Not = createToken({ name: 'Not', label: 'not', pattern: Lexer.NA });
const NotSign = createToken({ name: 'NotSign', pattern: '!', categories: Not });
const NotWord = word('not', { categories: Not });
export const Any = word('any');
export const All = word('all');

/** `"…"` or `r#"…"#`. */
export const Text = createToken({ name: 'Text', label: '"text"', pattern: Lexer.NA });
const Quoted = createToken({
  name: 'Quoted',
  pattern: /"(?:[^"\\]|\\[\s\S])*"/,
  categories: Text,
  line_breaks: true,
});
const Raw = createToken({ name: 'Raw', pattern: rawText, categories: Text, line_breaks: true });

/** Whatever begins like an address; whether it is one is decided later. */
export const Ip = createToken({
  name: 'Ip',
  label: 'an address',
  pattern: /(?:\d+(?:\.\d+)+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)(?:\/\w*)?/,
});
/** Whatever begins like a number; likewise. */
export const Int = createToken({ name: 'Int', label: 'a number', pattern: /-?\d\w*/ });
export const ListName = createToken({ name: 'ListName', label: '$list', pattern: /\$\w[\w.-]*/ });
export const Range = createToken({ name: 'Range', label: '..', pattern: '..' });
export const Each = createToken({ name: 'Each', label: '*', pattern: '*' });
export const Open = createToken({ name: 'Open', label: '(', pattern: '(' });
export const Close = createToken({ name: 'Close', label: ')', pattern: ')' });
export const OpenBrace = createToken({ name: 'OpenBrace', label: '{', pattern: '{' });
export const CloseBrace = createToken({ name: 'CloseBrace', label: '}', pattern: '}' });
export const OpenBracket = createToken({ name: 'OpenBracket', label: '[', pattern: '[' });
export const CloseBracket = createToken({ name: 'CloseBracket', label: ']', pattern: ']' });
export const Comma = createToken({ name: 'Comma', label: ',', pattern: ',' });

/** What no rule accepts. Each takes what the lexer would otherwise trip over, so that lexing never fails or goes back. */
export const Endless = createToken({ name: 'Endless', pattern: /(?:r#*)?"[\s\S]*/, line_breaks: true });
export const Stray = createToken({ name: 'Stray', pattern: /[\s\S]/, line_breaks: true });

const Blank = createToken({ name: 'Blank', pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true });

/** In the order in which the lexer tries them. */
export const TOKENS: TokenType[] = [
  Blank,
  Quoted,
  Raw,
  Endless,
  Ip,
  Int,
  ListName,
  Range,
  CompareSign,
  MatchesSign,
  AndSign,
  XorSign,
  OrSign,
  NotSign,
  Each,
  Open,
  Close,
  OpenBrace,
  CloseBrace,
  OpenBracket,
  CloseBracket,
  Comma,
  ...compareWords,
  MatchesWord,
  Contains,
  In,
  AndWord,
  XorWord,
  OrWord,
  NotWord,
  Any,
  All,
  Name,
  Stray,
  Text,
  Compare,
  Matches,
  And,
  Xor,
  Or,
  Not,
];

const RAW_BEGINNING = /r(#*)"/y;

function rawText(text: string, offset: number): CustomPatternMatcherReturn | null {
  RAW_BEGINNING.lastIndex = offset;
  const beginning = RAW_BEGINNING.exec(text);
  if (beginning === null) {
    return null;
  }
  const ending = `"${beginning[1]}`;
  const end = text.indexOf(ending, RAW_BEGINNING.lastIndex);
  return end < 0 ? null : [text.slice(offset, end + ending.length)];
}
