import { describe, expect, it, vi } from 'vitest';
import { platformPrincipal } from '../../src/access/index.js';
import { ListService, RowService } from '../../src/modules/list/index.js';
import { type TestHub } from '../support/factory.js';
import { useTestApp } from '../support/test-app.js';

const context = useTestApp();
const rows = () => context.app.nest.get(RowService);

interface Range {
  readonly skip?: number;
  readonly take?: number;
  readonly descending?: boolean;
}

/** A list of so many rows that was read once. */
async function seen(count: number): Promise<{ hub: TestHub; listId: string }> {
  const hub = await context.app.create.hub();
  const { id } = await context.app.create.list(hub);
  for (let Quantity = 1; Quantity <= count; Quantity += 1) {
    await rows().add(platformPrincipal(hub.id), 'StockInfo', { Quantity });
  }
  await read(hub);
  return { hub, listId: id };
}

async function read(hub: TestHub, { skip = 0, take = 10, descending = false }: Range = {}) {
  const asked = vi.spyOn(context.app.database, 'query');
  try {
    const page = await rows().read(platformPrincipal(hub.id), { listName: 'StockInfo', skip, take, descending });
    return { ids: page.rows.map(({ row_id }) => row_id), more: page.more, statements: asked.mock.calls.length, page };
  } finally {
    asked.mockRestore();
  }
}

describe('a list that was read before', () => {
  it.each([
    [{}, [1, 2, 3], false],
    [{ take: 2 }, [1, 2], true],
    [{ take: 2, descending: true }, [3, 2], true],
    [{ take: 2, skip: 1 }, [2, 3], false],
    [{ skip: 1, descending: true }, [2, 1], false],
  ])('is read by %j in one statement', async (range, ids, more) => {
    const { hub } = await seen(3);
    expect(await read(hub, range)).toMatchObject({ ids, more, statements: 1 });
  });

  it('has the rows that came and went since', async () => {
    const { hub } = await seen(3);
    await rows().remove(platformPrincipal(hub.id), 'StockInfo', 2);
    await rows().add(platformPrincipal(hub.id), 'StockInfo', {});
    expect(await read(hub)).toMatchObject({ ids: [1, 3, 4], more: false, statements: 1 });
    expect(await read(hub, { skip: 1, take: 1 })).toMatchObject({ ids: [3], more: true, statements: 2 });
    expect(await read(hub, { skip: 1, descending: true })).toMatchObject({ ids: [3, 1], more: false });
  });

  it('has no rows beyond its end, and none when it is empty', async () => {
    expect(await read((await seen(2)).hub, { skip: 2 })).toMatchObject({ ids: [], more: false });
    expect(await read((await seen(0)).hub)).toMatchObject({ ids: [], more: false });
  });

  it('is read to its end when it has grown far', async () => {
    const { hub, listId } = await seen(1);
    const sql = 'INSERT INTO list_row (list_no, row_id, s1) SELECT no, ?, ? FROM list WHERE id = ?';
    await context.app.database.transaction(async (tx) => {
      for (let id = 2; id <= 120; id += 1) {
        await tx.query(sql, [id, 'A', listId]);
      }
      await tx.query('UPDATE list SET last_row_id = 120, row_count = 120 WHERE id = ?', [listId]);
    });
    const all = Array.from({ length: 120 }, (_, index) => index + 1);
    expect(await read(hub, { take: 500 })).toMatchObject({ ids: all, more: false });
    expect(await read(hub, { take: 110, descending: true })).toMatchObject({
      ids: all.toReversed().slice(0, 110),
      more: true,
    });
  });

  it('is not found once it is deleted, and another one of its name is another one', async () => {
    const { hub, listId } = await seen(2);
    await context.app.nest.get(ListService).delete(platformPrincipal(hub.id), listId);
    await expect(read(hub)).rejects.toMatchObject({ status: 404 });
    await context.app.nest
      .get(ListService)
      .create(platformPrincipal(hub.id), { name: 'STOCKinfo', columns: [{ name: 'Other', type: 'Boolean' }] });
    expect((await read(hub)).page).toMatchObject({ columns: [{ name: 'Other' }], rows: [] });
  });

  it('has the columns that another node gave it', async () => {
    const { hub, listId } = await seen(1);
    const columns = JSON.stringify([{ name: 'Renamed', type: 'Number', slot: 'n1' }]);
    const sql = 'UPDATE list SET column_definitions = ?, revision = revision + 1 WHERE id = ?';
    await context.app.database.transaction((tx) => tx.query(sql, [columns, listId]));
    expect((await read(hub)).page.columns).toEqual([{ name: 'Renamed', type: 'Number', slot: 'n1' }]);
  });

  it('stays closed to who may not read it', async () => {
    const { hub } = await seen(1);
    const path = '/public-api/v1/lists/list?Name=StockInfo';
    const writer = await context.app.create.integrator(hub, { rights: ['add'] });
    const nobody = await context.app.create.integrator(hub, { rights: [] });
    const stranger = await context.app.create.integrator(await context.app.create.hub(), {});
    expect((await writer.get(path).expect(403)).body).toMatchObject({ code: '403.permissions' });
    await nobody.get(path).expect(404);
    await stranger.get(path).expect(404);
  });
});
