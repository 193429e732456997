import { type DataSource, MigrationExecutor } from 'typeorm';
import type { Database } from './database.js';
import type { ServerTarget } from './database-url.js';
import { parseDatabaseUrl } from './database-url.js';
import { withLock } from './lock.js';
import { MIGRATIONS_TABLE } from './migrations-table.js';
import { connectOnce } from './server-probe.js';
import { TABLE_OPTIONS } from './table.js';

/**
 * Runs the pending migrations, each in its own transaction, and returns their names. Processes that start at once take
 * turns; who comes later finds nothing to do. Works before and after `connect()`.
 */
export function migrate(database: Database): Promise<string[]> {
  return withLock(database, 'migrate', () =>
    withSource(database, async (source) => {
      await createMigrationsTable(source);
      const done = await source.runMigrations({ transaction: 'each' });
      await assertForeignKeys(source);
      const names = done.map(({ name }) => name);
      if (names.length > 0) {
        database.logger.info(`${names.length} migrations have run: ${names.join(', ')}.`);
      }
      return names;
    }),
  );
}

/** Takes the newest migration back; resolves to its name, or to undefined if there is none. */
export function revertLastMigration(database: Database): Promise<string | undefined> {
  return withLock(database, 'migrate', () =>
    withSource(database, async (source) => {
      const executed = await new MigrationExecutor(source).getExecutedMigrations();
      await source.undoLastMigration({ transaction: 'each' });
      return executed.toSorted((a, b) => b.timestamp - a.timestamp)[0]?.name;
    }),
  );
}

/** Every known migration in order, and whether this database has it. Changes nothing. */
export function migrationStatus(database: Database): Promise<{ name: string; applied: boolean }[]> {
  return withSource(database, async (source) => {
    const executed = await new MigrationExecutor(source).getExecutedMigrations();
    const applied = new Set(executed.map(({ name }) => name));
    const known = source.migrations.map((migration) => migration.name ?? migration.constructor.name);
    return known.map((name) => ({ name, applied: applied.has(name) }));
  });
}

/** What TypeORM would change to make the tables fit the entities; empty after the migrations, or one is missing. */
export function schemaDrift(database: Database): Promise<string[]> {
  return withSource(database, async (source) => {
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    return upQueries.map(({ query }) => query);
  });
}

/** Makes the database that a server URL names unless it is there; does nothing for SQLite. */
export async function createServerDatabase(url: string): Promise<void> {
  const target = parseDatabaseUrl(url);
  if (target.kind !== 'sqlite') {
    await onServer(target, `CREATE DATABASE IF NOT EXISTS ${quote(target)} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  }
}

async function onServer(target: ServerTarget, sql: string): Promise<void> {
  const connection = await connectOnce(target, false);
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

const quote = ({ database }: ServerTarget): string => `\`${database.replaceAll('`', '``')}\``;

async function withSource<T>(database: Database, work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = await database.engine.openForMigrations();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}

// TypeORM would make it with the server's default charset and engine.
async function createMigrationsTable(source: DataSource): Promise<void> {
  if (source.options.type !== 'better-sqlite3') {
    await source.query(
      `CREATE TABLE IF NOT EXISTS \`${MIGRATIONS_TABLE}\` (\`id\` int NOT NULL AUTO_INCREMENT, ` +
        `\`timestamp\` bigint NOT NULL, \`name\` varchar(255) NOT NULL, PRIMARY KEY (\`id\`)) ENGINE=${TABLE_OPTIONS}`,
    );
  }
}

// SQLite does not check foreign keys while a migration rebuilds tables.
async function assertForeignKeys(source: DataSource): Promise<void> {
  if (source.options.type === 'better-sqlite3') {
    const broken = await source.query<{ table: string; parent: string }[]>('PRAGMA foreign_key_check');
    if (broken.length > 0) {
      throw new Error(`Rows in ${broken[0]?.table} refer to missing rows in ${broken[0]?.parent}.`);
    }
  }
}
