import { setImmediate as nextTurn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { type Filter, loadFilterParser } from './filter/index.js';

/** Characters of all texts together. */
const TEXT_MAX = 4_000_000;

/** By its text, which says all that a filter is: one rule of a thousand that changes has one filter read anew. */
const parsed = new LRUCache<string, Filter>({ maxSize: TEXT_MAX, sizeCalculation: (_, text) => text.length + 1 });

/** A turn of the event loop each, as a large pattern takes long: requests go on between them. @throws FilterSyntaxError */
export async function parsedFilter(text: string): Promise<Filter> {
  const known = parsed.get(text);
  if (known) {
    return known;
  }
  const parseFilter = await loadFilterParser();
  await nextTurn();
  const filter = parseFilter(text);
  parsed.set(text, filter);
  return filter;
}
