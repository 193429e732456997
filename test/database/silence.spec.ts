import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UnavailableError } from '../../src/common/errors/index.js';
import { Database } from '../../src/database/index.js';
import { parseDatabaseUrl } from '../../src/database/database-url.js';
import { DelayProxy } from '../campaigns/support/delay-proxy.js';
import { onServer, testDatabase, type TestDatabase } from '../support/test-database.js';

// What is waited for here ends by limits of seconds, in the server and in the pool; no test asks how many they were.
(onServer ? describe : describe.skip)('a database server that falls silent', () => {
  let own: TestDatabase;
  let proxy: DelayProxy;
  let direct: Database;
  let database: Database;

  const open = async (url: string): Promise<Database> => {
    const opened = new Database({ url, entities: [], migrations: [] });
    await opened.connect();
    return opened;
  };

  beforeEach(async () => {
    own = await testDatabase();
    const target = parseDatabaseUrl(own.url);
    if (target.kind === 'sqlite') {
      throw new Error('This needs a server.');
    }
    proxy = await DelayProxy.start(target.host, target.port);
    direct = await open(own.url);
    const url = new URL(own.url);
    url.host = `127.0.0.1:${proxy.port}`;
    database = await open(url.href);
    await direct.transaction((tx) => tx.query('CREATE TABLE counted (id int PRIMARY KEY, n int) ENGINE=InnoDB'));
    await direct.transaction((tx) => tx.query('INSERT INTO counted VALUES (1, 0)'));
  }, 30_000);

  afterEach(async () => {
    proxy.lighten();
    await database.close();
    await direct.close();
    await proxy.stop();
    await own.drop();
  });

  const gate = () => {
    let open: () => void = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    return { open, opened };
  };
  const counted = async () => (await direct.query<{ n: number }>('SELECT n FROM counted'))[0].n;

  it('costs the change feed its connection and not its life', async () => {
    await database.feedQuery('SELECT 1 AS one');
    proxy.darken();
    await expect(database.feedQuery('SELECT 1 AS one')).rejects.toBeInstanceOf(UnavailableError);
    await expect(database.feedQuery('SELECT 1 AS one')).rejects.toBeInstanceOf(UnavailableError);
    proxy.lighten();

    expect(await database.feedQuery('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }, 60_000);

  it('fails every read that waits, also those that wait for a connection, and none afterwards', async () => {
    await database.query('SELECT 1 AS one');
    proxy.darken();
    const reads = Array.from({ length: 30 }, () => database.query('SELECT 1 AS one'));
    const settled = await Promise.allSettled([...reads, database.reader.query('SELECT 1 AS one')]);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    const reasons = settled.map((one) => (one as PromiseRejectedResult).reason as unknown);
    expect(reasons.every((reason) => reason instanceof UnavailableError)).toBe(true);
    proxy.lighten();

    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }, 60_000);

  it('loses the locks of who stood still within a transaction before those who wait for them give up', async () => {
    const [locked, thawed] = [gate(), gate()];
    const frozen = database.transaction(async (tx) => {
      await tx.query('UPDATE counted SET n = n + 10');
      locked.open();
      await thawed.opened;
      await tx.query('UPDATE counted SET n = n + 10');
    });
    await locked.opened;
    await direct.transaction((tx) => tx.query('UPDATE counted SET n = n + 1'));
    thawed.open();
    await expect(frozen).rejects.toBeInstanceOf(UnavailableError);

    expect(await counted()).toBe(1);
  }, 60_000);

  it('is asked on a new connection when the old one idled longer than the server lets it, also after a standstill', async () => {
    const idle = () => direct.transaction((tx) => tx.query<{ id: number }[]>('SELECT CONNECTION_ID() AS id'));
    const [{ id }] = await idle();
    const later = Date.now() + 3_600_000;
    const now = Date.now;
    Date.now = () => later;
    try {
      const [next] = await idle();
      expect(next.id).not.toBe(id);
    } finally {
      Date.now = now;
    }
  });
});
