import { type DumpedRow, dumpTables, readable, tableNames } from '../../support/table-dump.js';
import { ENTITIES } from '../../../src/app.data-source.js';
import { databaseChecks } from '../../../src/cli/doctor/database-checks.js';
import { Config, readEnvironment } from '../../../src/config/index.js';
import { Database, schemaDrift } from '../../../src/database/index.js';
import { FIRST_RELEASE_ROWS, type Row } from './first-release.js';

const MIGRATIONS_TABLE = 'schema_migration';

/** Every view of the schema that servers have, and the column by which a database finds its own part. */
const VIEWS = {
  TABLES: 'TABLE_SCHEMA',
  COLUMNS: 'TABLE_SCHEMA',
  STATISTICS: 'TABLE_SCHEMA',
  TABLE_CONSTRAINTS: 'TABLE_SCHEMA',
  KEY_COLUMN_USAGE: 'TABLE_SCHEMA',
  REFERENTIAL_CONSTRAINTS: 'CONSTRAINT_SCHEMA',
  CHECK_CONSTRAINTS: 'CONSTRAINT_SCHEMA',
  TRIGGERS: 'TRIGGER_SCHEMA',
  VIEWS: 'TABLE_SCHEMA',
};

/** What servers say about contents, moments and estimates rather than about the schema. */
const VOLATILE =
  /^(TABLE_ROWS|AVG_ROW_LENGTH|(MAX_)?(DATA|INDEX)_LENGTH|MAX_INDEX_LENGTH|DATA_FREE|AUTO_INCREMENT|(CREATE|UPDATE|CHECK)_TIME|CARDINALITY)$/;

/** All that a migration answers for. */
export interface State {
  /** The schema in the database's own words, a line for each thing in it. */
  readonly schema: readonly string[];
  readonly rows: Readonly<Record<string, readonly DumpedRow[]>>;
  /** In the order in which they were written down. */
  readonly migrations: readonly string[];
  readonly drift: readonly string[];
  /** What `hubgate doctor` is not content with. */
  readonly doctor: readonly string[];
}

export async function stateOf(url: string, migrations: Function[], environment: NodeJS.ProcessEnv): Promise<State> {
  const database = new Database({ url, entities: ENTITIES, migrations });
  await database.connect();
  try {
    const { [MIGRATIONS_TABLE]: _, ...rows } = await dumpTables(database);
    const written = `SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id`;
    const checks = await databaseChecks(new Config(readEnvironment({ ...environment, DATABASE_URL: url })));
    return {
      schema: await schemaOf(database),
      rows,
      migrations: (await database.query<{ name: string }>(written)).map(({ name }) => name),
      drift: await schemaDrift(database),
      // A busy machine reads a clock late; that says nothing about migrations.
      doctor: checks
        .filter(({ name, status }) => status !== 'ok' && name !== 'clock-skew')
        .map(({ name, found }) => `${name}: ${found}`),
    };
  } finally {
    await database.close();
  }
}

async function schemaOf(database: Database): Promise<string[]> {
  return database.kind === 'sqlite' ? fileSchema(database) : serverSchema(database);
}

async function fileSchema(database: Database): Promise<string[]> {
  const rows = await database.query('SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name');
  return rows.map((row) => JSON.stringify(row));
}

async function serverSchema(database: Database): Promise<string[]> {
  const lines: string[] = [];
  for (const [view, schema] of Object.entries(VIEWS)) {
    const rows = await database.query<Row>(`SELECT * FROM information_schema.${view} WHERE ${schema} = DATABASE()`);
    lines.push(...rows.map((row) => `${view} ${JSON.stringify(lasting(row))}`).sort());
  }
  for (const name of await tableNames(database)) {
    const [row] = await database.query<Row>(`SHOW CREATE TABLE ${name}`);
    lines.push(String(row?.['Create Table']).replace(/ AUTO_INCREMENT=\d+/, ''));
  }
  const [own] = await database.query<{ name: string }>('SELECT DATABASE() AS name');
  return lines.map((line) => line.replaceAll(own?.name ?? '', 'DATABASE'));
}

function lasting(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !VOLATILE.test(name)));
}

/** How a state differs from the one it should be, in words; empty if it does not. */
export function differences(wanted: State, found: State): string[] {
  const tables = [...new Set([...Object.keys(wanted.rows), ...Object.keys(found.rows)])];
  return [
    ...unlike('schema', wanted.schema, found.schema),
    ...unlike('migrations', wanted.migrations, found.migrations),
    ...unlike('drift', wanted.drift, found.drift),
    ...unlike('doctor', wanted.doctor, found.doctor),
    ...tables.flatMap((table) => unlike(`rows of ${table}`, lines(wanted.rows[table]), lines(found.rows[table]))),
  ];
}

/**
 * Rows of the first release that are no longer as they were. Nothing is said of tables and columns that were added.
 * `kept` is what must stay of a row; null = nothing.
 */
export function lost(found: State, kept: (table: string, row: Row) => Row | null = (_, row) => row): string[] {
  return FIRST_RELEASE_ROWS.flatMap(([table, rows]) => {
    const wanted = rows.map((row) => kept(table, row)).filter((row) => row !== null);
    const olds = wanted.map((row) => Object.entries(readable(row)));
    const now = found.rows[table] ?? [];
    return olds
      .filter((old) => !now.some((row) => old.every(([name, value]) => row[name] === value)))
      .map((old) => `a row of ${table} was lost or changed: ${JSON.stringify(old).slice(0, 300)}`);
  });
}

const lines = (rows: readonly DumpedRow[] = []): string[] => rows.map((row) => JSON.stringify(row));

export function unlike(what: string, wanted: readonly string[], found: readonly string[]): string[] {
  if (wanted.join('\n') === found.join('\n')) {
    return [];
  }
  const missing = wanted
    .filter((line) => !found.includes(line))
    .map((line) => `${what}: missing ${line.slice(0, 300)}`);
  const extra = found
    .filter((line) => !wanted.includes(line))
    .map((line) => `${what}: unexpected ${line.slice(0, 300)}`);
  const all = [...missing, ...extra];
  return all.length > 0 ? all : [`${what}: another order or another number of the same`];
}
