import { describe, expect, it } from 'vitest';
import { MATCHED_LENGTH_MAX, matchesPattern, problemOfPattern } from './column-pattern.js';

/** Made to go through every way of an engine that goes back: 2^1000 of them. */
const CATASTROPHES = ['(a+)+', '(a|a)*', '(a|aa)+', '(.*a){10}', '((a*)*)*', '(a?){30}a{30}'];

describe('a pattern', () => {
  it('matches the whole text, not a part of it', () => {
    expect(matchesPattern('[A-Z]-\\d{2}', 'A-12')).toBe(true);
    expect(['A-123', 'xA-12', ''].map((text) => matchesPattern('[A-Z]-\\d{2}', text))).toEqual([false, false, false]);
  });

  it.each(CATASTROPHES)('%s looks at each character a bounded number of times', (pattern) => {
    expect(problemOfPattern(pattern)).toBeNull();
    const text = `${'a'.repeat(MATCHED_LENGTH_MAX - 1)}!`;
    expect(matchesPattern(pattern, text)).toBe(false);
  });

  it.each(['(', '[', '(?=a)', '(a)\\1', '(?<=a)b', '(x{1000}){1000}', '*'])('%s is refused', (pattern) => {
    expect(problemOfPattern(pattern)).toMatch(/RE2 syntax/);
  });

  it.each(['.{500}', '(.?){100}', '(a{30}){30}'])('%s is too large when written out', (pattern) => {
    expect(problemOfPattern(pattern)).toMatch(/too large/);
  });
});
