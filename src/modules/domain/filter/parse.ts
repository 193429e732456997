import { type Filter } from './tree.js';

/** Of a filter, in UTF-16 units. */
export const FILTER_LENGTH_MAX = 4096;

/** @throws FilterSyntaxError that points at the first place that does not belong there */
export function parseFilter(_text: string): Filter {
  throw new Error('Being built.');
}
