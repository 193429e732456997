import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../../src/common/ids.js';
import { parseDatabaseUrl, type ServerTarget } from '../../src/database/database-url.js';
import { connectOnce } from '../../src/database/server-probe.js';

const base = process.env['TEST_DATABASE_URL'];
const MEMORY = '/dev/shm';

// Column types are chosen while entities load: import this file before them.
process.env['DATABASE_URL'] = base ?? 'sqlite:unused.db';

export const onServer = base !== undefined && !base.startsWith('sqlite:');

export interface TestDatabase {
  url: string;
  drop: () => Promise<void>;
}

/** A database of its own, on the server of TEST_DATABASE_URL or in a temporary file. Servers: latin1 by default. */
export async function testDatabase(): Promise<TestDatabase> {
  return onServer && base ? serverDatabase(base) : fileDatabase(tmpdir());
}

/** The same for whoever writes a great deal: a file is kept in memory where there is such a folder, so no write waits for a disk. */
export async function swiftDatabase(): Promise<TestDatabase> {
  return onServer && base ? serverDatabase(base) : fileDatabase(existsSync(MEMORY) ? MEMORY : tmpdir());
}

/** A connection of the administrator of the test server, outside any database. */
export function connectToServer(): ReturnType<typeof connectOnce> {
  return connectOnce(serverTarget(), false);
}

/** Runs statements as the administrator of the test server, outside any database. */
export async function administer(...statements: string[]): Promise<void> {
  const connection = await connectToServer();
  try {
    for (const statement of statements) {
      await connection.query(statement);
    }
  } finally {
    await connection.end();
  }
}

function serverTarget(): ServerTarget {
  const target = parseDatabaseUrl(`${serverUrl(base ?? '')}/none`);
  if (target.kind === 'sqlite') {
    throw new Error('TEST_DATABASE_URL is not a server.');
  }
  return target;
}

const serverUrl = (url: string): string => url.replace(/^(\w+:\/\/[^/]*).*$/, '$1');

async function serverDatabase(url: string): Promise<TestDatabase> {
  const name = `hubgate_test_${newId()}`;
  await administer(`CREATE DATABASE \`${name}\` CHARACTER SET latin1`);
  return {
    url: `${serverUrl(url)}/${name}`,
    drop: () => administer(`DROP DATABASE \`${name}\``),
  };
}

async function fileDatabase(parent: string): Promise<TestDatabase> {
  const folder = mkdtempSync(join(parent, 'hubgate-db-'));
  return {
    url: `sqlite:${join(folder, 'hub.db')}`,
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}
