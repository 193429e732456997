import type { DataSource, QueryRunner } from 'typeorm';
import type { DatabaseKind } from './database-url.js';
import type { Selector } from './select/select.js';
import type { Lane } from './write-queue.js';

/** Where the database says what an operator should know. */
export interface DatabaseLogger {
  info(message: string): void;
  warn(message: string): void;
}

export interface DatabaseOptions {
  url: string;
  entities: Function[];
  migrations: Function[];
  /** Connections for reads, and as many again for transactions (servers only). */
  poolSize?: number;
  logger?: DatabaseLogger;
}

export interface Counter {
  value: number;
}

export type Row = Record<string, unknown>;

/** Gives a lock back; when it resolves, the next one can have it. */
export type Release = () => Promise<void>;

/** What differs between an embedded file and a server. `Database` is the same above both. */
export interface Engine {
  readonly kind: DatabaseKind;
  /** For reads; a write through it fails. */
  readonly reader: DataSource;
  /** For SELECTs that somebody else has thought up. */
  readonly selector: Selector;
  open(): Promise<void>;
  close(): Promise<void>;
  query(channel: 'read' | 'feed', sql: string, parameters: readonly unknown[]): Promise<Row[]>;
  /** Lends the write connection (SQLite: the one, in turn; servers: one of the pool) to `body`. */
  withWriter<T>(lane: Lane, body: (runner: QueryRunner) => Promise<T>): Promise<T>;
  /** @param patience milliseconds that SQLite waits for another process's write, instead of the usual 10 s */
  begin(runner: QueryRunner, patience?: number): Promise<void>;
  commit(runner: QueryRunner): Promise<void>;
  /** Never throws; a connection that cannot roll back is thrown away. */
  rollback(runner: QueryRunner): Promise<void>;
  /** A data source of its own for DDL; the caller destroys it. */
  openForMigrations(): Promise<DataSource>;
  /** Takes a lock that all processes on this database share and the death of its holder frees; returns its release. */
  lock(name: string, onWait: () => void): Promise<Release>;
  /** As `lock`, but null at once when somebody holds it. */
  tryLock(name: string): Promise<Release | null>;
}
