import { type Database, type ServerTarget } from '../../database/index.js';
import { assertVersion, connectOnce } from '../../database/server-probe.js';
import { type Check, checked, fail, ok, warn } from './check.js';

const COLLATION = 'utf8mb4_bin';
const SKEW_WARN_MS = 2000;
const SKEW_FAIL_MS = 300_000;
const STRICTNESS = ['STRICT_ALL_TABLES', 'NO_ZERO_DATE', 'NO_ZERO_IN_DATE', 'ERROR_FOR_DIVISION_BY_ZERO'];
const HARMFUL = ['ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES', 'PIPES_AS_CONCAT', 'PAD_CHAR_TO_FULL_LENGTH'];

/** Whether a MySQL or MariaDB server answers this address, and is one that we can work with. */
export async function reachServer(target: ServerTarget): Promise<Check[]> {
  let version: string;
  try {
    version = await versionOf(target);
  } catch (error) {
    return [fail('database-reachable', reasonOf(error), remedyFor(error, target))];
  }
  const reachable = ok('database-reachable', `${target.host}:${target.port}/${target.database}`);
  const remedy = `Use MySQL 8.0 or MariaDB 10.6 or later, with the scheme in DATABASE_URL that names it.`;
  const fits = checked('database-version', remedy, async () => {
    assertVersion(target.kind, version);
    return ok('database-version', version);
  });
  return [reachable, await fits];
}

/** What a server, its configuration or its history may have that we cannot work with. */
export function serverChecks(database: Database): Promise<Check[]> {
  return Promise.all([collations(database), sqlMode(database), durability(database), clockSkew(database)]);
}

async function versionOf(target: ServerTarget): Promise<string> {
  const connection = await connectOnce(target);
  try {
    const [rows] = await connection.query('SELECT VERSION() AS version');
    return (rows as { version: string }[])[0]?.version ?? '';
  } finally {
    await connection.end();
  }
}

function collations(database: Database): Promise<Check> {
  const remedy = `For each table: ALTER TABLE <table> CONVERT TO CHARACTER SET utf8mb4 COLLATE ${COLLATION};`;
  return checked('collation', remedy, async () => {
    const ours = database.engine.reader.entityMetadatas.map(({ tableName }) => tableName);
    const rows = await database.query<{ name: string; collation: string }>(
      `SELECT table_name AS name, table_collation AS collation FROM information_schema.tables
       WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_collation <> '${COLLATION}'`,
    );
    const wrong = rows
      .filter(({ name }) => ours.includes(name))
      .map(({ name, collation }) => `${name} is ${collation}`);
    return wrong.length > 0
      ? fail('collation', wrong.join(', '), remedy)
      : ok('collation', `every table is ${COLLATION}`);
  });
}

function sqlMode(database: Database): Promise<Check> {
  const remedy = 'Something between Hubgate and the server changes the session (a proxy, an init_connect); remove it.';
  return checked('sql-mode', remedy, async () => {
    const [row] = await database.query<{ mode: string }>('SELECT @@SESSION.sql_mode AS mode');
    const modes = (row?.mode ?? '').split(',');
    const fits = STRICTNESS.every((mode) => modes.includes(mode)) && !HARMFUL.some((mode) => modes.includes(mode));
    return fits ? ok('sql-mode', modes.join(',')) : fail('sql-mode', modes.join(',') || 'none', remedy);
  });
}

function durability(database: Database): Promise<Check> {
  const remedy = 'SET GLOBAL innodb_flush_log_at_trx_commit = 1; and the same in my.cnf, section [mysqld].';
  return checked('durable-commits', remedy, async () => {
    const [row] = await database.query<{ value: number }>('SELECT @@innodb_flush_log_at_trx_commit AS value');
    const found = `innodb_flush_log_at_trx_commit = ${row?.value}`;
    const loses = `${found}: a power failure can lose the last second, also revocations`;
    return row?.value === 1 ? ok('durable-commits', found) : warn('durable-commits', loses, remedy);
  });
}

/** Between this machine and the database's, half of the round trip taken off. */
function clockSkew(database: Database): Promise<Check> {
  const remedy = 'Keep the clocks of both machines on time (NTP): expiry of keys and tokens follows them.';
  return checked('clock-skew', remedy, async () => {
    await database.ping();
    const before = Date.now();
    const [row] = await database.query<{ seconds: number | string }>('SELECT UNIX_TIMESTAMP(NOW(6)) AS seconds');
    const middle = (before + Date.now()) / 2;
    return skewCheck(Number(row?.seconds) * 1000 - middle, remedy);
  });
}

/** Pure part of the check. */
export function skewCheck(milliseconds: number, remedy: string): Check {
  const size = Math.abs(milliseconds);
  const found = `the database is ${(size / 1000).toFixed(1)} s ${milliseconds < 0 ? 'behind' : 'ahead'}`;
  if (!(size <= SKEW_FAIL_MS)) {
    return fail('clock-skew', found, remedy);
  }
  return size > SKEW_WARN_MS ? warn('clock-skew', found, remedy) : ok('clock-skew', found);
}

/** The driver's words below ours: they name host, port and user, never the password. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const inner = cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message;
  return inner || 'no answer';
}

function remedyFor(error: unknown, { database, user, host, port }: ServerTarget): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ER_BAD_DB_ERROR') {
    return `CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4 COLLATE ${COLLATION};`;
  }
  if (code === 'ER_ACCESS_DENIED_ERROR' || code === 'ER_DBACCESS_DENIED_ERROR') {
    return `Check the user and password in DATABASE_URL, and: GRANT ALL ON \`${database}\`.* TO '${user}'@'<this host>';`;
  }
  return `Start the database server, or mend DATABASE_URL: nothing that fits answers at ${host}:${port}.`;
}
