import { type ApiParameterObject, type JsonSchema } from './types.js';
import {
  DEFAULT_PAGE_SIZE,
  type FilterRule,
  type FlatQuerySpec,
  type FlatRule,
  MAX_FILTER_VALUE_LENGTH,
  MAX_PAGE_NUMBER,
  MAX_PAGE_SIZE,
  MAX_TEXT_LENGTH,
  type ResourceQuerySpec,
} from '../common/query/index.js';

/** What a filter does, by its key; a rule's own description wins. */
const FILTER_TEXTS: Readonly<Record<string, string>> = {
  search: 'Only those whose name contains this text, in any case.',
  state: 'Only those in one of these states. Left out: all but deleted ones.',
  identifier: 'Only those with one of these identifiers, e.g. `admin,integration`.',
  role: 'Only those with one of these roles (ids, with commas between them).',
  group: 'Only those of one of these user groups (ids, with commas between them).',
  expires_before:
    'Only those that end before this moment, the first one first unless `sort` says otherwise. Those without an end never do.',
  last_used_before:
    'Only those that nobody has used since this moment, the longest unused first unless `sort` says otherwise. ' +
    'Those that were never used are among them, to about a minute.',
  creator: 'Only those that one of these made (ids, with commas between them).',
};

/** What a flat parameter does, and a value that works, by its name. */
const FLAT_TEXTS: Readonly<Record<string, { readonly description: string; readonly example?: string }>> = {
  boxId: { description: 'The box id, in any case.', example: 'PB0000PT' },
  Name: { description: 'The name of the list, in any case.', example: 'StockInfo' },
  SortColumn: { description: 'The column to sort by, in any case. Left out: `ID`.' },
  SortOrder: { description: 'Ascending or descending.' },
  SkipRows: { description: 'How many rows to leave out at the start.' },
  MaxRows: { description: 'How many rows to answer at most.' },
  created: { description: 'Whether to end what it made too, and what that made in turn: all of it or nothing.' },
};

/** The parameters of `@ResourceQueries`, as the parser reads them. */
export function resourceQueryParameters(spec: ResourceQuerySpec): ApiParameterObject[] {
  return [
    ...(spec.sort ? [sortParameter(spec.sort)] : []),
    ...Object.entries(spec.filter ?? {}).map(([key, rule]) => filterParameter(key, rule)),
    ...(spec.page === true ? pageParameters() : []),
    ...(spec.include ? [namesParameter('include', 'Adds these, by id, as `includes`.', spec.include)] : []),
    ...(spec.meta ? [namesParameter('meta', 'Adds these as `meta`.', spec.meta)] : []),
  ];
}

/** The parameters of `@FlatQueries`, as the parser reads them. */
export function flatQueryParameters(spec: FlatQuerySpec): ApiParameterObject[] {
  return Object.entries(spec).map(([name, rule]) => {
    const { description, example } = { ...FLAT_TEXTS[name], ...textsOf(rule) };
    return {
      name,
      in: 'query',
      required: rule.required === true,
      ...(description === undefined ? {} : { description }),
      ...(example === undefined ? {} : { example }),
      schema: flatSchema(rule),
    };
  });
}

/** Only those that it has: the usual ones stay where it is silent. */
function textsOf({ description, example }: FlatRule): { readonly description?: string; readonly example?: string } {
  return { ...(description === undefined ? {} : { description }), ...(example === undefined ? {} : { example }) };
}

function sortParameter(fields: readonly string[]): ApiParameterObject {
  const values = fields.flatMap((field) => [field, `-${field}`]);
  return listParameter('sort', 'Fields to sort by; `-` in front of one turns its order round.', values);
}

function namesParameter(name: string, description: string, values: readonly string[]): ApiParameterObject {
  return listParameter(name, description, values);
}

function listParameter(name: string, description: string, values: readonly string[]): ApiParameterObject {
  const items = { type: 'string', enum: [...values] };
  return commaList(name, description, { type: 'array', uniqueItems: true, items });
}

function commaList(name: string, description: string | undefined, schema: JsonSchema): ApiParameterObject {
  return { ...optional(name, description, schema), style: 'form', explode: false };
}

function optional(name: string, description: string | undefined, schema: JsonSchema): ApiParameterObject {
  return { name, in: 'query', required: false, ...(description === undefined ? {} : { description }), schema };
}

function filterParameter(key: string, rule: FilterRule): ApiParameterObject {
  const name = `filter[${key}]`;
  const description = rule.description ?? FILTER_TEXTS[key];
  const value: JsonSchema = {
    type: 'string',
    ...(rule.values ? { enum: [...rule.values] } : { minLength: 1, maxLength: MAX_FILTER_VALUE_LENGTH }),
    ...(rule.pattern ? { pattern: rule.pattern.source } : {}),
    ...(rule.time === true ? { format: 'date-time' } : {}),
    ...(rule.format ? { format: rule.format } : {}),
  };
  return rule.multiple === true
    ? commaList(name, description, { type: 'array', items: value })
    : optional(name, description, value);
}

function pageParameters(): ApiParameterObject[] {
  const whole = (maximum: number, normal: number): JsonSchema => ({
    type: 'integer',
    minimum: 1,
    maximum,
    default: normal,
  });
  return [
    optional('page[number]', 'Which page; the first is 1.', whole(MAX_PAGE_NUMBER, 1)),
    optional('page[size]', 'How many on a page.', whole(MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE)),
  ];
}

function flatSchema(rule: FlatRule): JsonSchema {
  switch (rule.kind) {
    case 'text':
      return { type: 'string', maxLength: rule.maxLength ?? MAX_TEXT_LENGTH };
    case 'integer':
      return { type: 'integer', minimum: rule.minimum, maximum: rule.maximum, ...defaultOf(rule.default) };
    case 'choice':
      return { type: 'string', enum: [...rule.values], ...defaultOf(rule.default) };
    case 'time':
      return { type: 'string', format: 'date-time' };
  }
}

function defaultOf(value: string | number | undefined): JsonSchema {
  return value === undefined ? {} : { default: value };
}
