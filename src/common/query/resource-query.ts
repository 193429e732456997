import { isTime } from '../time.js';
import { readQuery } from './query-string.js';
import { listing, mayBeShown, queryRefusal, quote } from './refusal.js';

export const DEFAULT_PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 100;
export const MAX_PAGE_NUMBER = 1_000_000;
export const MAX_FILTER_VALUES = 50;
export const MAX_FILTER_VALUE_LENGTH = 256;

/** What one filter takes. Without `values`, `pattern` and `time` it is free text. */
export interface FilterRule {
  /** The only values, exactly as written. */
  readonly values?: readonly string[];
  /** Each value must match; anchor it. */
  readonly pattern?: RegExp;
  /** The value is a moment of RFC 3339. */
  readonly time?: boolean;
  /** What the pattern stands for, in the words of JSON Schema; for the documents. */
  readonly format?: 'date';
  /** A comma separates alternatives. Without it a comma is part of the one value. */
  readonly multiple?: boolean;
  readonly description?: string;
}

/** The allow-list of one collection. What is left out is refused; nothing secret belongs in it. */
export interface ResourceQuerySpec {
  readonly sort?: readonly string[];
  readonly filter?: Readonly<Record<string, FilterRule>>;
  readonly page?: boolean;
  readonly include?: readonly string[];
  readonly meta?: readonly string[];
}

export interface ResourceQuery {
  sort: { field: string; descending: boolean }[];
  /** Keys of the spec's `filter` only, each with at least one value; no prototype. */
  filter: Record<string, string[]>;
  /** Defaults (first page, 20) when absent or not part of the spec. */
  page: { number: number; size: number; offset: number };
  include: string[];
  meta: string[];
}

interface Reading {
  readonly spec: ResourceQuerySpec;
  readonly query: ResourceQuery;
  readonly seen: Set<string>;
}

const BRACKETED = /^(filter|page)\[([^[\]]*)\]$/;
const WHOLE_NUMBER = /^[1-9]\d{0,8}$/;

/**
 * Reads the query of a management route (surfaces.md, "collections"; management contract §5 and §7): `sort=-a,b`,
 * `filter[key]=a,b`, `page[number]`, `page[size]`, `include=`, `meta=`; lists repeated or with commas, brackets raw or
 * encoded.
 *
 * Strict: every unknown name, duplicate scalar and malformed value is a 422 that names it, points at it and lists what
 * is allowed. A wholly empty list (`sort=`) counts as absent; an empty element (`sort=a,,b`) or filter does not. The
 * empty spec refuses every parameter.
 */
export function parseResourceQuery(raw: string, spec: ResourceQuerySpec): ResourceQuery {
  const query: ResourceQuery = {
    sort: [],
    filter: Object.create(null) as Record<string, string[]>,
    page: { number: 1, size: DEFAULT_PAGE_SIZE, offset: 0 },
    include: [],
    meta: [],
  };
  const reading: Reading = { spec, query, seen: new Set() };
  for (const [name, value] of readQuery(raw)) {
    readParameter(reading, name, value);
  }
  query.page.offset = (query.page.number - 1) * query.page.size;
  return query;
}

function readParameter(reading: Reading, name: string, value: string): void {
  const { spec, query } = reading;
  const [, family, key] = BRACKETED.exec(name) ?? [];
  if (family === 'filter' && key !== undefined && spec.filter !== undefined) {
    readFilter(reading, spec.filter, key, value);
  } else if (family === 'page' && key !== undefined && spec.page === true) {
    readPage(reading, key, value);
  } else if (name === 'sort' && spec.sort !== undefined) {
    readSort(reading, spec.sort, value);
  } else if (name === 'include' && spec.include !== undefined) {
    readNames('include', query.include, spec.include, value);
  } else if (name === 'meta' && spec.meta !== undefined) {
    readNames('meta', query.meta, spec.meta, value);
  } else {
    const path = family !== undefined && key !== undefined ? [family, key] : [name];
    throw unknown('query parameter', name, path, parameterNames(spec));
  }
}

function readFilter(reading: Reading, rules: Readonly<Record<string, FilterRule>>, key: string, value: string): void {
  const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
  if (rule === undefined) {
    throw unknown('filter', key, ['filter', key], Object.keys(rules));
  }
  const name = `filter[${key}]`;
  const path = ['filter', key];
  refuseSecond(reading, name, path);
  const values = rule.multiple === true ? [...new Set(value.split(','))] : [value];
  if (values.length > MAX_FILTER_VALUES) {
    throw queryRefusal(`${name} takes at most ${MAX_FILTER_VALUES} values.`, path);
  }
  for (const one of values) {
    checkFilterValue(name, path, rule, one);
  }
  reading.query.filter[key] = values;
}

