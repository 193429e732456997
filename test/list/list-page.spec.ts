import { describe, expect, it, vi } from 'vitest';
import { platformPrincipal } from '../../src/access/index.js';
import { ListService, RowService } from '../../src/modules/list/index.js';
import { type Client } from '../support/client.js';
import { useTestApp } from '../support/test-app.js';

const PAGE_BYTES = 4 * 1024 * 1024;
const TEXT_LENGTH_MAX = 100_000;
const context = useTestApp();

interface Filled {
  hubId: string;
  listId: string;
  reader: Client;
}

interface Page {
  ids: unknown[];
  bytes: number;
  more: boolean;
}

const textNames = (count: number) => Array.from({ length: count }, (_, index) => `Text${index + 1}`);
const long = (letter: string, columns: number) =>
  Object.fromEntries(textNames(columns).map((name) => [name, letter.repeat(TEXT_LENGTH_MAX)]));

/** A list named Long, with a number and so many texts. */
async function listOf(texts: number, rows: readonly object[] = []): Promise<Filled> {
  const hub = await context.app.create.hub();
  const columns = [
    { name: 'Rank', type: 'Number' as const },
    ...textNames(texts).map((name) => ({ name, type: 'String' as const })),
  ];
  const { id } = await context.app.nest.get(ListService).create(platformPrincipal(hub.id), { name: 'Long', columns });
  for (const row of rows) {
    await context.app.nest.get(RowService).add(platformPrincipal(hub.id), 'Long', row);
  }
  return { hubId: hub.id, listId: id, reader: await context.app.create.integrator(hub, { rights: ['read'] }) };
}

/** Rows past the service: 1 to `count` without the multiples of seven; the rank descends in pairs. */
async function gappedList(count: number): Promise<Filled & { ids: number[] }> {
  const list = await listOf(1);
  const ids = Array.from({ length: count }, (_, index) => index + 1).filter((id) => id % 7 !== 0);
  await context.app.database.transaction(async (tx) => {
    for (let start = 0; start < ids.length; start += 500) {
      const some = ids.slice(start, start + 500);
      const rows = some.map((id) => `((SELECT no FROM list WHERE id = ?), ${id}, ${rankOf(id)})`);
      await tx.query(
        `INSERT INTO list_row (list_no, row_id, n1) VALUES ${rows.join(', ')}`,
        some.map(() => list.listId),
      );
    }
    await tx.query('UPDATE list SET last_row_id = ?, row_count = ? WHERE id = ?', [count, ids.length, list.listId]);
  });
  return { ...list, ids };
}

const rankOf = (id: number) => -Math.floor(id / 2);
const readRows = ({ hubId }: Filled, take = 10_000) =>
  context.app.nest
    .get(RowService)
    .read(platformPrincipal(hubId), { listName: 'Long', descending: false, skip: 0, take });

async function page({ reader }: Filled, query: string): Promise<Page> {
  const { body, headers } = await reader.get(`/public-api/v1/lists/list?Name=Long&${query}`).expect(200);
  const { items } = body as { items: { value: unknown }[][] };
  return {
    ids: items.map((row) => row[0].value),
    bytes: Buffer.byteLength(JSON.stringify(body)),
    more: headers['x-more-rows'] === 'true',
  };
}

/** As a client does it: on with `SkipRows` raised by what it got, until nothing follows. */
async function walk(list: Filled, query: string): Promise<Page[]> {
  const pages: Page[] = [];
  for (let more = true, skip = 0; more && pages.length < 50;) {
    const next = await page(list, `${query}&SkipRows=${skip}`);
    pages.push(next);
    skip += next.ids.length;
    more = next.more;
  }
  return pages;
}

