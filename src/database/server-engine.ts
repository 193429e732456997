import { createHash } from 'node:crypto';
import type { Pool, PoolConnection } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { DataSource, type QueryRunner } from 'typeorm';
import { surfaced } from './database-errors.js';
import type { ServerKind, ServerTarget } from './database-url.js';
import type { Counter, DatabaseOptions, Engine, Release, Row } from './engine.js';
import { type FailureListener, guardRunners } from './guarded-runner.js';
import { MIGRATIONS_TABLE } from './migrations-table.js';
import { OrmLogger } from './orm-logger.js';
import {
  createPreparedPool,
  loginOptions,
  poolLimits,
  type PoolRole,
  preparedMysql,
  sslOptions,
  VALUE_OPTIONS,
} from './server-pool.js';
import { ServerSelector } from './select/server-selector.js';
import { assertSupportedServer, connectOnce } from './server-probe.js';

const DEFAULT_POOL_SIZE = 10;
const FEED_POOL_SIZE = 2;
const MIGRATION_POOL_SIZE = 6;
const LOCK_WAIT_SECONDS = 5;

/**
 * Three pools: reads, transactions, change feed. Apart, so that a transaction that reads outside itself cannot wait
 * for a connection which only its own end would free, and so that load never delays the feed.
 */
export class ServerEngine implements Engine {
  readonly kind: ServerKind;
  readonly reader: DataSource;
  readonly selector: ServerSelector;
  readonly #writer: DataSource;
  #feed?: Pool;

  constructor(
    private readonly target: ServerTarget,
    private readonly options: DatabaseOptions,
    private readonly counter: Counter,
    onFailure: FailureListener,
  ) {
    this.kind = target.kind;
    this.selector = new ServerSelector(target);
    const size = options.poolSize ?? DEFAULT_POOL_SIZE;
    this.reader = this.#source('read', size);
    this.#writer = this.#source('write', size);
    guardRunners(this.reader, counter);
    guardRunners(this.#writer, counter, onFailure);
  }

  async open(): Promise<void> {
    await assertSupportedServer(this.target);
    await this.#writer.initialize();
    await this.reader.initialize();
    this.#feed = createPreparedPool(
      { ...loginOptions(this.target), ...poolLimits(FEED_POOL_SIZE, 'feed', this.kind) },
      'feed',
      this.kind,
    );
  }

  async close(): Promise<void> {
    for (const source of [this.reader, this.#writer]) {
      if (source.isInitialized) {
        await source.destroy();
      }
    }
    await this.selector.close();
    const feed = this.#feed;
    this.#feed = undefined;
    await feed?.promise().end();
  }

  async query(channel: 'read' | 'feed', sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    this.counter.value += 1;
    const pool = channel === 'feed' ? this.#feed : poolOf(this.reader);
    if (!pool) {
      throw new Error('The database is not connected.');
    }
    try {
      const [rows] = await pool.promise().query(sql, parameters.map(bindable));
      return rows as Row[];
    } catch (error) {
      throw surfaced(error);
    }
  }

  async withWriter<T>(_lane: unknown, body: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const runner = this.#writer.createQueryRunner();
    try {
      return await body(runner);
    } finally {
      await runner.release();
    }
  }

  async begin(runner: QueryRunner): Promise<void> {
    await runner.connect();
    await runner.startTransaction();
  }

  commit(runner: QueryRunner): Promise<void> {
    return runner.commitTransaction();
  }

  async rollback(runner: QueryRunner): Promise<void> {
    try {
      await runner.rollbackTransaction();
    } catch {
      const connection = (await runner.connect()) as PoolConnection;
      connection.destroy();
    }
  }

  async openForMigrations(): Promise<DataSource> {
    await assertSupportedServer(this.target);
    const source = this.#source('migrate', MIGRATION_POOL_SIZE);
    guardRunners(source, this.counter);
    return source.initialize();
  }

  async lock(name: string, onWait: () => void): Promise<Release> {
    const connection = await connectOnce(this.target);
    const lock = this.#lockName(name);
    try {
      while (!(await takeLock(connection, lock, LOCK_WAIT_SECONDS))) {
        onWait();
      }
    } catch (error) {
      connection.destroy();
      throw error;
    }
    return () => releaseLock(connection, lock);
  }

  async tryLock(name: string): Promise<Release | null> {
    const connection = await connectOnce(this.target);
    const lock = this.#lockName(name);
    try {
      const taken = await takeLock(connection, lock, 0);
      return taken ? () => releaseLock(connection, lock) : await connection.end().then(() => null);
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  /** Locks of a server are shared by all its databases, and their names are short. */
  #lockName(name: string): string {
    const digest = createHash('sha256').update(`${this.target.database}\n${name}`).digest('hex');
    return `hubgate-${digest.slice(0, 40)}`;
  }

  #source(role: PoolRole, size: number): DataSource {
    const { kind, host, port, user, password, database } = this.target;
    const { connectTimeout, charset, timezone, supportBigNumbers, bigNumberStrings, ...values } = VALUE_OPTIONS;
    const source = new DataSource({
      type: kind,
      driver: preparedMysql(role, kind),
      host,
      port,
      username: user,
      password,
      database,
      poolSize: size,
      ssl: sslOptions(this.target.ssl),
      connectTimeout,
      charset,
      timezone,
      supportBigNumbers,
      bigNumberStrings,
      extra: { ...values, ...poolLimits(size, role, kind) },
      entities: this.options.entities,
      migrations: this.options.migrations,
      migrationsTableName: MIGRATIONS_TABLE,
      synchronize: false,
      logging: false,
      logger: new OrmLogger(this.options.logger),
    });
    // On MariaDB, RETURNING would put raw values (0 for false) into the inserted entity.
    source.driver.isReturningSqlSupported = () => false;
    return source;
  }
}

/** `GET_LOCK` on a connection of its own: the server frees it when that connection ends. False: somebody else has it still. @throws Error when the server could not say (the wait was killed) */
async function takeLock(connection: Connection, name: string, waitSeconds: number): Promise<boolean> {
  const [rows] = await connection.query('SELECT GET_LOCK(?, ?) AS taken', [name, waitSeconds]);
  const taken = (rows as { taken: number | null }[])[0]?.taken;
  if (taken === null || taken === undefined) {
    throw new Error('The server did not give the lock and did not say why. Try again.');
  }
  return taken === 1;
}

/** By name first: the server notices the end of a connection only some time later. */
async function releaseLock(connection: Connection, name: string): Promise<void> {
  try {
    await connection.query('DO RELEASE_LOCK(?)', [name]);
    await connection.end();
  } catch {
    connection.destroy(); // lost, and with it the lock
  }
}

function poolOf(source: DataSource): Pool | undefined {
  return (source.driver as unknown as { pool?: Pool }).pool;
}

function bindable(value: unknown): unknown {
  const plainBytes = value instanceof Uint8Array && !Buffer.isBuffer(value);
  return plainBytes ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}
