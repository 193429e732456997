import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { compilePattern, PATTERN_COST_MAX, PatternError } from '../../src/modules/domain/filter/pattern.js';

/** As long as a URL or a header can be. */
const LONGEST = 16_000;

/** Texts on which the library alone makes a state for each character, or engines that go back take for ever. */
const HOSTILE = [
  'a'.repeat(LONGEST),
  pseudoRandom(LONGEST, 'ab'),
  pseudoRandom(LONGEST, 'ab /x1'),
  'é😀'.repeat(LONGEST / 3),
];

function pseudoRandom(length: number, letters: string): string {
  let state = 6;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return letters[(state >> 16) % letters.length];
  }).join('');
}

describe('A pattern', () => {
  it.each([
    '(a+)+$',
    '(a|a)*z',
    '(.*a){10}z',
    '((a*)*)*z',
    '(x+x+)+y',
    '(a?){30}a{30}z',
    '[ab]*a[ab]{8}c$',
    '^(([a-z])+.)+[A-Z]$',
  ])('%s takes one step for each character', (pattern) => {
    const made = compilePattern(pattern);
    expect(made.cost).toBeLessThanOrEqual(PATTERN_COST_MAX);
    const library = RE2JS.compile(pattern);
    for (const text of HOSTILE) {
      expect(made.test(`${text}!`)).toBe(false);
      expect(made.test(text.slice(0, 100))).toBe(library.test(text.slice(0, 100)));
    }
  });

  it.each([
    '[ab]*a[ab]{12}c',
    'a.{20}b',
    '(?:[ab]*a[ab]{20}c|[ab]*b[ab]{20}d)',
    '\\b(a|b)*a(a|b){30}c\\b',
    '\\pL{400}',
  ])('%s is refused: its states would be too many', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(PatternError);
    expect(() => compilePattern(pattern)).toThrow(/too many states/);
  });

  it.each([
    '(',
    ')',
    '[',
    '*',
    'a**',
    '(?=a)',
    '(?<!a)',
    '(a)\\1',
    '\\',
    '(?P<n>',
    'x{1001}',
    '(x{1000}){1000}',
    '\\p{Xx}',
  ])('%s is refused as no pattern of RE2', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(/RE2 syntax/);
  });

  it.each([
    '('.repeat(512),
    `${'('.repeat(256)}${')'.repeat(256)}`,
    '[[:^alpha:]\\pL'.repeat(30),
    '(?i)'.repeat(128),
    '|'.repeat(512),
  ])('of whatever nesting is read or refused: %s', (pattern) => {
    expect(costOrRefused(pattern)).toBeLessThanOrEqual(PATTERN_COST_MAX);
  });

  it.each([
    ['^/private/', '/private/x', 0],
    ['^/a$', '/a', 0],
    ['\\.php$', '/x.php', 0],
    ['evil', 'an evil one', 0],
  ])('without signs is a plain comparison: %s', (pattern, text, cost) => {
    const made = compilePattern(pattern);
    expect(made.cost).toBe(cost);
    expect([made.test(text), made.test('')]).toEqual([true, false]);
  });

  it.each([
    ['^/private/[a-z]+', '/private/'],
    ['^/ab*', '/a'],
    ['^/ab+', '/ab'],
    ['^/ab?c', '/a'],
    ['^/ab{0}', '/a'],
    ['^/ab(?s)*', '/a'],
    ['^/a|b.', ''],
    ['^a|b.', ''],
    ['(?i)^/a.', ''],
    ['^\\.well-known/.', '.well-known/'],
    [String.raw`^/ab\Q\E*`, ''],
  ])('%s tells how what it matches begins', (pattern, prefix) => {
    expect(compilePattern(pattern).prefix).toBe(prefix);
  });
});

function costOrRefused(pattern: string): number {
  try {
    return compilePattern(pattern).cost;
  } catch (error) {
    if (error instanceof PatternError) {
      return 0;
    }
    throw error;
  }
}
