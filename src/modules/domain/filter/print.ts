import { type Filter } from './tree.js';

/** The one canonical text of a filter. Read again it is the same filter, apart from the places. */
export function printFilter(_filter: Filter): string {
  throw new Error('Being built.');
}
