import { type Socket } from 'node:net';
import mysql, {
  type Pool,
  type PoolConnection,
  type PoolOptions,
  type Query,
  type TypeCastField,
  type TypeCastNext,
} from 'mysql2';
import { surfaced } from './database-errors.js';
import type { ServerKind, ServerTarget, SslMode } from './database-url.js';

/** What the connections of a pool are for. */
export type PoolRole = 'read' | 'feed' | 'write' | 'migrate' | 'select';

const CONNECT_TIMEOUT_MILLISECONDS = 5000;
const IDLE_TIMEOUT_MILLISECONDS = 60_000;
/** How often mysql2 looks for connections that have idled too long. */
const IDLE_SWEEP_MILLISECONDS = 1000;
const SESSION_WAIT_SECONDS = 600;
/** How long a statement waits for a row that another transaction has locked. */
export const LOCK_WAIT_SECONDS = 5;
const WAITING_PER_CONNECTION = 50;
/**
 * After so long without a word the server ends a transaction and frees its locks: a node that was frozen or cut off
 * must not hold up the revocations of others. They wait for four times the lock wait, thus longer.
 */
const TRANSACTION_IDLE_SECONDS = 8;
/** MySQL has no such limit for transactions, only for sessions, so its writers leave the pool well before. */
const MYSQL_WRITER_IDLE_MILLISECONDS = 4000;
/**
 * How long a connection is waited for, and then the answer to each statement. Beyond it the connection is destroyed: a
 * database that hangs must not take its callers along. A migration takes as long as it takes; a SELECT of an integrator has a limit of its own.
 */
const PATIENCE_MILLISECONDS = {
  feed: 2000,
  read: 10_000,
  write: 20_000,
  migrate: null,
  select: null,
} as const satisfies Record<PoolRole, number | null>;

const SQL_MODE = [
  'STRICT_ALL_TABLES',
  'ONLY_FULL_GROUP_BY',
  'NO_ZERO_IN_DATE',
  'NO_ZERO_DATE',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_ENGINE_SUBSTITUTION',
].join(',');

/**
 * Everything a server, a user or an `init_connect` may have set otherwise. Reads run read-only. Writers run with
 * autocommit off: after a deadlock the server has ended the transaction, and a statement that follows all the same
 * must not be committed on its own.
 */
export function sessionStatements(role: PoolRole, kind: ServerKind): string[] {
  const reads = role === 'read' || role === 'feed' || role === 'select';
  const settings = {
    sql_mode: `'${SQL_MODE}'`,
    time_zone: "'+00:00'",
    autocommit: role === 'write' ? 0 : 1,
    completion_type: "'NO_CHAIN'",
    foreign_key_checks: 1,
    unique_checks: 1,
    sql_safe_updates: 0,
    sql_select_limit: '18446744073709551615',
    sql_auto_is_null: 0,
    innodb_lock_wait_timeout: LOCK_WAIT_SECONDS,
    interactive_timeout: SESSION_WAIT_SECONDS,
    ...idleLimits(role, kind),
  };
  const assignments = Object.entries(settings).map(([name, value]) => `SESSION ${name} = ${value}`);
  return [
    'SET NAMES utf8mb4 COLLATE utf8mb4_bin',
    `SET ${assignments.join(', ')}`,
    `SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, ${reads ? 'READ ONLY' : 'READ WRITE'}`,
  ];
}

function idleLimits(role: PoolRole, kind: ServerKind): Record<string, number> {
  if (role !== 'write') {
    return { wait_timeout: SESSION_WAIT_SECONDS };
  }
  return kind === 'mariadb'
    ? { wait_timeout: SESSION_WAIT_SECONDS, idle_transaction_timeout: TRANSACTION_IDLE_SECONDS }
    : { wait_timeout: TRANSACTION_IDLE_SECONDS };
}

/** Numbers as numbers (exact up to 2^53), JSON as text, parameters never spread out as objects. */
export const VALUE_OPTIONS = {
  charset: 'utf8mb4_bin',
  timezone: 'Z',
  supportBigNumbers: true,
  bigNumberStrings: false,
  decimalNumbers: true,
  jsonStrings: true,
  stringifyObjects: true,
  typeCast: withExactNumbers,
  connectTimeout: CONNECT_TIMEOUT_MILLISECONDS,
} as const;

