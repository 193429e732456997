import { type MongoAbility } from '@casl/ability';

/** What a principal may do, as CASL rules; shared between all principals that may do the same. */
export type Ability = MongoAbility;

/** CASL subject of a list's rows; the list itself (its structure) is the subject `List`. */
export const LIST_ROWS = 'ListRows';
