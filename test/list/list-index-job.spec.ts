import { describe, expect, it } from 'vitest';
import { Mutations, platformPrincipal } from '../../src/access/index.js';
import { type Job, JobWorker } from '../../src/modules/job/index.js';
import { LIST_INDEX_JOB, ListService, RowService } from '../../src/modules/list/index.js';
import { type IndexState, type ListColumn } from '../../src/modules/list/list-columns.js';
import { ListIndexes } from '../../src/modules/list/list-indexes.js';
import { ListRepository } from '../../src/modules/list/list.repository.js';
import { RowOrderRepository } from '../../src/modules/list/row-order.repository.js';
import { useTestApp } from '../support/test-app.js';
import { type Data, IndexedList, there } from './support/indexed-list.js';

const test = useTestApp();

const COLUMNS = [
  { name: 'Text', type: 'String' as const },
  { name: 'Number', type: 'Number' as const },
];
const rowsOf = (count: number): Data[] =>
  Array.from({ length: count }, (_, index) => ({
    Text: index % 5 === 0 ? null : `text ${(index * 7919) % 97}`,
    Number: index % 7 === 0 ? null : (index * 104_729) % 89,
  }));

async function filled(count: number): Promise<IndexedList> {
  const list = await IndexedList.make(test.app, COLUMNS);
  await list.addMany(rowsOf(count));
  return list;
}

type Move = 'declare' | 'undeclare';

/** As whoever changes a column does it. */
async function move(list: IndexedList, kind: Move, ...names: readonly string[]): Promise<(Job | null)[]> {
  const indexes = test.app.nest.get(ListIndexes);
  return test.app.nest.get(Mutations).run(platformPrincipal(list.hub.id), 'lists-manage', async (mutation) => {
    const lists = test.app.nest.get(ListRepository);
    const locked = there(await lists.lock(mutation.tx, list.hub.id, list.id));
    const jobs = [];
    for (const name of names) {
      jobs.push(await indexes[kind](mutation, locked, there(locked.columns.find((one) => one.name === name)).id));
    }
    await lists.storeIndexes(mutation.tx, locked);
    return jobs;
  });
}

const stateOf = async (list: IndexedList, name: string): Promise<IndexState | undefined> =>
  (await list.column(name)).index?.state;

/** One part of the job, as its worker asks for it. */
const part = (list: IndexedList): Promise<'more' | 'done'> =>
  test.app.nest.get(ListIndexes).work({ id: 'any', hubId: list.hub.id, action: LIST_INDEX_JOB, componentId: list.id });

async function work(list: IndexedList): Promise<number> {
  let parts = 1;
  while ((await part(list)) === 'more') {
    parts += 1;
  }
  return parts;
}

async function sorted(list: IndexedList, column: ListColumn): Promise<number[]> {
  const range = { column, descending: false, skip: 0, take: 10_000 };
  return test.app.nest.get(RowOrderRepository).sortedIds(await list.table(), column, range);
}

