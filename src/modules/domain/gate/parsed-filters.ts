import { LRUCache } from 'lru-cache';
import { type Filter, parseFilter } from '../filter/index.js';

/** Characters of all texts together. */
const TEXT_MAX = 4_000_000;

/** By its text, which says all that a filter is: one rule of a thousand that changes has one filter read anew. */
const parsed = new LRUCache<string, Filter>({ maxSize: TEXT_MAX, sizeCalculation: (_, text) => text.length + 1 });

/** @throws FilterSyntaxError */
export function parsedFilter(text: string): Filter {
  const known = parsed.get(text) ?? parseFilter(text);
  parsed.set(text, known);
  return known;
}
