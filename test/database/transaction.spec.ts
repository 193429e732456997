import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EntityManager } from 'typeorm';
import { UnavailableError } from '../../src/common/errors/index.js';
import { newId } from '../../src/common/ids.js';
import { Database } from '../../src/database/index.js';
import { SqliteConnection } from '../../src/database/sqlite-adapter.js';
import { administer, onServer } from '../support/test-database.js';
import { openSample, type OpenDatabase } from './support/open.js';
import { entities, SampleRole } from './support/sample.js';

let open: OpenDatabase;
let database: Database;
let role: SampleRole;

const add = (tx: EntityManager, nameKey: string = newId()): Promise<unknown> =>
  tx.insert(SampleRole, { id: newId(), hubId: role.hubId, nameKey });
const count = (): Promise<number> => database.reader.countBy(SampleRole, { hubId: role.hubId });
const counter = async (): Promise<number> =>
  (await database.reader.findOneByOrFail(SampleRole, { id: role.id })).counter;

async function increment(tx: EntityManager): Promise<void> {
  const sql = `SELECT counter FROM sample_role WHERE id = ?${database.forUpdate}`;
  const [row] = await tx.query<{ counter: number }[]>(sql, [role.id]);
  await sleep(1);
  await tx.query('UPDATE sample_role SET counter = ? WHERE id = ?', [Number(row?.counter) + 1, role.id]);
}

beforeAll(async () => {
  open = await openSample();
  database = open.database;
});
afterAll(() => open.close());
beforeEach(async () => {
  const row = { id: newId(), hubId: newId(), nameKey: 'first', counter: 0 };
  await database.transaction((tx) => tx.insert(SampleRole, row));
  role = row;
});

