import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../migrations/index.js';
import { platformPrincipal } from '../../src/access/index.js';
import { ENTITIES } from '../../src/app.data-source.js';
import { Database, migrate, revertLastMigration } from '../../src/database/index.js';
import { ListService } from '../../src/modules/list/index.js';
import { TestApp } from '../support/test-app.js';
import { testDatabase, type TestDatabase } from '../support/test-database.js';
import { IndexedList } from './support/indexed-list.js';

const COLUMNS = [{ name: 'Quantity', type: 'Number' as const }];
const FIRST = 'CreateListIndexNumber1763769648000';
const GAPS = 'SELECT l.number, g.block, g.missing FROM list_row_gap g JOIN list l ON l.no = g.list_no ORDER BY 1, 2';

let own: TestDatabase;
let before: unknown[];

async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const database = new Database({ url: own.url, entities: ENTITIES, migrations: MIGRATIONS });
  await database.connect();
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Lists as there are in any installation; their gaps are counted as they come. */
async function fill(app: TestApp): Promise<void> {
  const hub = await app.create.hub();
  const listOf = async (rows: number, gone: readonly number[]): Promise<IndexedList> => {
    const list = await IndexedList.make(app, COLUMNS, hub);
    await list.addMany(Array.from({ length: rows }, () => ({})));
    await list.write(async (writes, tx, table) => {
      for (const id of gone) {
        await writes.remove(tx, table, id);
      }
    });
    const rename = 'UPDATE list SET name = ?, name_key = ? WHERE id = ?';
    await app.database.transaction((tx) => tx.query(rename, [list.id, list.id, list.id]));
    return list;
  };
  await listOf(1500, []);
  await listOf(4200, [1, 1000, 1001, 4200, ...Array.from({ length: 1000 }, (_, index) => 2001 + index)]);
  await listOf(3, [1, 2, 3]);
  const gone = await listOf(20, [5]);
  await app.nest.get(ListService).delete(platformPrincipal(hub.id), gone.id);
}

beforeAll(async () => {
  own = await testDatabase();
  const app = await TestApp.start({ databaseUrl: own.url });
  await fill(app);
  const live = `${GAPS.replace('ORDER', 'WHERE l.deleted_at IS NULL ORDER')}`;
  before = await app.database.query(live);
  await app.stop();
}, 120_000);
afterAll(() => own.drop());

describe('a database with deletions from before the gaps were counted', () => {
  it('has them counted by the upgrade', async () => {
    const after = await withDatabase(async (database) => {
      let reverted: string | null;
      do {
        reverted = (await revertLastMigration(database)) ?? FIRST;
      } while (reverted !== FIRST);
      await migrate(database);
      return database.query(GAPS);
    });
    expect(before.length).toBeGreaterThan(3);
    expect(after).toEqual(before);
  }, 120_000);
});
