import type { DatabaseKind } from './database-url.js';

/** What a column holds, independent of the database. */
export type StorageName =
  | 'id'
  | 'string'
  | 'text'
  | 'json'
  | 'time'
  | 'counter'
  | 'integer'
  | 'small'
  | 'boolean'
  | 'binary'
  | 'bytes'
  | 'blob'
  | 'double';

export type StorageType =
  | 'varchar'
  | 'longtext'
  | 'text'
  | 'bigint'
  | 'integer'
  | 'smallint'
  | 'tinyint'
  | 'binary'
  | 'varbinary'
  | 'longblob'
  | 'blob'
  | 'double';

/** Length of an id of `common/ids`. */
const ID_LENGTH = 24;

/**
 * How a value is kept on a database. Entities and migrations both ask here: that is why the schema never drifts.
 * JSON is plain text on purpose: the JSON types of MySQL and MariaDB differ, and no statement of ours looks inside.
 */
export function storageOf(
  name: StorageName,
  kind: DatabaseKind,
  length?: number,
): { type: StorageType; length?: string } {
  const embedded = kind === 'sqlite';
  switch (name) {
    case 'id':
      return { type: 'varchar', length: String(ID_LENGTH) };
    case 'string':
      return { type: 'varchar', length: String(length) };
    case 'text':
    case 'json':
      return { type: embedded ? 'text' : 'longtext' };
    case 'time':
    case 'counter':
      return { type: 'bigint' };
    case 'integer':
      return { type: 'integer' };
    case 'small':
      return { type: 'smallint' };
    case 'boolean':
      return { type: 'tinyint' };
    case 'binary':
      return embedded ? { type: 'blob' } : { type: 'binary', length: String(length) };
    case 'bytes':
      return embedded ? { type: 'blob' } : { type: 'varbinary', length: String(length) };
    case 'blob':
      return { type: embedded ? 'blob' : 'longblob' };
    case 'double':
      return { type: 'double' };
  }
}
