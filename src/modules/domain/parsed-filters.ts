import { setImmediate as nextTurn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { type Filter, type FilterReferences, loadFilterParser, referencesOf } from './filter/index.js';

/** Characters of all texts together. */
const TEXT_MAX = 4_000_000;

export interface ParsedFilter {
  readonly filter: Filter;
  readonly references: FilterReferences;
}

/** By its text, which says all that a filter is: one rule of a thousand that changes has one filter read anew. */
const parsed = new LRUCache<string, ParsedFilter>({
  maxSize: TEXT_MAX,
  sizeCalculation: (_, text) => text.length + 1,
});

/** A turn of the event loop each, as a large pattern takes long: requests go on between them. @throws FilterSyntaxError */
export async function parsedFilter(text: string): Promise<ParsedFilter> {
  const known = parsed.get(text);
  if (known) {
    return known;
  }
  const parseFilter = await loadFilterParser();
  await nextTurn();
  const filter = parseFilter(text);
  const made = { filter, references: referencesOf(filter) };
  parsed.set(text, made);
  return made;
}
