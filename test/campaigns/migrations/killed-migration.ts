// A process that migrates DATABASE_URL and is killed, by SIGKILL, at one statement of it. Its argument is a `Kill` in
// JSON. Number 0 is never reached: it then prints how many statements there were.
import { once } from 'node:events';
import { type Kill } from './kill.js';

const { set, moment, number } = JSON.parse(process.argv[2] ?? '') as Kill;
const { Database, migrate } = await import('../../../src/database/index.js');
const { migrationsOf } = await import('./migration-sets.js');
const { hookStatements } = await import('./statements.js');

const database = new Database({ url: process.env['DATABASE_URL'] ?? '', entities: [], migrations: migrationsOf(set) });
const statements = hookStatements(database, async (current, send) => {
  if (current !== number) {
    return send();
  }
  if (moment === 'after') {
    await send();
  }
  if (moment === 'during') {
    // Another node waits for the lock by now: it gets it while the server is still at this statement.
    process.send?.('reached');
    await once(process, 'message');
    void send();
    await new Promise((resolve) => setImmediate(resolve));
  }
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
});
await migrate(database);
process.stdout.write(String(statements.count()));
