import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';
import { Automaton } from './automaton.js';

export const PATTERN_LENGTH_MAX = 512;
/** Steps of the automata of a filter together; each takes some microseconds to work out, once. */
export const PATTERN_COST_MAX = 8192;
/** Before an automaton is made of it. */
const PROGRAM_SIZE_MAX = 1024;
const COMPILED_MAX = 2048;

/** Why this is no pattern of ours, to be read after its text. */
export class PatternError extends Error {}

export interface Pattern {
  /** Whether a part of the text matches, in a time in proportion to its length, whatever the pattern. */
  readonly test: (text: string) => boolean;
  /** What making its automaton took; 0 for a plain text at its place. */
  readonly cost: number;
  /** How every text begins that matches. */
  readonly prefix: string;
  /** What every text that matches contains. */
  readonly part: string;
  /** What every text that matches is, if there is but one. */
  readonly whole: string | null;
}

/** Of those that took long. */
const compiled = new LRUCache<string, Pattern>({ max: COMPILED_MAX });

/** @throws PatternError */
export function compilePattern(pattern: string): Pattern {
  let made = plainText(pattern) ?? compiled.get(pattern);
  if (!made) {
    compiled.set(pattern, (made = withAutomaton(pattern)));
  }
  return made;
}

/** Texts without any sign of patterns, at the beginning, at the end, between both, or anywhere. */
const PLAIN = /^(\^?)((?:[^\\^$.*+?()[\]{}|]|\\[.\-/])*)(\$?)$/;
const SEARCHED_LENGTH_MAX = 256;

function plainText(pattern: string): Pattern | null {
  const parts = PLAIN.exec(pattern);
  if (parts === null) {
    return null;
  }
  const [, begins, escaped = '', ends] = parts;
  const text = escaped.replaceAll(/\\(.)/g, '$1');
  const known = { cost: 0, prefix: begins ? text : '', part: text, whole: begins && ends ? text : null };
  if (begins) {
    return { ...known, test: ends ? (one) => one === text : (one) => one.startsWith(text) };
  }
  if (ends) {
    return { ...known, test: (one) => one.endsWith(text) };
  }
  return text.length > SEARCHED_LENGTH_MAX ? null : { ...known, test: (one) => one.includes(text) };
}

const PREFIX = /^\^((?:[\w/-]|\\[.\-/])+)([*?{(]?)/;

/**
 * What is written between `^` and the first sign; with an alternative the whole may begin otherwise. A repetition may
 * stand after flags or an empty quotation, too: `^a(?s)*`, `^a\Q\E*`.
 */
function prefixOf(pattern: string): string {
  const found = /\||\\Q/.test(pattern) ? null : PREFIX.exec(pattern);
  const text = found?.[1]?.replaceAll(/\\(.)/g, '$1') ?? '';
  return found?.[2] ? text.slice(0, -1) : text;
}

function withAutomaton(pattern: string): Pattern {
  let program: RE2JS;
  try {
    program = RE2JS.compile(pattern);
  } catch (error) {
    throw new PatternError(`is not a regular expression in RE2 syntax: ${explained(error)}.`);
  }
  const automaton = program.programSize() > PROGRAM_SIZE_MAX ? null : Automaton.of(program, PATTERN_COST_MAX);
  if (automaton === null) {
    throw new PatternError(
      'takes too many states. Make the counts of its repetitions smaller, or let it begin with ^ or a plain text.',
    );
  }
  const prefix = prefixOf(pattern);
  return { test: (text) => automaton.test(text), cost: automaton.cost, prefix, part: prefix, whole: null };
}

function explained(error: unknown): string {
  return error instanceof RangeError ? 'it is nested too deep' : error instanceof Error ? error.message : String(error);
}
