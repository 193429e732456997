import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createServerDatabase, parseDatabaseUrl } from '../../src/database/index.js';
import { connectOnce } from '../../src/database/server-probe.js';
import { cacheFolder } from '../folders.js';

/** Where a database of ours is, or will be. */
export interface Place {
  readonly url: string;
  /** Names it in the cache. */
  readonly label: string;
  /** Makes it empty. */
  clear(): Promise<void>;
  bytes(): Promise<number>;
}

/** @param server the URL of a server without a database; null = SQLite */
export function placeOf(server: string | null, name: string): Place {
  return server === null ? filePlace(name) : serverPlace(server, `hubgate_bench_${name}`);
}

function filePlace(name: string): Place {
  const file = join(cacheFolder(), `${name}.db`);
  const files = ['', '-wal', '-shm', '.migrations-lock'].map((end) => file + end);
  return {
    url: `sqlite:${file}`,
    label: `sqlite-${name}`,
    clear: async () => files.forEach((one) => rmSync(one, { force: true })),
    bytes: async () => files.reduce((sum, one) => sum + (statSync(one, { throwIfNoEntry: false })?.size ?? 0), 0),
  };
}

function serverPlace(server: string, name: string): Place {
  const url = `${server}/${name}`;
  return {
    url,
    label: `${new URL(server).host.replace(/\W+/g, '-')}-${name}`,
    clear: async () => {
      await onServer(url, `DROP DATABASE IF EXISTS ${name}`);
      await createServerDatabase(url);
    },
    bytes: async () => {
      const sql =
        'SELECT SUM(data_length + index_length) AS bytes FROM information_schema.tables WHERE table_schema = ?';
      const [row] = await onServer<{ bytes: number | null }>(url, sql, [name]);
      return Number(row?.bytes ?? 0);
    },
  };
}

/** One statement on the server of this URL, outside any database. */
export async function onServer<T>(url: string, sql: string, parameters: readonly string[] = []): Promise<T[]> {
  const target = parseDatabaseUrl(url);
  if (target.kind === 'sqlite') {
    throw new Error('This URL names no server.');
  }
  const connection = await connectOnce(target, false);
  try {
    const [rows] = await connection.query(sql, [...parameters]);
    return rows as T[];
  } finally {
    await connection.end();
  }
}
