import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';

/** Texts in a column with a pattern; matching takes time by the length of the text and the size of the pattern. */
export const MATCHED_LENGTH_MAX = 1000;
export const PATTERN_LENGTH_MAX = 1000;
/** Steps of the compiled form: together with the length above, a match that goes badly stays below a tenth of a second. */
const PROGRAM_SIZE_MAX = 256;

const COMPILED_MAX = 256;
const compiled = new LRUCache<string, RE2JS>({ max: COMPILED_MAX });

/** Why this is no pattern of ours, or null. RE2 syntax: what needs more than linear time does not exist in it. */
export function problemOfPattern(pattern: string): string | null {
  try {
    return RE2JS.compile(pattern).programSize() > PROGRAM_SIZE_MAX
      ? 'is too large once its repetitions are written out; make their counts smaller'
      : null;
  } catch (error) {
    return `is not a regular expression in RE2 syntax: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Whether the whole text matches. A pattern is kept compiled by its text: an edited one is another one. */
export function matchesPattern(pattern: string, text: string): boolean {
  let program = compiled.get(pattern);
  if (!program) {
    compiled.set(pattern, (program = RE2JS.compile(pattern)));
  }
  return program.matches(text);
}
