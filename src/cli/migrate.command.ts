import { existsSync } from 'node:fs';
import { MIGRATIONS } from '../../migrations/index.js';
import { ENTITIES } from '../app.data-source.js';
import { type Config } from '../config/index.js';
import { Database, describeTarget, migrate, migrationStatus } from '../database/index.js';
import { answer, type OutputOptions, table } from './output.js';
import { shell } from './shell.js';

export interface MigrateOptions extends OutputOptions {
  readonly status?: boolean;
}

interface Status {
  readonly name: string;
  readonly applied: boolean;
}

/** Servers migrate by themselves when they start; this is for those who want it done, or known, before. */
export async function runMigrations(config: Config, options: MigrateOptions): Promise<void> {
  const { stderr } = shell();
  const info = (message: string): void => stderr(`${message}\n`);
  const database = openDatabase(config, { info, warn: info });
  const done = await migrate(database);
  const summary = done.length === 0 ? 'Nothing to do: every migration has run.' : `${done.length} migrations have run.`;
  answer(options, { migrations: done.map((name) => ({ name, applied: true })) }, [summary]);
}

/** Changes nothing: a database file that is not there yet stays away. */
export async function showMigrations(config: Config, options: MigrateOptions): Promise<void> {
  const database = openDatabase(config);
  const status = await statusOf(database);
  const pending = status.filter(({ applied }) => !applied).length;
  const rows = status.map(({ name, applied }) => [applied ? 'applied' : 'pending', name]);
  const summary = `${describeTarget(database.target)}: ${status.length - pending} applied, ${pending} pending.`;
  answer(options, { migrations: status }, [...table(rows), summary]);
}

/** Every known migration, and whether the database has it. */
export async function statusOf(database: Database): Promise<Status[]> {
  const { target } = database;
  if (target.kind === 'sqlite' && !existsSync(target.file)) {
    return MIGRATIONS.map((migration) => ({ name: migration.name, applied: false }));
  }
  return migrationStatus(database);
}

/** Not connected yet. */
export function openDatabase(config: Config, logger?: ConstructorParameters<typeof Database>[0]['logger']): Database {
  return new Database({ url: config.databaseUrl, entities: ENTITIES, migrations: MIGRATIONS, logger });
}
