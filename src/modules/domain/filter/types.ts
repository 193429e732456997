import { type Field, FIELD_BY_NAME, FIELDS, type Letters } from './fields.js';
import { FilterSyntaxError, shown } from './filter.errors.js';
import { type CallOperand, type FieldOperand, type Literal, type Operand } from './tree.js';

/** What an operand gives. */
export interface OperandType {
  readonly type: 'string' | 'int' | 'ip' | 'boolean';
  /** One value; any number of values; or each of them for any() and all(). */
  readonly shape: 'one' | 'many' | 'each';
  readonly letters?: Letters;
}

/** What the functions take and give; their first input is a text, or texts, each by itself. */
export const FUNCTIONS = new Map<string, { inputs: 1 | 2; type: OperandType['type']; usage: string }>([
  ['lower', { inputs: 1, type: 'string', usage: 'lower(http.user_agent)' }],
  ['upper', { inputs: 1, type: 'string', usage: 'upper(http.user_agent)' }],
  ['len', { inputs: 1, type: 'int', usage: 'len(http.request.uri.path)' }],
  ['starts_with', { inputs: 2, type: 'boolean', usage: 'starts_with(http.request.uri.path, "/api/")' }],
  ['ends_with', { inputs: 2, type: 'boolean', usage: 'ends_with(http.host, ".example.com")' }],
]);

const INDEX_MAX = 999;

/** @throws FilterSyntaxError where a name is not known or an input does not fit */
export function typeOf(operand: Operand): OperandType {
  return operand.kind === 'field' ? typeOfField(operand) : typeOfCall(operand);
}

/** The shape within any() or all() of what takes each value is `each`. */
function typeOfField(operand: FieldOperand): OperandType {
  const { name, key, index, place } = operand;
  const field = FIELD_BY_NAME.get(name);
  if (!field) {
    throw new FilterSyntaxError(place, unknownName(name), [...FIELD_BY_NAME.keys()]);
  }
  if (field.type !== 'strings') {
    if (key !== null) {
      throw new FilterSyntaxError(place, `${name} is one value and takes nothing in brackets.`);
    }
    return { type: field.type, shape: 'one', letters: field.type === 'string' ? field.letters : undefined };
  }
  checkKey(operand, field);
  if (typeof index === 'number' && (index < 0 || index > INDEX_MAX)) {
    throw new FilterSyntaxError(place, `An index is a number from 0 to ${INDEX_MAX}, or * within any(…) or all(…).`);
  }
  return { type: 'string', shape: index === 'each' ? 'each' : 'many' };
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function checkKey({ name, key, place }: FieldOperand, field: Field): void {
  if (key === null) {
    throw new FilterSyntaxError(place, `${name} needs a name in brackets, as in ${name}["name"].`);
  }
  if (field.type === 'strings' && field.keys === 'header' && !TOKEN.test(key)) {
    throw new FilterSyntaxError(place, `${shown(key)} is not a name that a header can have.`);
  }
}

function unknownName(name: string): string {
  if (name === 'true' || name === 'false') {
    return `${name} is not written: a boolean stands by itself, as in ssl or not ssl.`;
  }
  if (FUNCTIONS.has(name)) {
    return `${name} is a function and needs its inputs, as in ${FUNCTIONS.get(name)?.usage}.`;
  }
  return `There is no field ${shown(name)}. There are ${FIELDS.map((field) => field.name).join(', ')}.`;
}

function typeOfCall({ name, inputs, place }: CallOperand): OperandType {
  const known = FUNCTIONS.get(name);
  if (!known) {
    const names = [...FUNCTIONS.keys()];
    throw new FilterSyntaxError(place, `There is no function ${shown(name)}. There are ${names.join(', ')}.`, names);
  }
  const [first, second] = inputs;
  if (!first || inputs.length !== known.inputs) {
    const count = known.inputs === 1 ? 'one input' : 'two inputs';
    throw new FilterSyntaxError(place, `${name} takes ${count}, as in ${known.usage}.`);
  }
  const of = isLiteral(first) ? undefined : typeOf(first);
  if (of?.type !== 'string' || isLiteral(first)) {
    throw new FilterSyntaxError(first.place, `${name} takes a field of text first, as in ${known.usage}.`);
  }
  if (second && second.kind !== 'string') {
    throw new FilterSyntaxError(second.place, `${name} takes a text in quotes second, as in ${known.usage}.`);
  }
  if (second) {
    checkLetters(second, second.value, of.letters);
  }
  const letters = known.type !== 'string' ? undefined : name === 'lower' ? 'lower' : 'upper';
  return { type: known.type, shape: name === 'len' && counts(first) ? 'one' : of.shape, letters };
}

/** Whether len() of it is the number of its values, not the length of each. */
export function counts(operand: Operand): boolean {
  return operand.kind === 'field'
    ? operand.key !== null && operand.index === null
    : isOperand(operand.inputs[0]) && counts(operand.inputs[0]);
}

function isOperand(input: Operand | Literal | undefined): input is Operand {
  return input !== undefined && !isLiteral(input);
}

export function isLiteral(input: Operand | Literal): input is Literal {
  return input.kind === 'string' || input.kind === 'int' || input.kind === 'ip';
}

/** @throws FilterSyntaxError where a constant can never be part of the text, which would make a rule that never acts */
export function checkLetters({ place }: Literal, text: string, letters: Letters | undefined): void {
  const right = letters && inLetters(text, letters);
  if (right !== undefined && right !== text) {
    throw new FilterSyntaxError(
      place,
      `What it is compared with is always in ${letters === 'lower' ? 'small' : 'capital'} letters. Write ${shown(right)}.`,
    );
  }
}

export function inLetters(text: string, letters: Letters): string {
  return letters === 'lower' ? text.toLowerCase() : text.toUpperCase();
}
