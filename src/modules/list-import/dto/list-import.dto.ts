import { type FlatQuery, type FlatQuerySpec } from '../../../common/query/index.js';
import { type DelimiterName } from '../csv-scan.js';
import { type ImportMode, type OnError } from '../list-import.entity.js';

const NAME_LENGTH_MAX = 200;
/** 128 times `Boolean,`. */
const TYPES_LENGTH_MAX = 1024;
const SHARED = {
  on_error: { kind: 'choice', values: ['refuse', 'skip'], default: 'refuse' },
  delimiter: { kind: 'choice', values: ['comma', 'semicolon', 'tab'] },
} as const satisfies FlatQuerySpec;

/** Into a list that is there. */
export const IMPORT_QUERY = {
  mode: { kind: 'choice', values: ['append', 'replace'], required: true },
  ...SHARED,
} as const satisfies FlatQuerySpec;

/** Into a list that is made. */
export const CREATE_QUERY = {
  mode: { kind: 'choice', values: ['create'], default: 'create' },
  // Lengths are in UTF-16 units here, two for some characters.
  name: { kind: 'text', required: true, maxLength: 2 * NAME_LENGTH_MAX },
  types: { kind: 'text', maxLength: TYPES_LENGTH_MAX },
  ...SHARED,
} as const satisfies FlatQuerySpec;

/** What either of them says. */
export interface ImportQuery {
  readonly mode: ImportMode;
  readonly on_error: OnError;
  readonly delimiter?: DelimiterName;
  readonly name?: string;
  readonly types?: string;
}

export type FillQuery = FlatQuery<typeof IMPORT_QUERY>;
export type CreateQuery = FlatQuery<typeof CREATE_QUERY>;