describe('a page of a list', () => {
  it.each([
    ['', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ['SortOrder=Desc', [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ['SortColumn=Rank', [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ['SortColumn=Text1&SortOrder=Desc&MaxRows=3', [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
  ])('ends before 4 MiB of JSON, and the client goes on where it ended (%s)', async (query, expected) => {
    const rows = Array.from({ length: 10 }, (_, index) => ({ ...long('ä', 5), Rank: -index }));
    const pages = await walk(await listOf(5, rows), query);
    expect(pages.flatMap(({ ids }) => ids)).toEqual(expected);
    expect(pages.map(({ ids }) => ids.length)).toEqual(query.includes('MaxRows') ? [3, 3, 3, 1] : [4, 4, 2]);
    expect(Math.max(...pages.map(({ bytes }) => bytes))).toBeLessThan(PAGE_BYTES + 1000);
    expect(pages.map(({ more }) => more)).toEqual([...pages.slice(1).map(() => true), false]);
  });

  it('counts characters as JSON escapes them', async () => {
    const rows = Array.from({ length: 9 }, () => long('\u0001', 1));
    const pages = await walk(await listOf(1, rows), '');
    expect(pages.map(({ ids }) => ids.length)).toEqual([6, 3]);
  });

  it('has one row when that alone is longer', async () => {
    const pages = await walk(await listOf(45, [{}, long('x', 45), long('y', 45), {}]), '');
    expect(pages.map(({ ids }) => ids)).toEqual([[1], [2], [3], [4]]);
  });

  it.each(['', 'SortColumn=Rank'])('never has long texts fetched that it has no room for (%s)', async (query) => {
    const short = Array.from({ length: 40 }, () => ({ Text1: 'x', Rank: 1 }));
    const list = await listOf(20, [...short, ...Array.from({ length: 12 }, () => ({ ...long('z', 20), Rank: 2 }))]);
    const { database } = context.app;
    const asked = vi.spyOn(database, 'query');
    const { ids } = await page(list, query);
    const fetched = await Promise.all(asked.mock.results.map(({ value }) => value as Promise<object[]>));
    asked.mockRestore();
    const characters = fetched.flat().flatMap((row) => Object.values(row) as unknown[]);
    expect(ids).toHaveLength(42);
    const sum = characters.reduce<number>((all, one) => all + (typeof one === 'string' ? one.length : 0), 0);
    expect(sum).toBeLessThan(2 * PAGE_BYTES);
  });

  it.each(['SortOrder=Asc', 'SortOrder=Desc', 'SortColumn=Rank', 'SortColumn=Rank&SortOrder=Desc'])(
    'has every row once, in order, however many batches it takes and whatever ids are missing (%s)',
    async (query) => {
      const list = await gappedList(2500);
      const descending = query.endsWith('Desc');
      const byRank = (a: number, b: number) => (rankOf(a) - rankOf(b) || a - b) * (descending ? -1 : 1);
      const byId = (a: number, b: number) => (descending ? b - a : a - b);
      const expected = list.ids.toSorted(query.includes('Rank') ? byRank : byId);
      expect(await page(list, query)).toMatchObject({ ids: expected, more: false });
      expect(await page(list, `${query}&SkipRows=100&MaxRows=1200`)).toMatchObject({
        ids: expected.slice(100, 1300),
        more: true,
      });
      expect(await page(list, `${query}&SkipRows=${expected.length - 1}`)).toMatchObject({
        ids: expected.slice(-1),
        more: false,
      });
      expect(await page(list, `${query}&SkipRows=5000`)).toMatchObject({ ids: [], more: false });
    },
  );
});

describe('a long read', () => {
  it('lets others have their turn between its batches', async () => {
    const list = await gappedList(5000);
    let turns = 0;
    let reading = true;
    const count = () => {
      turns += 1;
      if (reading) {
        setImmediate(count);
      }
    };
    setImmediate(count);
    expect((await readRows(list)).rows).toHaveLength(list.ids.length);
    reading = false;
    expect(turns).toBeGreaterThan(5);
  });

  it('comes to its end, however many there are at once', async () => {
    const [list, small] = [await gappedList(2500), await listOf(1, [{ Rank: 1 }])];
    const all = await Promise.all([...Array.from({ length: 10 }, () => readRows(list)), readRows(small)]);
    expect(all.map(({ rows }) => rows.length)).toEqual([...Array.from({ length: 10 }, () => list.ids.length), 1]);
  });
});
