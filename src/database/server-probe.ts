import mysql, { type Connection } from 'mysql2/promise';
import { surfaced } from './database-errors.js';
import type { ServerKind, ServerTarget } from './database-url.js';
import { loginOptions } from './server-pool.js';

const NAMES: Record<ServerKind, string> = { mysql: 'MySQL', mariadb: 'MariaDB' };
const MINIMUM: Record<ServerKind, [number, number]> = { mysql: [8, 0], mariadb: [10, 6] };

/** A single connection outside the pools; the caller ends it. */
export async function connectOnce(target: ServerTarget, withDatabase = true): Promise<Connection> {
  const { database, ...server } = loginOptions(target);
  try {
    const connection = await mysql.createConnection({ ...server, ...(withDatabase && { database }) });
    connection.on('error', () => {});
    return connection;
  } catch (error) {
    throw surfaced(error);
  }
}

/** Refuses a server that is not what the URL's scheme says, or too old, in one sentence that says what to do. */
export async function assertSupportedServer(target: ServerTarget): Promise<void> {
  const connection = await connectOnce(target);
  try {
    const [rows] = await connection.query('SELECT VERSION() AS version');
    const [row] = rows as { version: string }[];
    assertVersion(target.kind, row?.version ?? '');
  } finally {
    await connection.end();
  }
}

/** Pure part of the check; `version` is what `SELECT VERSION()` answers. */
export function assertVersion(scheme: ServerKind, version: string): void {
  const actual: ServerKind = /mariadb/i.test(version) ? 'mariadb' : 'mysql';
  if (actual !== scheme) {
    throw new Error(`This server is ${NAMES[actual]} (${version}): write ${actual}://… instead of ${scheme}://….`);
  }
  const numbers = /(\d+)\.(\d+)/.exec(version.replace(/^5\.5\.5-/, ''));
  const [major, minor] = [Number(numbers?.[1] ?? 0), Number(numbers?.[2] ?? 0)];
  const [wantedMajor, wantedMinor] = MINIMUM[actual];
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
    throw new Error(`${NAMES[actual]} ${version} is too old: Hubgate needs ${wantedMajor}.${wantedMinor} or later.`);
  }
}
