import { UnavailableError } from '../common/errors/index.js';

/** Another process writes to the file and has not let go of it in time. */
export class FileHeldError extends UnavailableError {}

interface DriverError {
  code?: string;
  errno?: number;
  message: string;
}

const LOST_CODES = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'PROTOCOL_ENQUEUE_AFTER_QUIT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
// too many connections (server, user), shutdown, killed, idle too long
const LOST_NUMBERS = new Set([1040, 1053, 1203, 1226, 1927, 3168, 4031]);
const LOST_TEXT = /^Pool is closed|closed state|Connection lost/;

/** The driver's own error: TypeORM and our errors carry it as `driverError` or `cause`. */
function driverError(error: unknown): DriverError | undefined {
  let found = error;
  for (let depth = 0; depth < 5 && isErrorLike(found); depth += 1) {
    const inner = found.driverError ?? found.cause;
    if (!isErrorLike(inner)) {
      return found;
    }
    found = inner;
  }
  return undefined;
}

// Not `instanceof Error`: drivers throw what they like, and only the message is needed here.
function isErrorLike(value: unknown): value is DriverError & { driverError?: unknown; cause?: unknown } {
  return typeof value === 'object' && value !== null && typeof (value as DriverError).message === 'string';
}

/** Unique keys of the entities by name, as SQLite writes them in its message; filled on connect. */
const keysOfSqlite = new Map<string, string>();

/** SQLite names the columns and not the key: this is how a key's name still means something there. */
export function rememberUniqueKey(name: string, table: string, columns: readonly string[]): void {
  keysOfSqlite.set(name, sqliteKey(columns.map((column) => `${table}.${column}`)));
}

const sqliteKey = (columns: readonly string[]): string => columns.toSorted().join(',');

/**
 * True if a unique or primary key refused the row; with `constraintName`, only if it was that one (a name that begins
 * with `pk_` means the primary key). `columns` tells the key on SQLite where no entity declares it.
 */
export function isUniqueViolation(error: unknown, constraintName?: string, columns?: readonly string[]): boolean {
  const found = driverError(error);
  if (!found) {
    return false;
  }
  if (found.code === 'SQLITE_CONSTRAINT_UNIQUE' || found.code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    return constraintName === undefined || namesSqliteKey(found.message, constraintName, columns);
  }
  if (found.errno !== 1062 && found.errno !== 1586) {
    return false;
  }
  const key = /for key '(?:[^']*\.)?([^'.]+)'$/.exec(found.message)?.[1];
  return (
    constraintName === undefined || key === constraintName || (key === 'PRIMARY' && constraintName.startsWith('pk_'))
  );
}

function namesSqliteKey(message: string, constraintName: string, columns?: readonly string[]): boolean {
  const failed = (/constraint failed: (.*)$/.exec(message)?.[1] ?? '').split(', ');
  if (columns) {
    return sqliteKey(columns) === sqliteKey(failed.map((column) => column.replace(/^.*\./, '')));
  }
  return keysOfSqlite.get(constraintName) === sqliteKey(failed);
}

/** True if a foreign key refused the statement: the referenced row is missing, or the row is still referenced. */
export function isForeignKeyViolation(error: unknown): boolean {
  const found = driverError(error);
  // SQLite reports ON DELETE RESTRICT as a trigger's refusal.
  const trigger = found?.code === 'SQLITE_CONSTRAINT_TRIGGER' && found.message.includes('FOREIGN KEY');
  return trigger || found?.code === 'SQLITE_CONSTRAINT_FOREIGNKEY' || hasNumber(found, 1216, 1217, 1451, 1452);
}

/** True if the server rolled the transaction back to break a deadlock (1020: MariaDB's snapshot conflict). */
export function isDeadlock(error: unknown): boolean {
  return hasNumber(driverError(error), 1213, 1020);
}

/** True if a lock was not to be had in time. */
export function isBusy(error: unknown): boolean {
  const found = driverError(error);
  return /^SQLITE_(BUSY|LOCKED)/.test(found?.code ?? '') || hasNumber(found, 1205, 3572);
}

/** True if there is no working connection to the server (any more). */
export function isConnectionLost(error: unknown): boolean {
  const found = driverError(error);
  return (
    found !== undefined &&
    (LOST_CODES.has(found.code ?? '') || hasNumber(found, ...LOST_NUMBERS) || LOST_TEXT.test(found.message))
  );
}

function hasNumber(found: DriverError | undefined, ...numbers: number[]): boolean {
  return found?.errno !== undefined && numbers.includes(found.errno);
}

/** A lost connection, a full queue or a lock that never came becomes a 503; everything else stays as it is. */
export function surfaced(error: unknown): unknown {
  if (error instanceof UnavailableError) {
    return error;
  }
  if (isConnectionLost(error)) {
    return new UnavailableError('The database cannot be reached.', { cause: error });
  }
  if (isBusy(error) || isDeadlock(error)) {
    return new UnavailableError('The database is busy with other work.', { cause: error });
  }
  if (isErrorLike(error) && error.message === 'Queue limit reached.') {
    return new UnavailableError('Too many requests are waiting for the database.', { cause: error });
  }
  return error;
}
