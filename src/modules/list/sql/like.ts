import { shown, SqlError } from './sql.errors.js';
import { type Expression, type TextNode } from './tree.js';

/** The escape character of what is handed to the database, whatever the statement uses. */
export const ESCAPE_CHARACTER = '!';
const WILDCARDS_MAX = 32;

/**
 * The pattern of LIKE with our escape character: `%` and `_` as everywhere, ranges in brackets not at all.
 * @throws SqlError for a pattern that is not a text, or not one of the subset
 */
export function likePattern(pattern: Expression, escape: TextNode | null): string {
  if (pattern.kind !== 'text') {
    throw new SqlError(pattern.place, "LIKE takes a text such as 'A%' as its pattern.");
  }
  if (escape && Array.from(escape.value).length !== 1) {
    throw new SqlError(escape.place, 'ESCAPE takes one character.');
  }
  const parts: string[] = [];
  let wildcards = 0;
  for (const characters = Array.from(pattern.value); characters.length > 0;) {
    const character = characters.shift() ?? '';
    if (character === escape?.value) {
      parts.push(literally(characters.shift() ?? fail(pattern, 'The pattern ends with its escape character.')));
    } else if (character === '[') {
      fail(pattern, `Ranges in brackets are not allowed in a pattern. Escape the bracket: ${shown('![')} ESCAPE '!'.`);
    } else {
      wildcards += character === '%' ? 1 : 0;
      parts.push('%_'.includes(character) ? character : literally(character));
    }
  }
  return wildcards > WILDCARDS_MAX ? fail(pattern, `A pattern has at most ${WILDCARDS_MAX} times %.`) : parts.join('');
}

/** What every text begins with that the pattern finds. */
export function likePrefix(pattern: Expression, escape: TextNode | null): string {
  const [prefix = ''] = /^(?:[^%_!]|![^])*/u.exec(likePattern(pattern, escape)) ?? [];
  return prefix.replace(/!([^])/gu, '$1');
}

function literally(character: string): string {
  return '%_!'.includes(character) ? ESCAPE_CHARACTER + character : character;
}

function fail(pattern: Expression, detail: string): never {
  throw new SqlError(pattern.place, detail);
}
