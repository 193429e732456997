import type { Database } from './database.js';

/**
 * Runs `work` while no other process on the same database runs work under this name. It waits as long as it takes and
 * says so in the log; nothing stays behind when a holder dies. `name`: lower-case letters and dashes.
 */
export async function withLock<T>(database: Database, name: string, work: () => Promise<T>): Promise<T> {
  const release = await database.engine.lock(name, () => {
    database.logger.info(`Waiting for another process that holds the lock "${name}".`);
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

/**
 * As `withLock`, but it does not wait: if another process (or this one) holds the lock then `work` does not run.
 * Resolves to whether it ran.
 */
export async function withLockIfFree(database: Database, name: string, work: () => Promise<void>): Promise<boolean> {
  const release = await database.engine.tryLock(name);
  if (!release) {
    return false;
  }
  try {
    await work();
    return true;
  } finally {
    await release();
  }
}
