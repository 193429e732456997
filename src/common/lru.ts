/**
 * For an LRU cache of many entries. The library's own `max` sets the room for all of them aside at once, which takes
 * tens of milliseconds and megabytes of every start; a size of one each bounds as strictly and grows with what is kept.
 */
export function entriesAtMost(entries: number): { maxSize: number; sizeCalculation: () => number } {
  return { maxSize: entries, sizeCalculation: () => 1 };
}
