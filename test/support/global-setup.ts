import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';

const url = process.env['TEST_DATABASE_URL'];
const MEMORY = '/dev/shm';
const ROOM_BYTES = 2e9;

/**
 * Removes what an earlier, interrupted run left on the test server, and at the end what this one leaves. The workers,
 * which start after it, and their processes keep their files in memory where there is room: no commit waits for a disk.
 */
export default async function globalSetup(): Promise<() => Promise<void>> {
  await removeDatabases();
  const folder = roomInMemory() ? mkdtempSync(join(MEMORY, 'hubgate-tests-')) : undefined;
  if (folder) {
    process.env['TMPDIR'] = folder;
  }
  return async () => {
    await removeDatabases();
    if (folder) {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

/** There is no such folder on Windows and macOS, and a small one in many containers. */
function roomInMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ROOM_BYTES;
  } catch {
    return false;
  }
}

/** The URL's own database need not exist. */
async function removeDatabases(): Promise<void> {
  if (!url) {
    return;
  }
  const connection = await createConnection(url.replace(/^\w+:(\/\/[^/]*).*$/, 'mysql:$1'));
  const [rows] = await connection.query<RowDataPacket[]>("SHOW DATABASES LIKE 'hubgate\\_test\\_%'");
  for (const row of rows) {
    await connection.query(`DROP DATABASE \`${String(Object.values(row)[0])}\``);
  }
  await connection.end();
}
