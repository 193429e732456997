import { isTime } from '../time.js';
import { readQuery } from './query-string.js';
import { listing, mayBeShown, queryRefusal, quote } from './refusal.js';

export const MAX_TEXT_LENGTH = 256;

/** What the documents say of a parameter, where its name alone does not say it. */
interface RuleTexts {
  readonly description?: string;
  readonly example?: string;
}

export interface TextRule extends RuleTexts {
  readonly kind: 'text';
  readonly required?: boolean;
  /** Default 256. */
  readonly maxLength?: number;
}

export interface IntegerRule extends RuleTexts {
  readonly kind: 'integer';
  readonly minimum: number;
  readonly maximum: number;
  readonly required?: boolean;
  readonly default?: number;
}

/** One of a few words, matched without case and given back in the spelling of `values`. */
export interface ChoiceRule extends RuleTexts {
  readonly kind: 'choice';
  readonly values: readonly string[];
  readonly required?: boolean;
  readonly default?: string;
}

/** A moment of RFC 3339 with its offset; as epoch milliseconds. */
export interface TimeRule extends RuleTexts {
  readonly kind: 'time';
  readonly required?: boolean;
}

export type FlatRule = TextRule | IntegerRule | ChoiceRule | TimeRule;

/** Parameter names in their canonical spelling, which must differ by more than case. */
export type FlatQuerySpec = Readonly<Record<string, FlatRule>>;

type ValueOf<R extends FlatRule> = R extends IntegerRule | TimeRule
  ? number
  : R extends ChoiceRule
    ? R['values'][number]
    : string;
type IsGiven<R extends FlatRule> = R extends { readonly required: true } | { readonly default: string | number }
  ? true
  : false;

/** The values by canonical name; undefined only where the rule has neither `required: true` nor a default. */
export type FlatQuery<S extends FlatQuerySpec> = {
  readonly [N in keyof S]: IsGiven<S[N]> extends true ? ValueOf<S[N]> : ValueOf<S[N]> | undefined;
};

/**
 * Reads the query of a public route, where parameters are flat and PascalCase (public contract §2). Names match
 * without case, as .NET callers expect; errors use the canonical spelling. An empty value counts as absent, as it does
 * there. Unknown, duplicate (`Name` and `name`), missing and malformed parameters are a 422 that names them; the empty
 * spec refuses every parameter.
 */
export function parseFlatQuery<const S extends FlatQuerySpec>(raw: string, spec: S): FlatQuery<S> {
  const canonical = canonicalNames(spec);
  const given = new Map<string, string>();
  for (const [name, value] of readQuery(raw)) {
    const known = canonical.get(asciiLower(name));
    if (known === undefined) {
      throw unknownParameter(name, Object.keys(spec));
    }
    if (given.has(known)) {
      throw queryRefusal(`${known} is given twice.`, [known]);
    }
    given.set(known, value);
  }
  return readValues(spec, given) as FlatQuery<S>;
}

const NAMES = new WeakMap<FlatQuerySpec, ReadonlyMap<string, string>>();

/** By lower-case name; made once for each route's spec. */
function canonicalNames(spec: FlatQuerySpec): ReadonlyMap<string, string> {
  const names = NAMES.get(spec) ?? new Map(Object.keys(spec).map((name) => [asciiLower(name), name]));
  NAMES.set(spec, names);
  return names;
}

function readValues(
  spec: FlatQuerySpec,
  given: ReadonlyMap<string, string>,
): Record<string, string | number | undefined> {
  const result = Object.create(null) as Record<string, string | number | undefined>;
  const missing: string[] = [];
  for (const [name, rule] of Object.entries(spec)) {
    const text = given.get(name) ?? '';
    if (text !== '') {
      result[name] = readValue(name, rule, text);
    } else {
      result[name] = 'default' in rule ? rule.default : undefined;
      if (rule.required === true && result[name] === undefined) {
        missing.push(name);
      }
    }
  }
  if (missing.length > 0) {
    throw queryRefusal(`Missing query parameter: ${listing(missing)}.`, missing.slice(0, 1), { missing });
  }
  return result;
}

function readValue(name: string, rule: FlatRule, text: string): string | number {
  switch (rule.kind) {
    case 'text':
      return readText(name, rule, text);
    case 'integer':
      return readInteger(name, rule, text);
    case 'choice':
      return readChoice(name, rule, text);
    case 'time':
      return readTime(name, text);
  }
}

function readText(name: string, { maxLength = MAX_TEXT_LENGTH }: TextRule, text: string): string {
  if (text.length > maxLength) {
    throw queryRefusal(`${name} has more than ${maxLength} characters.`, [name], { maxLength });
  }
  return text;
}

function readInteger(name: string, { minimum, maximum }: IntegerRule, text: string): number {
  const value = /^(?:0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : NaN;
  if (!(value >= minimum && value <= maximum)) {
    const detail = `${name} is a whole number from ${minimum} to ${maximum}.`;
    throw queryRefusal(detail, [name], { minimum, maximum });
  }
  return value;
}

function readChoice(name: string, { values }: ChoiceRule, text: string): string {
  const choice = values.find((value) => asciiLower(value) === asciiLower(text));
  if (choice === undefined) {
    const detail = `${quote(text, 'The value given')} is not a value of ${name}. Allowed: ${listing(values)}.`;
    throw queryRefusal(detail, [name], { allowed: [...values] });
  }
  return choice;
}

/** A plus that was not encoded reads as a blank: that is what is wrong most often. */
function readTime(name: string, text: string): number {
  if (!isTime(text)) {
    const detail = `${name} is a date and time that exists, with its offset, e.g. 2030-01-01T00:00:00Z (a + is sent as %2B).`;
    throw queryRefusal(detail, [name]);
  }
  return Date.parse(text);
}

function unknownParameter(name: string, allowed: readonly string[]): Error {
  const detail = `Unknown query parameter ${quote(name, '(not shown)')}. Allowed: ${listing(allowed)}.`;
  return queryRefusal(detail, [name], { ...(mayBeShown(name) ? { unknown: name } : {}), allowed: [...allowed] });
}

/** ASCII only: Unicode case folding would let other letters (the Kelvin sign) pass for these. */
function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
