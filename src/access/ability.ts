import { type MongoAbility } from '@casl/ability';

/** What a principal may do, as CASL rules; shared between all principals that may do the same. */
export type Ability = MongoAbility;

/** CASL subject of a list's rows; the list itself (its structure) is the subject `List`. */
export const LIST_ROWS = 'ListRows';

/** CASL subject of what a box does and shows; the box itself (its name, its address) is the subject `Box`. */
export const BOX_DATA = 'BoxData';

/** CASL subject of a variable's value; the variable itself is the subject `Variable`. */
export const VARIABLE_VALUE = 'VariableValue';

/** CASL subject of the alerts of a user group. */
export const GROUP_ALERTS = 'GroupAlerts';
