import { describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { RowReader } from '../../src/modules/list/row-reader.js';
import { useTestApp } from '../support/test-app.js';
import { IndexedList } from './support/indexed-list.js';

const test = useTestApp();
const COLUMNS = [{ name: 'Quantity', type: 'Number' as const }];
const BLOCK = 1000;

type Edit =
  | { readonly kind: 'add'; readonly count: number }
  | { readonly kind: 'remove'; readonly from: number; readonly count: number; readonly step: number }
  | { readonly kind: 'clear'; readonly limit: number };

/** Whole blocks, parts of them, and single rows; few rows at the ends, and many in between. */
const edits: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('add' as const), count: fc.integer({ min: 1, max: 1800 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('remove' as const),
      from: fc.nat(),
      count: fc.integer({ min: 1, max: 25 }),
      step: fc.integer({ min: 1, max: 150 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('clear' as const), limit: fc.integer({ min: 1, max: 1200 }) }),
  },
);

async function apply(list: IndexedList, ids: readonly number[], edit: Edit): Promise<number[]> {
  switch (edit.kind) {
    case 'add':
      return [...ids, ...(await list.addMany(Array.from({ length: edit.count }, () => ({}))))];
    case 'clear':
      return ids.slice(await list.removeFirst(edit.limit));
    case 'remove': {
      const gone = new Set<number>();
      for (let index = 0; index < edit.count && ids.length > 0; index += 1) {
        gone.add(ids[(edit.from + index * edit.step) % ids.length]);
      }
      await list.write(async (writes, tx, table) => {
        for (const id of gone) {
          await writes.remove(tx, table, id);
        }
      });
      return ids.filter((id) => !gone.has(id));
    }
  }
}

/** By block, as the table has them. */
async function gapsOf({ app, id }: IndexedList): Promise<[number, number][]> {
  const sql =
    'SELECT block, missing FROM list_row_gap WHERE list_no = (SELECT no FROM list WHERE id = ?) ORDER BY block';
  return (await app.database.query<{ block: number; missing: number }>(sql, [id])).map(({ block, missing }) => [
    block,
    missing,
  ]);
}

/** By block, as the ids say. */
function expectedGaps(lastRowId: number, ids: readonly number[]): [number, number][] {
  const there = new Set(ids);
  const counts = new Map<number, number>();
  for (let id = 1; id <= lastRowId; id += 1) {
    if (!there.has(id)) {
      const block = Math.floor((id - 1) / BLOCK);
      counts.set(block, (counts.get(block) ?? 0) + 1);
    }
  }
  return [...counts];
}

async function page(list: IndexedList, descending: boolean, skip: number, take: number): Promise<number[]> {
  const range = { column: null, descending, skip, take };
  const { rows } = await list.app.nest.get(RowReader).read(await list.table(), range);
  return rows.map(({ row_id }) => row_id);
}

/** Pages that are not what the ids say. */
async function wrongPages(list: IndexedList, ids: readonly number[], skips: readonly number[]): Promise<unknown[]> {
  const wrong: unknown[] = [];
  for (const descending of [false, true]) {
    const order = descending ? ids.toReversed() : ids;
    for (const skip of skips) {
      const [found, expected] = [await page(list, descending, skip, 5), order.slice(skip, skip + 5)];
      if (JSON.stringify(found) !== JSON.stringify(expected)) {
        wrong.push({ descending, skip, found, expected });
      }
    }
  }
  return wrong;
}

/** The most rows that one statement had to pass. */
async function walkedAtMost(work: () => Promise<unknown>): Promise<number> {
  const asked = vi.spyOn(test.app.database, 'query');
  await work();
  const passed = asked.mock.calls.flatMap(([sql, parameters]) => {
    return sql.endsWith(' OFFSET ?') ? [Number(parameters?.at(-1))] : [];
  });
  asked.mockRestore();
  return Math.max(0, ...passed);
}

describe('the counts of missing rows', () => {
  it('are those of the rows after any edits, and lead to every page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(edits, { minLength: 3, maxLength: 9 }),
        fc.array(fc.nat(), { minLength: 4, maxLength: 6 }),
        async (all, places) => {
          const list = await IndexedList.make(test.app, COLUMNS);
          let ids = await list.addMany(Array.from({ length: 2500 }, () => ({})));
          for (const edit of all) {
            ids = await apply(list, ids, edit);
          }
          const { lastRowId, rowCount } = await list.table();
          const gaps = await gapsOf(list);
          expect(gaps).toEqual(expectedGaps(lastRowId, ids));
          expect(rowCount).toBe(ids.length);
          expect(gaps.reduce((sum, [, missing]) => sum + missing, 0)).toBe(lastRowId - rowCount);
          expect(
            await wrongPages(
              list,
              ids,
              [...places.map((place) => place % (ids.length + 3)), ids.length - 1].filter((skip) => skip >= 0),
            ),
          ).toEqual([]);
        },
      ),
      { numRuns: 12 },
    );
  }, 300_000);

  it('lead to each row on both sides of every end of a block', async () => {
    const list = await IndexedList.make(test.app, COLUMNS);
    const all = await list.addMany(Array.from({ length: 5300 }, () => ({})));
    const gone = [1, 999, 1000, 1001, 1500, 3001, 3002, 4000, 5000, 5300];
    for (const id of gone) {
      await list.remove(id);
    }
    const ids = all.filter((id) => !gone.includes(id));
    const ends = [1000, 2000, 3000, 4000, 5000].flatMap((end) =>
      Array.from({ length: 16 }, (_, index) => end - 12 + index),
    );
    expect(await wrongPages(list, ids, [...ends, ids.length - 2, ids.length - 1, ids.length, ids.length + 1])).toEqual(
      [],
    );
  });

  it('let a deep page be read without walking there', async () => {
    const list = await IndexedList.make(test.app, COLUMNS);
    await list.addMany(Array.from({ length: 5000 }, () => ({})));
    await list.remove(2);
    const both = async () => {
      await page(list, false, 3000, 5);
      await page(list, true, 3000, 5);
    };
    expect(await walkedAtMost(both)).toBeLessThan(BLOCK);
  });

  it('lead to every page of a list that was emptied at once and filled again', async () => {
    const list = await IndexedList.make(test.app, COLUMNS);
    await test.app.database.transaction((tx) => tx.query('UPDATE list SET last_row_id = 2345 WHERE id = ?', [list.id]));
    const all = await list.addMany(Array.from({ length: 4000 }, () => ({})));
    expect(all[0]).toBe(2346);
    expect(await wrongPages(list, all, [0, 1100, 2500, 3990])).toEqual([]);
    const gone = [2347, 2900, 3000, 3001, 4500, 4501, 6345];
    for (const id of gone) {
      await list.remove(id);
    }
    const ids = all.filter((id) => !gone.includes(id));
    const places = Array.from({ length: 40 }, (_, index) => 1001 + index * 75);
    expect(await wrongPages(list, ids, [...places, ids.length - 1])).toEqual([]);
    expect(await walkedAtMost(() => wrongPages(list, ids, places))).toBeLessThan(BLOCK);
  });

  it('are not trusted when they do not add up: the page is walked to', async () => {
    const list = await IndexedList.make(test.app, COLUMNS);
    const ids = await list.addMany(Array.from({ length: 3000 }, () => ({})));
    await list.remove(10);
    await list.remove(2000);
    const sql = 'UPDATE list_row_gap SET missing = 7 WHERE block = 0 AND list_no = (SELECT no FROM list WHERE id = ?)';
    await test.app.database.transaction((tx) => tx.query(sql, [list.id]));
    expect(
      await wrongPages(
        list,
        ids.filter((id) => id !== 10 && id !== 2000),
        [1500, 2500],
      ),
    ).toEqual([]);
  });

  it('stay exact when many write at once', async () => {
    const list = await IndexedList.make(test.app, COLUMNS);
    const ids = await list.addMany(Array.from({ length: 1200 }, () => ({})));
    const gone = ids.filter((id) => id % 60 === 0);
    const writers = gone.flatMap((id) => [list.remove(id), list.add({})]);
    await Promise.all(writers);
    const { lastRowId, rowCount } = await list.table();
    expect([lastRowId, rowCount]).toEqual([1200 + gone.length, 1200]);
    const left = Array.from({ length: lastRowId }, (_, index) => index + 1).filter((id) => !gone.includes(id));
    expect(await gapsOf(list)).toEqual(expectedGaps(lastRowId, left));
    expect(await wrongPages(list, left, [0, 1100, 1195])).toEqual([]);
  });
});
