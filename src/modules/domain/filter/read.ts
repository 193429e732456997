import { type RequestFactsForRules } from './facts.js';
import { FIELD_BY_NAME, type Field } from './fields.js';
import { type CallOperand, type FieldOperand, type Operand, type StringLiteral } from './tree.js';
import { counts, isLiteral } from './types.js';

export type Scalar = string | number | boolean;
/** How an operand is read: one value, or any number of them. */
export type Reader<T extends Scalar = Scalar> =
  | { readonly shape: 'one'; readonly read: (facts: RequestFactsForRules) => T }
  | { readonly shape: 'many'; readonly read: (facts: RequestFactsForRules) => readonly T[] };

/** What it takes to map a value, in characters looked through. */
const VALUE_COST = 20;

/** Of every operand but an address. */
export function readerOf(operand: Operand): Reader {
  return operand.kind === 'field' ? fieldReader(operand) : callReader(operand);
}

function fieldReader({ name, key, index }: FieldOperand): Reader {
  const field = known(name);
  switch (field.type) {
    case 'string':
    case 'boolean':
      return { shape: 'one', read: field.read };
    case 'strings': {
      const wanted = field.keys === 'header' ? (key ?? '').toLowerCase() : (key ?? '');
      return {
        shape: 'many',
        read:
          typeof index === 'number'
            ? (facts) => field.read(facts, wanted).slice(index, index + 1)
            : (facts) => field.read(facts, wanted),
      };
    }
    case 'ip':
      throw new TypeError('An address is not read as text.');
  }
}

function known(name: string): Field {
  const field = FIELD_BY_NAME.get(name);
  if (!field) {
    throw new TypeError(`The filter was not checked: there is no field ${name}.`);
  }
  return field;
}

function callReader({ name, inputs }: CallOperand): Reader {
  const [first, second] = inputs;
  if (!first || isLiteral(first)) {
    throw new TypeError(`The filter was not checked: ${name} has no field.`);
  }
  const inner = readerOf(first) as Reader<string>;
  const text = (second as StringLiteral | undefined)?.value ?? '';
  switch (name) {
    case 'lower':
      return mapped(counted(inner), (one) => one.toLowerCase());
    case 'upper':
      return mapped(counted(inner), (one) => one.toUpperCase());
    case 'starts_with':
      return mapped(inner, (one) => one.startsWith(text));
    case 'ends_with':
      return mapped(inner, (one) => one.endsWith(text));
    default:
      return counts(first) && inner.shape === 'many'
        ? { shape: 'one', read: (facts) => inner.read(facts).length }
        : mapped(inner, (one) => one.length);
  }
}

/** For what goes through the whole text. */
function counted(inner: Reader<string>): Reader<string> {
  return inner.shape === 'one'
    ? {
        shape: 'one',
        read: (facts) => {
          const text = inner.read(facts);
          facts.looked(text.length);
          return text;
        },
      }
    : {
        shape: 'many',
        read: (facts) => {
          const values = inner.read(facts);
          values.forEach((one) => facts.looked(one.length));
          return values;
        },
      };
}

function mapped<T extends Scalar>(inner: Reader<string>, map: (one: string) => T): Reader<T> {
  return inner.shape === 'one'
    ? { shape: 'one', read: (facts) => map(inner.read(facts)) }
    : {
        shape: 'many',
        read: (facts) => {
          const values = inner.read(facts);
          facts.looked(VALUE_COST * values.length);
          return values.map(map);
        },
      };
}