/** Idle connections leave long before the server would end them; the queue is bounded, so that it fails early. */
export function poolLimits(size: number, role: PoolRole, kind: ServerKind): PoolOptions {
  return {
    connectionLimit: size,
    maxIdle: Math.max(1, size - 1),
    idleTimeout: role === 'write' && kind === 'mysql' ? MYSQL_WRITER_IDLE_MILLISECONDS : IDLE_TIMEOUT_MILLISECONDS,
    queueLimit: size * WAITING_PER_CONNECTION,
    gracefulEnd: true,
    enableKeepAlive: true,
  };
}

/** mysql2 itself reads 999.9999999999999 as 1000: it adds up the digits of short numbers, beyond what a double counts. */
function withExactNumbers(field: TypeCastField, next: TypeCastNext): unknown {
  if (field.type !== 'DOUBLE' && field.type !== 'NEWDECIMAL') {
    return next();
  }
  const text = field.string();
  return text === null ? null : Number(text);
}

export function loginOptions(target: ServerTarget): PoolOptions {
  const { host, port, user, password, database } = target;
  return { host, port, user, password, database, ssl: sslOptions(target.ssl), ...VALUE_OPTIONS };
}

export function sslOptions(mode: SslMode): { rejectUnauthorized: boolean } | undefined {
  return mode === 'off' ? undefined : { rejectUnauthorized: mode === 'verify-ca' };
}

/** mysql2 as TypeORM's `driver`, with pools that prepare every connection before its first use. */
export function preparedMysql(role: PoolRole, kind: ServerKind): object {
  return { ...mysql, createPool: (options: PoolOptions) => createPreparedPool(options, role, kind) };
}

export function createPreparedPool(options: PoolOptions, role: PoolRole, kind: ServerKind): Pool {
  const patience = PATIENCE_MILLISECONDS[role];
  const pool = mysql.createPool(options);
  pool.on('connection', (connection) => prepare(connection, sessionStatements(role, kind), patience));
  const getConnection = pool.getConnection.bind(pool);
  const lend = (callback: Borrower): void =>
    getConnection((error, connection) => {
      if (!error && isStale(connection, options.idleTimeout)) {
        connection.destroy();
        lend(callback);
        return;
      }
      callback((error ? surfaced(error) : error) as NodeJS.ErrnoException | null, connection);
    });
  pool.getConnection = (callback) => lend(patience === null ? callback : impatient(callback, patience));
  return pool;
}

type Borrower = Parameters<Pool['getConnection']>[0];

/** A connection that comes too late goes back to the pool. */
function impatient(callback: Borrower, patience: number): Borrower {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    callback(surfaced(silence()) as NodeJS.ErrnoException, undefined as unknown as PoolConnection);
  }, patience).unref();
  return (error, connection) => {
    clearTimeout(timer);
    if (!late) {
      callback(error, connection);
    } else if (!error) {
      connection.release();
    }
  };
}

/** The process stood still, so that the pool has not sorted it out yet: the server may have ended it. */
function isStale(connection: PoolConnection, idleTimeout = IDLE_TIMEOUT_MILLISECONDS): boolean {
  const { lastActiveTime } = connection as unknown as { lastActiveTime: number };
  return Date.now() - lastActiveTime > idleTimeout + IDLE_SWEEP_MILLISECONDS;
}

// Commands of one connection run in order: what the borrower sends comes after these.
function prepare(connection: PoolConnection, statements: readonly string[], patience: number | null): void {
  // Without a listener, an error of an idle connection would end the process; mysql2 removes it from the pool itself.
  connection.on('error', () => {});
  if (patience !== null) {
    endWhenSilent(connection, patience);
  }
  for (const statement of statements) {
    connection.query(statement, (error) => {
      if (error) {
        connection.destroy();
      }
    });
  }
}

/**
 * Not by mysql2's own `timeout` of a query: that leaves the connection waiting for the answer, and the pool without it.
 * Destroying the socket fails everything that waits on the connection and takes it out of the pool.
 */
function endWhenSilent(connection: PoolConnection, patience: number): void {
  const { stream } = connection as unknown as { stream: Socket };
  const query = connection.query.bind(connection) as (...input: unknown[]) => Query;
  const bounded = (...input: unknown[]): Query => {
    const command = query(...input);
    const timer = setTimeout(() => stream.destroy(silence()), patience).unref();
    command.once('end', () => clearTimeout(timer));
    return command;
  };
  connection.query = bounded as PoolConnection['query'];
}

function silence(): Error {
  return Object.assign(new Error('The database did not answer in time.'), { code: 'ETIMEDOUT' });
}
