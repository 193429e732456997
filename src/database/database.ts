import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { rememberUniqueKey } from './database-errors.js';
import {
  type DatabaseKind,
  databaseKindFromEnvironment,
  type DatabaseTarget,
  parseDatabaseUrl,
} from './database-url.js';
import type { Counter, DatabaseLogger, DatabaseOptions, Engine } from './engine.js';
import type { SelectedRows, SelectLimits } from './select/select.js';
import { ServerEngine } from './server-engine.js';
import { SqliteEngine } from './sqlite-engine.js';
import { LOCK_WAIT_SECONDS } from './server-pool.js';
import { noteFailure, type Outcome, runTransaction, type TransactionOptions, TransactionScope } from './transaction.js';

const SILENT: DatabaseLogger = { info: () => {}, warn: () => {} };

/** The one way to the database: reads beside transactions, transactions in order, the same on every database. */
@Injectable()
export class Database {
  readonly target: DatabaseTarget;
  readonly kind: DatabaseKind;
  /** To append to a SELECT that locks its rows; on SQLite a transaction is alone anyway. */
  readonly forUpdate: '' | ' FOR UPDATE';
  readonly logger: DatabaseLogger;
  /** For this folder's own files (migrations, locks). */
  readonly engine: Engine;
  readonly #counter: Counter = { value: 0 };
  readonly #scope = new AsyncLocalStorage<TransactionScope>();
  #open = 0;

  constructor(private readonly options: DatabaseOptions) {
    this.target = parseDatabaseUrl(options.url);
    this.kind = this.target.kind;
    this.forUpdate = this.kind === 'sqlite' ? '' : ' FOR UPDATE';
    this.logger = options.logger ?? SILENT;
    this.engine = createEngine(this.target, options, this.#counter);
  }

  /**
   * Entity manager for reads outside a transaction: it sees what is committed, also when called inside one. A write
   * through it fails on every database.
   */
  get reader(): EntityManager {
    return this.engine.reader.manager;
  }

  /** How many statements were sent so far, by every path. Session settings of a new connection do not count. */
  get statementCount(): number {
    return this.#counter.value;
  }

  /** Opens the connections. Refuses a wrong or too old server, and entities that were loaded for another database. */
  async connect(): Promise<void> {
    await this.engine.open();
    const loadedFor = databaseKindFromEnvironment();
    if (this.options.entities.length > 0 && loadedFor !== this.kind) {
      await this.close();
      throw new Error(`The entities were loaded for ${loadedFor} (DATABASE_URL) and cannot be used on ${this.kind}.`);
    }
    this.#rememberKeys();
  }

  async close(): Promise<void> {
    await this.engine.close();
  }

  async ping(): Promise<void> {
    await this.query('SELECT 1');
  }

  /** SELECT by hand, outside any transaction; `?` placeholders; bigint as number, boolean as 0 or 1, bytes as Uint8Array. */
  query<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return this.engine.query('read', sql, parameters) as Promise<T[]>;
  }

