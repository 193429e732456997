import mysql, { type Pool, type PoolConnection, type PoolOptions } from 'mysql2';
import { surfaced } from './database-errors.js';
import type { ServerTarget, SslMode } from './database-url.js';

/** What the connections of a pool are for. */
export type PoolRole = 'read' | 'write' | 'migrate';

const CONNECT_TIMEOUT_MILLISECONDS = 5000;
const IDLE_TIMEOUT_MILLISECONDS = 60_000;
const SESSION_WAIT_SECONDS = 600;
const LOCK_WAIT_SECONDS = 5;
const WAITING_PER_CONNECTION = 50;

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
export function sessionStatements(role: PoolRole): string[] {
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
    wait_timeout: SESSION_WAIT_SECONDS,
    interactive_timeout: SESSION_WAIT_SECONDS,
  };
  const assignments = Object.entries(settings).map(([name, value]) => `SESSION ${name} = ${value}`);
  return [
    'SET NAMES utf8mb4 COLLATE utf8mb4_bin',
    `SET ${assignments.join(', ')}`,
    `SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, ${role === 'read' ? 'READ ONLY' : 'READ WRITE'}`,
  ];
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
  connectTimeout: CONNECT_TIMEOUT_MILLISECONDS,
} as const;

/** Idle connections leave long before the server would end them; the queue is bounded, so that it fails early. */
export function poolLimits(size: number): PoolOptions {
  return {
    connectionLimit: size,
    maxIdle: Math.max(1, size - 1),
    idleTimeout: IDLE_TIMEOUT_MILLISECONDS,
    queueLimit: size * WAITING_PER_CONNECTION,
    gracefulEnd: true,
    enableKeepAlive: true,
  };
}

export function loginOptions(target: ServerTarget): PoolOptions {
  const { host, port, user, password, database } = target;
  return { host, port, user, password, database, ssl: sslOptions(target.ssl), ...VALUE_OPTIONS };
}

export function sslOptions(mode: SslMode): { rejectUnauthorized: boolean } | undefined {
  return mode === 'off' ? undefined : { rejectUnauthorized: mode === 'verify-ca' };
}

/** mysql2 as TypeORM's `driver`, with pools that prepare every connection before its first use. */
export function preparedMysql(role: PoolRole): object {
  return { ...mysql, createPool: (options: PoolOptions) => createPreparedPool(options, role) };
}

export function createPreparedPool(options: PoolOptions, role: PoolRole): Pool {
  const pool = mysql.createPool(options);
  pool.on('connection', (connection) => prepare(connection, role));
  const getConnection = pool.getConnection.bind(pool);
  pool.getConnection = (callback) =>
    getConnection((error, connection) => {
      callback((error ? surfaced(error) : error) as NodeJS.ErrnoException | null, connection);
    });
  return pool;
}

// Commands of one connection run in order: what the borrower sends comes after these.
function prepare(connection: PoolConnection, role: PoolRole): void {
  // Without a listener, an error of an idle connection would end the process; mysql2 removes it from the pool itself.
  connection.on('error', () => {});
  for (const statement of sessionStatements(role)) {
    connection.query(statement, (error) => {
      if (error) {
        connection.destroy();
      }
    });
  }
}
