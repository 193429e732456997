import { randomInt } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type QueryRunner } from 'typeorm';
import { FileHeldError, isBusy } from './database-errors.js';
import type { SqliteTarget } from './database-url.js';
import type { Counter, DatabaseOptions, Engine, Release, Row } from './engine.js';
import { type FailureListener, guardRunners } from './guarded-runner.js';
import { MIGRATIONS_TABLE } from './migrations-table.js';
import { OrmLogger } from './orm-logger.js';
import { SqliteSelector } from './select/sqlite-selector.js';
import { SqliteConnection } from './sqlite-adapter.js';
import { type Lane, WriteQueue } from './write-queue.js';

const BUSY_PATIENCE_MILLISECONDS = 10_000;
const READ_BUSY_MILLISECONDS = 50;
const LOCK_LOG_MILLISECONDS = 5000;

type Role = 'read' | 'write' | 'migrate';

/**
 * One write connection behind a queue, one read connection beside it, WAL. Waiting for another process's write lock
 * never blocks the event loop: the write connection's own busy time-out is 0, and the retry is ours and asynchronous.
 */
export class SqliteEngine implements Engine {
  readonly kind = 'sqlite';
  readonly reader: DataSource;
  readonly selector: SqliteSelector;
  readonly #writer: DataSource;
  readonly #queue = new WriteQueue();

  constructor(
    private readonly target: SqliteTarget,
    private readonly options: DatabaseOptions,
    private readonly counter: Counter,
    onFailure: FailureListener,
  ) {
    this.#writer = this.#source('write');
    this.reader = this.#source('read');
    this.selector = new SqliteSelector(target.file);
    guardRunners(this.#writer, counter, onFailure);
    guardRunners(this.reader, counter);
  }

  async open(): Promise<void> {
    await mkdir(dirname(this.target.file), { recursive: true });
    await this.#writer.initialize();
    await this.reader.initialize();
  }

  async close(): Promise<void> {
    await this.selector.close();
    await this.#queue.whenIdle();
    for (const source of [this.reader, this.#writer]) {
      if (source.isInitialized) {
        await source.destroy();
      }
    }
  }

  // Async, so that what SQLite throws synchronously becomes a rejection.
  async query(_channel: 'read' | 'feed', sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    this.counter.value += 1;
    const statement = connectionOf(this.reader).prepare(sql);
    return statement.all(...parameters) as Row[];
  }

  withWriter<T>(lane: Lane, body: (runner: QueryRunner) => Promise<T>): Promise<T> {
    return this.#queue.run(lane, async () => {
      // TypeORM shares one runner for ever; a fresh one each time lets a late statement of an ended transaction fail.
      Object.assign(this.#writer.driver, { queryRunner: undefined });
      const runner = this.#writer.createQueryRunner();
      try {
        return await body(runner);
      } finally {
        await runner.release();
        Object.assign(runner, { isReleased: true });
      }
    });
  }

  async begin(runner: QueryRunner, patience?: number): Promise<void> {
    const connection = connectionOf(this.#writer);
    if (connection.inTransaction) {
      connection.exec('ROLLBACK'); // the last one could not be rolled back at its end, e.g. on a full disk
    }
    await untilFree(async () => {
      try {
        await runner.startTransaction();
      } catch (error) {
        Object.assign(runner, { isTransactionActive: false });
        throw error;
      }
    }, patience);
  }

  commit(runner: QueryRunner): Promise<void> {
    return untilFree(() => runner.commitTransaction());
  }

  async rollback(runner: QueryRunner): Promise<void> {
    if (connectionOf(this.#writer).inTransaction) {
      await runner.rollbackTransaction().catch(() => {});
    }
  }

  async openForMigrations(): Promise<DataSource> {
    await mkdir(dirname(this.target.file), { recursive: true });
    const source = this.#source('migrate');
    guardRunners(source, this.counter);
    return source.initialize();
  }

  async lock(name: string, onWait: () => void): Promise<Release> {
    let logged = performance.now() - LOCK_LOG_MILLISECONDS + 1000;
    for (;;) {
      const release = await this.tryLock(name);
      if (release) {
        return release;
      }
      if (performance.now() - logged > LOCK_LOG_MILLISECONDS) {
        logged = performance.now();
        onWait();
      }
      await sleep(randomInt(20, 60));
    }
  }

  /** An exclusive transaction on a side file: the operating system frees it when the process dies. */
  async tryLock(name: string): Promise<Release | null> {
    await mkdir(dirname(this.target.file), { recursive: true });
    const connection = new SqliteConnection(`${this.target.file}.${name}-lock`);
    if (began(connection)) {
      return async () => connection.close();
    }
    connection.close();
    return null;
  }

  #source(role: Role): DataSource {
    return new DataSource({
      type: 'better-sqlite3',
      driver: SqliteConnection,
      database: this.target.file,
      timeout: role === 'migrate' ? BUSY_PATIENCE_MILLISECONDS : 0,
      statementCacheSize: 0,
      entities: this.options.entities,
      migrations: this.options.migrations,
      migrationsTableName: MIGRATIONS_TABLE,
      synchronize: false,
      logging: false,
      logger: new OrmLogger(this.options.logger),
      prepareDatabase: (connection: SqliteConnection) => prepare(connection, role),
    });
  }
}

/** Another process may be opening the same new file: changing the journal mode needs the file for itself. */
async function prepare(connection: SqliteConnection, role: Role): Promise<void> {
  await untilFree(async () => void connection.pragma('journal_mode = WAL'));
  if (connection.pragma('journal_mode')[0]?.['journal_mode'] !== 'wal') {
    throw new Error('SQLite could not switch to WAL; the file must be on a local file system.');
  }
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  if (role === 'read') {
    connection.pragma(`busy_timeout = ${READ_BUSY_MILLISECONDS}`);
    connection.pragma('query_only = ON');
  }
  if (role === 'write') {
    connection.requireTransaction();
  }
}

/** Tries again while SQLite says that it is busy, with 5 to 25 ms in between and for 10 s at most, unless said. */
async function untilFree(attempt: () => Promise<void>, patience = BUSY_PATIENCE_MILLISECONDS): Promise<void> {
  const deadline = performance.now() + patience;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error)) {
        throw error;
      }
      if (performance.now() > deadline) {
        throw new FileHeldError('Another process holds the database file.', { cause: error });
      }
      await sleep(randomInt(5, 26));
    }
  }
}

function began(connection: SqliteConnection): boolean {
  try {
    connection.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (isBusy(error)) {
      return false;
    }
    connection.close();
    throw error;
  }
}

function connectionOf(source: DataSource): SqliteConnection {
  return (source.driver as unknown as { databaseConnection: SqliteConnection }).databaseConnection;
}
