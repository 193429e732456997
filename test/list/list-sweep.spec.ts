import { describe, expect, it } from 'vitest';
import { platformPrincipal } from '../../src/access/index.js';
import { ListService, RowService } from '../../src/modules/list/index.js';
import { ListSweeper } from '../../src/modules/list/list-sweeper.js';
import { useTestApp } from '../support/test-app.js';
import { IndexedList } from './support/indexed-list.js';

const context = useTestApp();
const LEFT = 'SELECT COUNT(*) AS count FROM list_row WHERE list_no = (SELECT no FROM list WHERE id = ?)';

async function rowsOf(listId: string): Promise<number> {
  return (await context.app.database.query<{ count: number }>(LEFT, [listId]))[0].count;
}

async function untilSwept(listId: string): Promise<void> {
  while ((await rowsOf(listId)) > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A list with so many rows, written past the service: it is the sweeping that is tested. */
async function listWithRows(count: number): Promise<{ hubId: string; listId: string }> {
  const hub = await context.app.create.hub();
  const { id } = await context.app.create.list(hub);
  const row = '((SELECT no FROM list WHERE id = ?), ?)';
  await context.app.database.transaction(async (tx) => {
    for (let start = 0; start < count; start += 500) {
      const ids = Array.from({ length: Math.min(500, count - start) }, (_, index) => start + index + 1);
      const sql = `INSERT INTO list_row (list_no, row_id) VALUES ${ids.map(() => row).join(', ')}`;
      await tx.query(
        sql,
        ids.flatMap((rowId) => [id, rowId]),
      );
    }
    await tx.query('UPDATE list SET last_row_id = ?, row_count = ? WHERE id = ?', [count, count, id]);
  });
  return { hubId: hub.id, listId: id };
}

/** How much there is of a list in each table that rows reach into. */
async function belongings(listId: string): Promise<Record<string, number>> {
  const tables = ['list_row', 'list_index_number', 'list_index_text', 'list_row_gap'];
  const counts = tables.map(async (table) => {
    const sql = `SELECT COUNT(*) AS count FROM ${table} WHERE list_no = (SELECT no FROM list WHERE id = ?)`;
    return [table, (await context.app.database.query<{ count: number }>(sql, [listId]))[0].count] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}

describe('the rows of a deleted list', () => {
  it('are invisible at once and removed soon, those of its neighbour stay', async () => {
    const gone = await listWithRows(2500);
    const stays = await listWithRows(3);
    await context.app.nest.get(ListService).delete(platformPrincipal(gone.hubId), gone.listId);
    await untilSwept(gone.listId);
    expect(await rowsOf(stays.listId)).toBe(3);
  });

  it('never show up in a new list of the same name', async () => {
    const { hubId, listId } = await listWithRows(200);
    const platform = platformPrincipal(hubId);
    await context.app.nest.get(ListService).delete(platform, listId);
    const columns = [{ name: 'Quantity', type: 'Number' as const }];
    await context.app.nest.get(ListService).create(platform, { name: 'StockInfo', columns });
    const query = { listName: 'StockInfo', descending: false, skip: 0, take: 10 };
    expect((await context.app.nest.get(RowService).read(platform, query)).rows).toEqual([]);
    await untilSwept(listId);
  });

  it('take the entries of indexed columns and the counts of gaps with them, and so does a list without rows', async () => {
    const columns = [
      { name: 'Text', type: 'String' as const, indexed: true },
      { name: 'Number', type: 'Number' as const, indexed: true },
    ];
    const rows = Array.from({ length: 260 }, (_, Number) => ({ Text: Number % 3 ? `text ${Number % 5}` : null, Number: Number % 2 }));
    const [stays, gone, empty] = [1, 2, 3].map(() => IndexedList.make(context.app, columns));
    const lists = await Promise.all([stays, gone, empty]);
    for (const list of lists) {
      await list.addMany(rows);
      await list.removeFirst(list === (await empty) ? rows.length : 10);
    }
    for (const list of lists.slice(1)) {
      await context.app.nest.get(ListService).delete(platformPrincipal(list.hub.id), list.id);
    }
    await context.app.nest.get(ListSweeper).whenIdle();
    for (const list of lists.slice(1)) {
      expect(await belongings(list.id)).toEqual({ list_row: 0, list_index_number: 0, list_index_text: 0, list_row_gap: 0 });
    }
    expect(await belongings((await stays).id)).toEqual({
      list_row: 250,
      list_index_number: 250,
      list_index_text: 250,
      list_row_gap: 1,
    });
    await (await stays).expectEntries(['Text', 'Number']);
  });

  it('are removed at the next start when the server died before', async () => {
    const { listId } = await listWithRows(300);
    const sql = 'UPDATE list SET deleted_at = 1, name_key = NULL WHERE id = ?';
    await context.app.database.transaction((tx) => tx.query(sql, [listId]));
    const node = await context.app.secondNode();
    await untilSwept(listId);
    expect(await rowsOf(listId)).toBe(0);
    await node.stop();
  });
});
