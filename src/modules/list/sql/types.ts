import { type ColumnType } from '../list-columns.js';
import { type Sql } from './dialect.js';
import { type Place } from './tree.js';

/** A Date is a text of ten characters, a Moment one of 23; both order as texts. */
export type SqlType = ColumnType | 'Date' | 'Moment' | 'Null' | 'Condition';

/** An expression that was checked, in the SQL of the database in use. */
export interface Value {
  readonly sql: Sql;
  readonly type: SqlType;
  readonly place: Place;
  /** What a text literal says: it may stand for a number, a date or a truth. */
  readonly literal?: string;
  /** What is the same in every row, where the statement says it outright. */
  readonly constant?: string | number;
  /** An ID: arithmetic on it is made one of doubles first. */
  readonly integer?: boolean;
}

export const WORDS: Record<SqlType, string> = {
  Number: 'a Number',
  String: 'text',
  Boolean: 'a Boolean',
  Date: 'a date',
  Moment: 'a moment',
  Null: 'NULL',
  Condition: 'a condition',
};

export function isTextual(type: SqlType): boolean {
  return type === 'String' || type === 'Date' || type === 'Moment';
}

export function isNumeric(type: SqlType): boolean {
  return type === 'Number' || type === 'Boolean';
}