describe('transaction', () => {
  it('loses no update among 50 at once, from two nodes', async () => {
    const other = await open.another();
    const all = Array.from({ length: 50 }, (_, index) => (index % 2 ? other : database).transaction(increment));
    await Promise.all(all);
    expect(await counter()).toBe(50);
  });

  it('leaves nothing when it fails', async () => {
    const failed = database.transaction(async (tx) => {
      await add(tx);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await count()).toBe(1);
  });

  it('is joined by one inside it', async () => {
    const failed = database.transaction(async () => {
      await database.transaction((tx) => add(tx));
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await count()).toBe(1);
    await database.transaction(() => database.transaction((tx) => add(tx)));
    expect(await count()).toBe(2);
  });

  it('commits nothing when an inner one failed, even if that was swallowed', async () => {
    const failed = database.transaction(async (tx) => {
      await add(tx);
      const inner = database.transaction(async () => Promise.reject(new Error('inner')));
      await inner.catch(() => {});
    });
    await expect(failed).rejects.toThrow('inner');
    expect(await count()).toBe(1);
  });

  it('is not seen by the reader until it is committed, and the reader does not wait for it', async () => {
    await database.transaction(async (tx) => {
      await add(tx);
      expect(await count()).toBe(1);
    });
    expect(await count()).toBe(2);
  });

  it('is not joined by what it left running', async () => {
    let late: Promise<unknown> = Promise.resolve();
    let manager: EntityManager | undefined;
    await database.transaction(async (tx) => {
      manager = tx;
      late = sleep(20).then(() => database.inTransaction);
    });
    expect(await late).toBe(false);
    await expect(manager?.query('SELECT 1')).rejects.toThrow(/released/);
  });

  it('goes on when another one ends', async () => {
    const during: boolean[] = [];
    const long = database.transaction(async () => {
      await sleep(30);
      during.push(database.inTransaction);
      await sleep(30);
      during.push(database.inTransaction);
    });
    await Promise.all([long, database.transaction(() => sleep(10))]);
    expect(during).toEqual([true, true]);
    expect(database.inTransaction).toBe(false);
  });

  it('refuses writes on the reader', async () => {
    await expect(add(database.reader)).rejects.toThrow(/read.?only/i);
    await expect(database.query('DELETE FROM sample_role')).rejects.toThrow(/read.?only/i);
    await expect(database.feedQuery('DELETE FROM sample_role')).rejects.toThrow(/read.?only/i);
    expect(await count()).toBe(1);
  });

  it('tells callbacks how it ended, once, outside of it', async () => {
    const seen: string[] = [];
    const note = (name: string): void =>
      database.afterTransaction((outcome) => seen.push(`${name} ${outcome} ${database.inTransaction}`));
    await database.transaction(async () => {
      note('a');
      await database.transaction(async () => note('b'));
      expect(seen).toEqual([]);
    });
    const failed = database.transaction(async () => {
      note('c');
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(seen).toEqual(['a committed false', 'b committed false', 'c failed false']);
    expect(() => database.afterTransaction(() => {})).toThrow('outside a transaction');
  });

  it('counts every statement', async () => {
    const before = database.statementCount;
    await database.query('SELECT 1');
    await database.feedQuery('SELECT 1');
    await database.reader.query('SELECT 1');
    expect(database.statementCount - before).toBe(3);
    await database.transaction((tx) => tx.query('SELECT 1'));
    expect(database.statementCount - before).toBe(6);
  });
});

(onServer ? describe.skip : describe)('on SQLite', () => {
  const file = (): string => open.url.replace('sqlite:', '');

  it('lets access changes pass waiting writes, otherwise first come first served', async () => {
    const order: string[] = [];
    const write = (name: string, lane: 'normal' | 'access'): Promise<unknown> =>
      database.transaction(async () => order.push(name), { lane });
    const running = database.transaction(async () => {
      await sleep(10);
    });
    const waiting = [write('a', 'normal'), write('b', 'normal'), write('x', 'access'), write('y', 'access')];
    await Promise.all([running, ...waiting]);
    expect(order).toEqual(['x', 'y', 'a', 'b']);
  });

  it('waits for another connection without holding up the event loop', async () => {
    const other = new SqliteConnection(file());
    other.exec('BEGIN IMMEDIATE');
    let longest = 0;
    let last = performance.now();
    const ticks = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const write = database.transaction((tx) => add(tx));
    await sleep(300);
    expect(await count()).toBe(1);
    other.exec('COMMIT');
    other.close();
    await write;
    clearInterval(ticks);
    expect(await count()).toBe(2);
    expect(longest).toBeLessThan(100);
  });

  it('has the promised settings', async () => {
    const [mode] = await database.query<object>('PRAGMA journal_mode');
    expect(mode).toEqual({ journal_mode: 'wal' });
    await database.transaction(async (tx) => {
      expect(await tx.query('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
      expect(await tx.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
      expect(await tx.query('PRAGMA busy_timeout')).toEqual([{ timeout: 0 }]);
    });
  });
});

(onServer ? describe : describe.skip)('on a server', () => {
  it.each(['reported', 'swallowed'])('starts again after a deadlock that was %s', async (how) => {
    const second = { id: newId(), hubId: role.hubId, nameKey: 'second', counter: 0 };
    await database.transaction((tx) => tx.insert(SampleRole, second));
    const outcomes: string[] = [];
    const both = (first: string, then: string): Promise<void> =>
      database.transaction(async (tx) => {
        database.afterTransaction((outcome) => outcomes.push(outcome));
        await tx.query('UPDATE sample_role SET counter = counter + 1 WHERE id = ?', [first]);
        await sleep(100);
        const last = tx.query('UPDATE sample_role SET counter = counter + 1 WHERE id = ?', [then]);
        await (how === 'swallowed' ? last.catch(() => {}) : last);
        await add(tx);
      });
    await Promise.all([both(role.id, second.id), both(second.id, role.id)]);
    expect(await counter()).toBe(2);
    expect(await count()).toBe(4);
    expect(outcomes.toSorted()).toEqual(['committed', 'committed', 'failed']);
  });

  it('fails with a 503, and goes on, when its connection is killed; a dead idle one is not noticed', async () => {
    const kill = database.transaction(async (tx) => {
      await add(tx);
      const [row] = await tx.query<{ id: number }[]>('SELECT CONNECTION_ID() AS id');
      await administer(`KILL ${row?.id}`);
      await tx.query('SELECT 1');
    });
    await expect(kill).rejects.toBeInstanceOf(UnavailableError);
    expect(await count()).toBe(1);
    const [row] = await database.transaction((tx) => tx.query<{ id: number }[]>('SELECT CONNECTION_ID() AS id'));
    await administer(`KILL ${row?.id}`);
    await database.transaction((tx) => add(tx));
    expect(await count()).toBe(2);
  });

  it('answers 503 at once when the queue is full', async () => {
    const small = new Database({ url: open.url, entities, migrations: [], poolSize: 1 });
    await small.connect();
    const all = Array.from({ length: 80 }, () => small.query('SELECT SLEEP(0.001) AS x'));
    const settled = await Promise.allSettled(all);
    const refused = settled.filter((one) => one.status === 'rejected');
    expect(refused.length).toBeGreaterThan(10);
    expect(refused.every(({ reason }) => reason instanceof UnavailableError)).toBe(true);
    await small.close();
  });

  it('refuses the wrong scheme and names the right one', async () => {
    const [wrong, right] = database.kind === 'mysql' ? ['mariadb', 'mysql'] : ['mysql', 'mariadb'];
    const url = open.url.replace(/^\w+:/, `${wrong}:`);
    const refused = new Database({ url, entities, migrations: [] });
    await expect(refused.connect()).rejects.toThrow(`write ${right}://…`);
  });

  it('answers 503 when there is no server', async () => {
    const nowhere = new Database({ url: `${database.kind}://u@127.0.0.1:9/x`, entities, migrations: [] });
    await expect(nowhere.connect()).rejects.toBeInstanceOf(UnavailableError);
  });

  it('has its own session settings whatever the server says', async () => {
    const variables = [
      ['sql_mode', "'NO_BACKSLASH_ESCAPES,ANSI_QUOTES,PIPES_AS_CONCAT'"],
      ['time_zone', "'+05:30'"],
      ['autocommit', '0'],
      ['completion_type', "'CHAIN'"],
      ['sql_safe_updates', '1'],
      ['sql_select_limit', '1'],
    ] as const;
    await administer(...variables.map(([name, value]) => `SET GLOBAL ${name} = ${value}`));
    const hostile = new Database({ url: open.url, entities, migrations: [] });
    try {
      await hostile.connect();
      const sql =
        'SELECT @@sql_mode AS mode, @@time_zone AS zone, @@autocommit AS auto, @@collation_connection AS collation, @@sql_select_limit > 1 AS many';
      const expected = { zone: '+00:00', collation: 'utf8mb4_bin', many: 1 };
      const [read] = await hostile.query<Record<string, unknown>>(sql);
      expect(read).toMatchObject({ ...expected, auto: 1 });
      expect(read?.['mode']).toMatch(/STRICT_ALL_TABLES/);
      expect(read?.['mode']).not.toMatch(/BACKSLASH|ANSI_QUOTES|PIPES/);
      const [written] = await hostile.transaction((tx) => tx.query<object[]>(sql));
      expect(written).toMatchObject({ ...expected, auto: 0 });
      const tricky = "x\\' OR 1=1 -- 🦊";
      expect(await hostile.query('SELECT ? AS tricky', [tricky])).toEqual([{ tricky }]);
    } finally {
      await administer(...variables.map(([name]) => `SET GLOBAL ${name} = DEFAULT`));
      await hostile.close();
    }
  });
});
