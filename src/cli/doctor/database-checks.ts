import { timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type Config, secretFileOf, secretProblems } from '../../config/index.js';
import { type Database, type DatabaseTarget, describeTarget, parseDatabaseUrl } from '../../database/index.js';
import { openDatabase, statusOf } from '../migrate.command.js';
import { type Check, checked, fail, ok, warn } from './check.js';
import { reachServer, serverChecks } from './server-checks.js';

const MIGRATE = 'hubgate migrate (or start the server: it migrates first)';
const OTHER_SECRET =
  'Give this node the secret that the database was made with (HUBGATE_SECRET or HUBGATE_SECRET_FILE).';

/** Everything that needs the database; stops at the first thing without which the rest has no answer. */
export async function databaseChecks(config: Config): Promise<Check[]> {
  let target: DatabaseTarget;
  try {
    target = parseDatabaseUrl(config.databaseUrl);
  } catch (error) {
    return [fail('database-reachable', (error as Error).message, 'Mend DATABASE_URL.')];
  }
  const reached = target.kind === 'sqlite' ? [reachFile(target.file)] : await reachServer(target);
  const answers =
    reached.every(({ status }) => status === 'ok') && !(target.kind === 'sqlite' && !existsSync(target.file));
  return answers ? [...reached, ...(await openedChecks(config))] : reached;
}

function reachFile(file: string): Check {
  return ok('database-reachable', existsSync(file) ? `SQLite file ${file}` : `${file} (the first start makes it)`);
}

async function openedChecks(config: Config): Promise<Check[]> {
  const database = openDatabase(config);
  try {
    await database.connect();
    const own = database.kind === 'sqlite' ? [await fileSound(database)] : await serverChecks(database);
    return [...own, ...(await schemaChecks(database, config))];
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return [fail('database-opens', found, `See whether ${describeTarget(database.target)} is what it should be.`)];
  } finally {
    await database.close();
  }
}

function fileSound(database: Database): Promise<Check> {
  const remedy = 'Stop the server and restore the database file from a backup.';
  return checked('database-sound', remedy, async () => {
    const [row] = await database.query<{ quick_check: string }>('PRAGMA quick_check(1)');
    const [version] = await database.query<{ version: string }>('SELECT sqlite_version() AS version');
    const result = row?.quick_check ?? 'no answer';
    return result === 'ok'
      ? ok('database-sound', `SQLite ${version?.version}`)
      : fail('database-sound', result, remedy);
  });
}

async function schemaChecks(database: Database, config: Config): Promise<Check[]> {
  const pending = (await statusOf(database)).filter(({ applied }) => !applied).map(({ name }) => name);
  const migrations =
    pending.length === 0
      ? ok('migrations', 'every one has run')
      : warn('migrations', `${pending.length} pending, the first is ${pending[0]}`, MIGRATE);
  const made = !pending.some((name) => name.startsWith('CreateInstallation'));
  return made ? [migrations, await secretFits(database, config)] : [migrations];
}

/** Read here by hand: the service would make the installation's row if there were none. */
function secretFits(database: Database, config: Config): Promise<Check> {
  return checked('secret-fits', OTHER_SECRET, async () => {
    const sql = 'SELECT id, secret_check FROM installation WHERE singleton = 1';
    const [row] = await database.query<{ id: string; secret_check: Uint8Array }>(sql);
    if (!row) {
      return ok('secret-fits', 'no server has used this database yet');
    }
    const path = secretFileOf(config.secretSettings);
    const unusable = secretProblems(config.secretSettings).length > 0 || (path !== null && !existsSync(path));
    if (unusable) {
      return fail('secret-fits', 'there is no usable secret to compare with', OTHER_SECRET);
    }
    const fits = timingSafeEqual(row.secret_check, config.secret.checkValue(row.id));
    return fits
      ? ok('secret-fits', 'the secret is the one that the database was made with')
      : fail('secret-fits', 'the database was made with another secret', OTHER_SECRET);
  });
}
