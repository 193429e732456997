import { createToken, Lexer, type TokenType } from 'chevrotain';

/** Words that are names only within brackets or quotes. Those that no rule of ours uses are refused where they stand. */
const UNUSED_WORDS = [
  'all any begin case check close commit create cross cursor database declare delete deny drop else end exec execute',
  'except exists fetch for full function goto grant if insert intersect into kill merge natural off open option over',
  'percent pivot print proc procedure return revoke right rollback save set shutdown some table tablesample then',
  'tran transaction truncate union unpivot update use values view waitfor when while with',
]
  .join(' ')
  .split(' ');

export const Name = createToken({ name: 'Name', pattern: Lexer.NA });

const LETTERS = /[\p{L}_][\p{L}\p{N}\p{M}_$#@]*/uy;

/** By a function, because the lexer would drop the flag for Unicode. */
function letters(text: string, offset: number): [string] | null {
  LETTERS.lastIndex = offset;
  const found = LETTERS.exec(text);
  return found && [found[0]];
}

const Bare = createToken({ name: 'Bare', pattern: letters, categories: [Name], line_breaks: false });
const Bracketed = createToken({
  name: 'Bracketed',
  pattern: /\[(?:[^\]]|\]\])*\](?!\])/,
  categories: [Name],
  line_breaks: true,
});
const Quoted = createToken({ name: 'Quoted', pattern: /"(?:[^"]|"")*"(?!")/, categories: [Name], line_breaks: true });

const words: TokenType[] = [];

function word(text: string): TokenType {
  const token = createToken({ name: text.toUpperCase(), pattern: new RegExp(text, 'i'), longer_alt: Bare });
  words.push(token);
  return token;
}

export const SELECT = word('select');
export const DISTINCT = word('distinct');
export const TOP = word('top');
export const FROM = word('from');
export const INNER = word('inner');
export const LEFT = word('left');
export const OUTER = word('outer');
export const JOIN = word('join');
export const ON = word('on');
export const WHERE = word('where');
export const GROUP = word('group');
export const BY = word('by');
export const HAVING = word('having');
export const ORDER = word('order');
export const ASC = word('asc');
export const DESC = word('desc');
export const AS = word('as');
export const AND = word('and');
export const OR = word('or');
export const NOT = word('not');
export const IN = word('in');
export const IS = word('is');
export const NULL = word('null');
export const LIKE = word('like');
export const ESCAPE = word('escape');
export const BETWEEN = word('between');
export const CAST = word('cast');
UNUSED_WORDS.forEach(word);

export const Text = createToken({ name: 'Text', pattern: /[nN]?'(?:[^']|'')*'(?!')/, line_breaks: true });
export const NumberLiteral = createToken({ name: 'Number', pattern: /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/ });
export const Compare = createToken({ name: 'Compare', pattern: /<>|!=|<=|>=|[=<>]/ });
export const Plus = createToken({ name: 'Plus', pattern: '+' });
export const Minus = createToken({ name: 'Minus', pattern: '-' });
export const Star = createToken({ name: 'Star', pattern: '*' });
export const Slash = createToken({ name: 'Slash', pattern: '/' });
export const Percent = createToken({ name: 'PercentSign', pattern: '%' });
export const Open = createToken({ name: 'Open', pattern: '(' });
export const Close = createToken({ name: 'Close', pattern: ')' });
export const Comma = createToken({ name: 'Comma', pattern: ',' });
export const Dot = createToken({ name: 'Dot', pattern: '.' });
export const Semicolon = createToken({ name: 'Semicolon', pattern: ';' });

/** What no rule accepts. Each takes what the lexer would otherwise trip over, so that lexing never fails or goes back. */
export const Comment = createToken({ name: 'Comment', pattern: /--|\/\*/ });
export const Hexadecimal = createToken({ name: 'Hexadecimal', pattern: /0[xX][0-9a-fA-F]*/ });
export const Endless = createToken({ name: 'Endless', pattern: /[nN]?['"[][\s\S]*/, line_breaks: true });
export const Stray = createToken({ name: 'Stray', pattern: /[\s\S]/, line_breaks: true });

const Blank = createToken({ name: 'Blank', pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true });

/** The longest first: of words that begin alike the lexer takes the first that fits. */
const WORDS = words.toSorted((one, other) => other.name.length - one.name.length);

/** In the order in which the lexer tries them. */
export const TOKENS: TokenType[] = [
  Blank,
  Comment,
  Open,
  Close,
  Comma,
  Plus,
  Minus,
  Star,
  Slash,
  Percent,
  Semicolon,
  Compare,
  Hexadecimal,
  NumberLiteral,
  Dot,
  Text,
  Bracketed,
  Quoted,
  ...WORDS,
  Endless,
  Name,
  Bare,
  Stray,
];

/** Of a Name: what it names. */
export function nameOf(image: string): string {
  switch (image[0]) {
    case '[':
      return image.slice(1, -1).replaceAll(']]', ']');
    case '"':
      return image.slice(1, -1).replaceAll('""', '"');
    default:
      return image;
  }
}

/** Of a Text: what it says. */
export function textOf(image: string): string {
  return image.slice(image.indexOf("'") + 1, -1).replaceAll("''", "'");
}
