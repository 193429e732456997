import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EntityManager } from 'typeorm';
import { newId } from '../../src/common/ids.js';
import { type Database, FileHeldError, isBusy } from '../../src/database/index.js';
import { SqliteConnection } from '../../src/database/sqlite-adapter.js';
import { onServer } from '../support/test-database.js';
import { openSample, type OpenDatabase } from './support/open.js';
import { SampleRole } from './support/sample.js';

let open: OpenDatabase;
let database: Database;

const add = (tx: EntityManager, id: string = newId()): Promise<unknown> =>
  tx.insert(SampleRole, { id, hubId: newId(), nameKey: 'any' });
const count = (): Promise<number> => database.reader.count(SampleRole);

beforeAll(async () => {
  open = await openSample();
  database = open.database;
});
afterAll(() => open.close());

describe('a rehearsal', () => {
  it('gives its result, and nothing of it stays, nor of what joined it', async () => {
    const outcomes: string[] = [];
    const result = await database.rehearse(async (tx) => {
      database.afterTransaction((outcome) => outcomes.push(outcome));
      await add(tx);
      await database.transaction((inner) => add(inner));
      return tx.count(SampleRole);
    });

    expect(result).toBe(2);
    expect(await count()).toBe(0);
    expect(outcomes).toEqual(['failed']);
  });

  it('fails as its work does', async () => {
    const failed = database.rehearse(async (tx) => {
      await add(tx);
      throw new Error('no');
    });

    await expect(failed).rejects.toThrow('no');
    expect(await count()).toBe(0);
  });

  it('is refused inside a transaction, which it would take along', async () => {
    const failed = database.transaction(() => database.rehearse(async () => {}));

    await expect(failed).rejects.toThrow('inside a transaction');
  });
});

(onServer ? describe : describe.skip)('a wait for a lock', () => {
  it('ends when it was told to, and the connection waits as usual afterwards', async () => {
    const other = await open.another();
    const id = newId();
    const asked = await other.transaction(async (holder) => {
      await add(holder, id);
      const waiting = database.transaction(async (tx) => {
        const failure: unknown = await database.withLockWait(tx, 1, () => add(tx, id)).catch((error: unknown) => error);
        const [settings] = await tx.query<{ seconds: number }[]>('SELECT @@innodb_lock_wait_timeout AS seconds');
        throw Object.assign(new Error('over'), { busy: isBusy(failure), ...settings });
      });
      return waiting.catch((error: unknown) => error);
    });

    expect(asked).toMatchObject({ message: 'over', busy: true, seconds: 5 });
  });
});

(onServer ? describe.skip : describe)('a file that another process writes to', () => {
  it('is waited for as long as was said', async () => {
    const other = new SqliteConnection(open.url.replace(/^sqlite:/, ''));
    other.exec('BEGIN IMMEDIATE');
    const early = database.transaction((tx) => add(tx), { beginWithin: 50 });

    await expect(early).rejects.toBeInstanceOf(FileHeldError);
    other.exec('COMMIT');
    other.close();
    await database.rehearse((tx) => add(tx), { beginWithin: 50 });
  });
});