  /** As `query`, on the change feed's own connection: no load of requests delays it. */
  feedQuery<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return this.engine.query('feed', sql, parameters) as Promise<T[]>;
  }

  /**
   * A SELECT that somebody else has thought up: within limits, beside all other work, and outside any transaction. It
   * begins with `SELECT `. @throws SelectLimitError
   */
  select(sql: string, parameters: readonly unknown[], limits: SelectLimits): Promise<SelectedRows> {
    this.#counter.value += 1;
    return this.engine.selector.select(sql, parameters, limits);
  }

  /**
   * One transaction. Inside another one of the same async context it joins that one: all or nothing, and if the inner
   * work throws then nothing is committed, even if the outer work catches it. `work` may run again from the start
   * after a deadlock, so it changes nothing but the database; the rest belongs into `afterTransaction`.
   */
  transaction<T>(work: (tx: EntityManager) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const scope = this.#current();
    return scope ? join(scope, work) : this.#begin(work, options);
  }

  /** As `transaction`, but nothing of it stays: it is rolled back also when `work` has succeeded. Not inside another one. */
  async rehearse<T>(work: (tx: EntityManager) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.inTransaction) {
      throw new Error('rehearse() was called inside a transaction.');
    }
    try {
      return await this.transaction(async (tx) => {
        throw new Rehearsed(await work(tx));
      }, options);
    } catch (error) {
      if (error instanceof Rehearsed) {
        return error.result as T;
      }
      throw error;
    }
  }

  /**
   * Inside a transaction, statements of `work` wait for a locked row at most so many seconds, and then fail as busy. On
   * SQLite a transaction is alone anyway.
   */
  async withLockWait<T>(tx: EntityManager, seconds: number, work: () => Promise<T>): Promise<T> {
    if (this.kind === 'sqlite') {
      return work();
    }
    await tx.query(`SET SESSION innodb_lock_wait_timeout = ${seconds}`);
    try {
      return await work();
    } finally {
      await tx.query(`SET SESSION innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}`);
    }
  }

  /** True inside the `work` of a transaction. */
  get inTransaction(): boolean {
    return this.#current() !== undefined;
  }

  /**
   * To stand behind a table's name in a SELECT that is to be read in the order of this index. Among indices that begin
   * alike, servers choose without regard to the order and then sort; SQLite finds the right one by itself.
   */
  usingIndex(name: string): string {
    return this.kind === 'sqlite' ? '' : ` FORCE INDEX (${name})`;
  }

  /**
   * Runs `callback` once, right after the current transaction has ended: 'committed', or 'failed' when it was rolled
   * back, is about to be tried again, or when the answer to COMMIT never came (it may have been committed).
   */
  afterTransaction(callback: (outcome: Outcome) => void): void {
    const scope = this.#current();
    if (!scope) {
      throw new Error('afterTransaction() was called outside a transaction.');
    }
    scope.afterwards(callback);
  }

  #current(): TransactionScope | undefined {
    const scope = this.#scope.getStore();
    return scope?.active ? scope : undefined;
  }

  #begin<T>(work: (tx: EntityManager) => Promise<T>, options: TransactionOptions): Promise<T> {
    const environment = {
      engine: this.engine,
      enter: <R>(scope: TransactionScope, inner: () => Promise<R>) => this.#within(scope, inner),
      onCallbackError: (error: unknown) => this.logger.warn(`A callback after a transaction failed: ${String(error)}`),
    };
    return runTransaction(environment, options, work);
  }

  /**
   * Contexts are followed only while a transaction is open: up to Node 22 that costs every promise of the process, also
   * those of requests that only read.
   */
  async #within<T>(scope: TransactionScope, work: () => Promise<T>): Promise<T> {
    this.#open += 1;
    try {
      return await this.#scope.run(scope, work);
    } finally {
      this.#open -= 1;
      if (this.#open === 0) {
        this.#scope.disable();
      }
    }
  }

  #rememberKeys(): void {
    for (const { tableName, uniques, indices, primaryColumns } of this.engine.reader.entityMetadatas) {
      const keys = [...uniques, ...indices.filter(({ isUnique }) => isUnique)];
      keys.forEach(({ name, columns }) =>
        rememberUniqueKey(
          name,
          tableName,
          columns.map(({ databaseName }) => databaseName),
        ),
      );
      const primary = primaryColumns.map(({ databaseName }) => databaseName);
      const name = primaryColumns[0]?.primaryKeyConstraintName ?? `pk_${tableName}`;
      rememberUniqueKey(name, tableName, primary);
    }
  }
}

/** Ends a rehearsal that succeeded, so that it is rolled back like one that failed. */
class Rehearsed extends Error {
  constructor(readonly result: unknown) {
    super('The rehearsal is over.');
  }
}

async function join<T>(scope: TransactionScope, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  try {
    return await work(scope.manager);
  } catch (error) {
    scope.doom ??= error;
    throw error;
  }
}

function createEngine(target: DatabaseTarget, options: DatabaseOptions, counter: Counter): Engine {
  return target.kind === 'sqlite'
    ? new SqliteEngine(target, options, counter, noteFailure)
    : new ServerEngine(target, options, counter, noteFailure);
}
