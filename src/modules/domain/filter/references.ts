import { type Filter, type ListType } from './tree.js';

/** What a filter reads: fields by their names, without key or index, and lists by their names, without `$`. */
export interface FilterReferences {
  readonly fields: ReadonlySet<string>;
  readonly lists: ReadonlyMap<string, ListType>;
}

export function referencesOf(_filter: Filter): FilterReferences {
  throw new Error('Being built.');
}