describe('declaring a column as indexed', () => {
  it('gives every row its entry, and only then is the index used', async () => {
    const list = await filled(900);
    const jobs = await move(list, 'declare', 'Text', 'Number');
    expect(jobs.map((job) => job?.action)).toEqual([LIST_INDEX_JOB, LIST_INDEX_JOB]);
    const plain = { ...(await list.column('Text')), index: undefined };
    const expected = await sorted(list, plain);
    const seen = new Set<IndexState | undefined>();
    do {
      seen.add(await stateOf(list, 'Text'));
      expect(await sorted(list, await list.column('Text'))).toEqual(expected);
    } while ((await part(list)) === 'more');
    expect([...seen]).toEqual(['clearing', 'building', 'ready']);
    await list.expectEntries(['Text', 'Number']);
  });

  it('is done at once where there never was a row', async () => {
    const list = await IndexedList.make(test.app, COLUMNS);
    expect(await move(list, 'declare', 'Text')).toEqual([null]);
    expect(await stateOf(list, 'Text')).toBe('ready');
    await list.addMany(rowsOf(3));
    await list.expectEntries(['Text']);
  });

  it('is a job that the worker does, and a second request while it is built is the same', async () => {
    const list = await filled(300);
    await move(list, 'declare', 'Number');
    await part(list);
    expect(await stateOf(list, 'Number')).toBe('building');
    expect(await move(list, 'declare', 'Number')).toMatchObject([{ state: 'queued', componentId: list.id }]);
    await test.app.nest.get(JobWorker).work();
    expect(await stateOf(list, 'Number')).toBe('ready');
    expect(await move(list, 'declare', 'Number')).toEqual([null]);
    await list.expectEntries(['Number']);
  });

  it('misses no row that is written meanwhile, and has none twice', async () => {
    const list = await filled(1500);
    await move(list, 'declare', 'Text', 'Number');
    let parts = 0;
    let writer: Promise<unknown> = Promise.resolve();
    do {
      parts += 1;
      const at = parts * 100;
      writer = Promise.all([
        writer,
        list.add({ Text: `new ${parts}`, Number: parts }),
        list.change(at, { Text: 'changed', Number: -parts }),
        list.change(1500 - parts, { Text: null, Number: 0.5 }),
        list.remove(at + 1),
        list.remove(1400 - parts),
      ]);
    } while ((await part(list)) === 'more' && parts < 9);
    await writer;
    await work(list);
    expect(parts).toBeGreaterThan(2);
    expect([await stateOf(list, 'Text'), await stateOf(list, 'Number')]).toEqual(['ready', 'ready']);
    await list.expectEntries(['Text', 'Number']);
  });

  it('goes on where it was when the part that was just done comes again', async () => {
    const list = await filled(700);
    await move(list, 'declare', 'Number');
    await part(list);
    await part(list);
    const { index, slot } = await list.column('Number');
    expect(index).toMatchObject({ state: 'building', upTo: expect.any(Number) });
    // As if the process had died before it could say how far it was.
    const back = JSON.stringify(
      (await list.table()).columns.map((one) =>
        one.slot === slot ? { ...one, index: { state: 'building', upTo: 0 } } : one,
      ),
    );
    await test.app.database.transaction((tx) =>
      tx.query('UPDATE list SET column_definitions = ? WHERE id = ?', [back, list.id]),
    );
    await work(list);
    expect(await stateOf(list, 'Number')).toBe('ready');
    await list.expectEntries(['Number']);
  });

  it('ends when the list is deleted meanwhile', async () => {
    const list = await filled(400);
    await move(list, 'declare', 'Text', 'Number');
    await part(list);
    await part(list);
    await test.app.nest.get(ListService).delete(platformPrincipal(list.hub.id), list.id);
    expect(await part(list)).toBe('done');
  });

  it('is refused beyond sixteen columns', async () => {
    const names = Array.from({ length: 17 }, (_, index) => `C${index}`);
    const list = await IndexedList.make(
      test.app,
      names.map((name) => ({ name, type: 'Number' })),
    );
    await move(list, 'declare', ...names.slice(0, 16));
    await expect(move(list, 'declare', 'C16')).rejects.toMatchObject({ code: '422.max-exceeded' });
    await move(list, 'undeclare', 'C3');
    await move(list, 'declare', 'C16');
    expect(await stateOf(list, 'C16')).toBe('ready');
  });
});

describe('declaring a column as no longer indexed', () => {
  it('removes its entries and no others', async () => {
    const list = await filled(900);
    await move(list, 'declare', 'Text', 'Number');
    await work(list);
    await move(list, 'undeclare', 'Text');
    expect(await stateOf(list, 'Text')).toBe('dropping');
    expect(await work(list)).toBeGreaterThan(2);
    expect(await stateOf(list, 'Text')).toBeUndefined();
    await list.expectEntries(['Number']);
  });

  it('and as indexed again before they are gone, leaves none of the old ones', async () => {
    const list = await filled(600);
    await move(list, 'declare', 'Number');
    await work(list);
    await move(list, 'undeclare', 'Number');
    await part(list);
    await list.change(599, { Number: 1e9 });
    await list.remove(598);
    await move(list, 'declare', 'Number');
    await list.change(597, { Number: 2e9 });
    await work(list);
    expect(await stateOf(list, 'Number')).toBe('ready');
    await list.expectEntries(['Number']);
  });

  it('has nothing to do where there is no index', async () => {
    expect(await move(await filled(2), 'undeclare', 'Text')).toEqual([null]);
  });
});

describe('an index that is built anew', () => {
  it('is the same as before, and not used until it is whole', async () => {
    const list = await filled(500);
    await move(list, 'declare', 'Text');
    await work(list);
    expect(await stateOf(list, 'Text')).toBe('ready');
    await list.expectEntries(['Text']);
  });
});

describe('a list that is longer than a sort may be', () => {
  it('is sorted by an indexed column, and by no other', async () => {
    const list = await IndexedList.make(test.app, [COLUMNS[0], { ...COLUMNS[1], indexed: true }]);
    await list.addMany([{ Number: 3 }, { Number: 1 }, { Number: null }, { Number: 2 }]);
    const count = 'UPDATE list SET row_count = 60000, last_row_id = 60000 WHERE id = ?';
    await test.app.database.transaction((tx) => tx.query(count, [list.id]));
    const read = async (sortColumn: string) => {
      const query = { listName: list.name, sortColumn, descending: false, skip: 0, take: 10 };
      const page = await test.app.nest.get(RowService).read(platformPrincipal(list.hub.id), query);
      return page.rows.map(({ row_id }) => row_id);
    };
    expect(await read('number')).toEqual([3, 2, 4, 1]);
    await expect(read('Text')).rejects.toMatchObject({ code: '422.max-exceeded' });
    await move(list, 'undeclare', 'Number');
    await expect(read('Number')).rejects.toMatchObject({ code: '422.max-exceeded' });
  });
});
