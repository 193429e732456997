import { InvalidInputError } from '../../common/errors/index.js';
import { type ColumnType, readValue, slotValue, type SlotValue } from './cell-values.js';
import { MATCHED_LENGTH_MAX, matchesPattern, PATTERN_LENGTH_MAX, problemOfPattern } from './column-pattern.js';

/** What every value of a column must be, besides its type. The names are those of the API; what is not there is no rule. */
export interface ColumnRules {
  /** Neither null nor the empty text. */
  readonly required?: boolean;
  /** Of a String or Number column: nothing else. */
  readonly allowed_values?: readonly (string | number)[];
  /** Of a String column: the whole text matches. */
  readonly pattern?: string;
  /** Of a Number column. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** What a new row gets that leaves the column out. */
  readonly default?: string | number | boolean;
}

/** As a client sends them: null takes a rule away. */
export type ColumnRulesInput = { readonly [Rule in keyof ColumnRules]?: ColumnRules[Rule] | null };

export type RuleName = keyof ColumnRules;
export const RULE_NAMES = [
  'required',
  'allowed_values',
  'pattern',
  'minimum',
  'maximum',
  'default',
] as const satisfies readonly RuleName[];

/** Which kind of column may have which rule. */
const RULES_OF: Readonly<Record<ColumnType, readonly RuleName[]>> = {
  Number: ['required', 'allowed_values', 'minimum', 'maximum', 'default'],
  String: ['required', 'allowed_values', 'pattern', 'default'],
  Boolean: ['required', 'default'],
};

export const ALLOWED_VALUES_MAX = 1000;
export const ALLOWED_LENGTH_MAX = 200;
const DEFAULT_LENGTH_MAX = 1000;
const SHOWN_VALUES_MAX = 10;

export interface BrokenRule {
  readonly rule: RuleName;
  /** What would be right. */
  readonly detail: string;
}

type RuledColumn = ColumnRules & { readonly name: string; readonly type: ColumnType };

/** The rules that are there, without nulls and `required: false`, in one order. */
export function rulesOf(input: ColumnRulesInput): ColumnRules {
  const present = RULE_NAMES.filter((rule) => {
    const value = input[rule] ?? null;
    return value !== null && !(rule === 'required' && value === false);
  });
  return Object.fromEntries(present.map((rule) => [rule, input[rule]])) as ColumnRules;
}

/** The rule that a value breaks, or null. An empty cell breaks `required` only. */
export function brokenRule(column: RuledColumn, value: SlotValue): BrokenRule | null {
  if (value === null || value === '') {
    const required = column.required === true;
    return required ? { rule: 'required', detail: `The column ${column.name} must have a value: send one.` } : null;
  }
  return (
    brokenChoice(column, value) ??
    (typeof value === 'string' ? brokenText(column, value) : null) ??
    brokenBound(column, value)
  );
}

function brokenChoice({ name, allowed_values: allowed }: RuledColumn, value: SlotValue): BrokenRule | null {
  if (!allowed || (allowed as readonly SlotValue[]).includes(value)) {
    return null;
  }
  const shown = allowed
    .slice(0, SHOWN_VALUES_MAX)
    .map((one) => JSON.stringify(one))
    .join(', ');
  const rest = allowed.length > SHOWN_VALUES_MAX ? `, and ${allowed.length - SHOWN_VALUES_MAX} more` : '';
  return { rule: 'allowed_values', detail: `The column ${name} takes one of these values: ${shown}${rest}.` };
}

function brokenText({ name, pattern }: RuledColumn, text: string): BrokenRule | null {
  if (pattern === undefined || (text.length <= MATCHED_LENGTH_MAX && matchesPattern(pattern, text))) {
    return null;
  }
  const right = `text of at most ${MATCHED_LENGTH_MAX} characters that matches the pattern ${pattern} as a whole`;
  return { rule: 'pattern', detail: `The column ${name} takes ${right}.` };
}

function brokenBound({ name, type, minimum, maximum }: RuledColumn, value: SlotValue): BrokenRule | null {
  if (type !== 'Number' || typeof value !== 'number') {
    return null;
  }
  if (minimum !== undefined && value < minimum) {
    return { rule: 'minimum', detail: `The column ${name} takes numbers from ${minimum} on.` };
  }
  return maximum !== undefined && value > maximum
    ? { rule: 'maximum', detail: `The column ${name} takes numbers up to ${maximum}.` }
    : null;
}

/** What a new row gets that leaves the column out, as its slot keeps it. */
export function defaultOf(column: RuledColumn): SlotValue {
  return slotValue(column.default ?? null);
}

/** @throws InvalidInputError that points at the rule, below `pointer` */
export function assertRules(column: RuledColumn, pointer: string): void {
  for (const rule of RULE_NAMES) {
    if (column[rule] !== undefined) {
      const problem = RULES_OF[column.type].includes(rule)
        ? problemOf(rule, column)
        : `is no rule for a ${column.type} column; leave it out`;
      if (problem !== null) {
        throw new InvalidInputError(`${rule} ${problem}.`, { source: `${pointer}/${rule}` });
      }
    }
  }
}

function problemOf(rule: RuleName, column: RuledColumn): string | null {
  switch (rule) {
    case 'required':
      return typeof column.required === 'boolean' ? null : 'must be true or false';
    case 'allowed_values':
      return problemOfChoice(column);
    case 'pattern':
      return typeof column.pattern === 'string' && column.pattern.length <= PATTERN_LENGTH_MAX && column.pattern !== ''
        ? problemOfPattern(column.pattern)
        : `must be text of 1 to ${PATTERN_LENGTH_MAX} characters`;
    case 'minimum':
      return isStorable('Number', column.minimum) ? null : 'must be a number that a double can hold';
    case 'maximum':
      return problemOfMaximum(column);
    case 'default':
      return problemOfDefault(column);
  }
}

function problemOfChoice({ type, allowed_values: allowed }: RuledColumn): string | null {
  if (!Array.isArray(allowed) || allowed.length === 0 || allowed.length > ALLOWED_VALUES_MAX) {
    return `must be an array of 1 to ${ALLOWED_VALUES_MAX} values`;
  }
  const fits = (value: unknown) =>
    isStorable(type, value) && value !== '' && (typeof value !== 'string' || value.length <= ALLOWED_LENGTH_MAX);
  if (!allowed.every(fits)) {
    return type === 'String'
      ? `must hold texts of 1 to ${ALLOWED_LENGTH_MAX} characters`
      : 'must hold numbers that a double can hold';
  }
  return new Set(allowed).size === allowed.length ? null : 'must name each value once';
}

function problemOfMaximum({ minimum, maximum }: RuledColumn): string | null {
  if (!isStorable('Number', maximum)) {
    return 'must be a number that a double can hold';
  }
  return minimum !== undefined && (maximum as number) < minimum ? 'must not be below minimum' : null;
}

function problemOfDefault(column: RuledColumn): string | null {
  const value: unknown = column.default;
  if (!isStorable(column.type, value) || (typeof value === 'string' && value.length > DEFAULT_LENGTH_MAX)) {
    return `must be a value of the type ${column.type}, text of at most ${DEFAULT_LENGTH_MAX} characters`;
  }
  const broken = brokenRule(column, defaultOf(column));
  return broken && `breaks the column's own rule ${broken.rule}. ${broken.detail.replace(/\.$/, '')}`;
}

function isStorable(type: ColumnType, value: unknown): boolean {
  return value !== null && 'value' in readValue(type, value);
}