function checkFilterValue(name: string, path: readonly string[], rule: FilterRule, value: string): void {
  if (value.trim() === '') {
    throw queryRefusal(`${name} has an empty value; leave it out to not filter.`, path);
  }
  if (value.length > MAX_FILTER_VALUE_LENGTH) {
    throw queryRefusal(`A value of ${name} has more than ${MAX_FILTER_VALUE_LENGTH} characters.`, path);
  }
  const shown = quote(value, 'The value given');
  if (rule.values !== undefined && !rule.values.includes(value)) {
    const detail = `${shown} is not a value of ${name}. Allowed: ${listing(rule.values)}.`;
    throw queryRefusal(detail, path, { allowed: [...rule.values], multiple: rule.multiple === true });
  }
  if (rule.time === true && !isTime(value)) {
    const detail = `${shown} is no date and time with its offset. ${name} takes 2030-01-01T00:00:00Z, for example.`;
    throw queryRefusal(detail, path);
  }
  if (rule.pattern !== undefined && value.search(rule.pattern) < 0) {
    const expected = rule.description === undefined ? '' : ` Expected: ${rule.description}.`;
    throw queryRefusal(`${shown} does not have the form of ${name}.${expected}`, path);
  }
  if (rule.time === true && !isTime(value)) {
    const detail = `${shown} is no moment for ${name}. Expected: a date and time that exists, with its offset (a + written as %2B), e.g. 2030-01-01T00:00:00Z.`;
    throw queryRefusal(detail, path);
  }
}

function readPage(reading: Reading, key: string, value: string): void {
  if (key !== 'number' && key !== 'size') {
    throw unknown('page parameter', key, ['page', key], ['number', 'size']);
  }
  const path = ['page', key];
  refuseSecond(reading, `page[${key}]`, path);
  const maximum = key === 'size' ? MAX_PAGE_SIZE : MAX_PAGE_NUMBER;
  if (!WHOLE_NUMBER.test(value) || Number(value) > maximum) {
    throw queryRefusal(`page[${key}] is a whole number from 1 to ${maximum}.`, path, { minimum: 1, maximum });
  }
  reading.query.page[key] = Number(value);
}

function readSort(reading: Reading, allowed: readonly string[], value: string): void {
  for (const item of listItems('sort', value)) {
    const descending = item.startsWith('-');
    const field = descending ? item.slice(1) : item;
    if (!allowed.includes(field)) {
      throw unknown('sort field', field, ['sort'], allowed);
    }
    refuseSecond(reading, `sort field ${field}`, ['sort']);
    reading.query.sort.push({ field, descending });
  }
}

/** A set: a name said twice is said once. */
function readNames(parameter: 'include' | 'meta', into: string[], allowed: readonly string[], value: string): void {
  for (const item of listItems(parameter, value)) {
    if (!allowed.includes(item)) {
      throw unknown(`value of ${parameter}`, item, [parameter], allowed);
    }
    if (!into.includes(item)) {
      into.push(item);
    }
  }
}

function listItems(parameter: string, value: string): string[] {
  const items = value === '' ? [] : value.split(',');
  if (items.includes('')) {
    throw queryRefusal(`${parameter} has an empty element.`, [parameter]);
  }
  return items;
}

function refuseSecond({ seen }: Reading, name: string, path: readonly string[]): void {
  if (seen.has(name)) {
    throw queryRefusal(`${name} is given twice.`, path);
  }
  seen.add(name);
}

function unknown(kind: string, name: string, path: readonly string[], allowed: readonly string[]): Error {
  const extra = { ...(mayBeShown(name) ? { unknown: name } : {}), allowed: [...allowed] };
  return queryRefusal(`Unknown ${kind} ${quote(name, '(not shown)')}. Allowed: ${listing(allowed)}.`, path, extra);
}

function parameterNames(spec: ResourceQuerySpec): string[] {
  return [
    ...(spec.sort === undefined ? [] : ['sort']),
    ...Object.keys(spec.filter ?? {}).map((key) => `filter[${key}]`),
    ...(spec.page === true ? ['page[number]', 'page[size]'] : []),
    ...(spec.include === undefined ? [] : ['include']),
    ...(spec.meta === undefined ? [] : ['meta']),
  ];
}
