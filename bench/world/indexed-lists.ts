import { platformPrincipal } from '../../src/access/index.js';
import { SystemClock } from '../../src/common/clock.js';
import { type DatabaseKind } from '../../src/database/index.js';
import { entryOf, indexTableOf } from '../../src/modules/list/index-entries.js';
import { ListService } from '../../src/modules/list/index.js';
import { Factory } from '../../test/support/factory.js';
import { type TestApp } from '../../test/support/test-app.js';
import { openApp } from './app.js';
import { type BulkWriter, type Row } from './bulk.js';
import { type Place } from './place.js';
import { withBulk } from './world.js';

const AT_ONCE = 5000;
const BLOCK = 1000;
/** Every tenth row is deleted. */
const GONE = 10;

const COLUMNS = [
  { name: 'MaterialNo', type: 'String' as const, slot: 's1', indexed: true },
  { name: 'Quantity', type: 'Number' as const, slot: 'n1', indexed: true },
];

/** A list whose columns are indexed, for each number of rows. */
export interface IndexedLists {
  readonly key: string;
  readonly lists: readonly { readonly id: string; readonly name: string; readonly rows: number }[];
}

export async function makeIndexedLists(
  place: Place,
  kind: DatabaseKind,
  sizes: readonly number[],
): Promise<IndexedLists> {
  await place.clear();
  const app = await openApp(place.url);
  const lists: IndexedLists['lists'][number][] = [];
  let key: string;
  try {
    const create = new Factory({ nest: app, clock: new SystemClock() } as unknown as TestApp);
    const hub = await create.hub('Plant with indexed lists');
    key = (await create.integrationKey(hub)).secret;
    for (const rows of sizes) {
      const name = `Indexed${rows}`;
      const columns = COLUMNS.map(({ slot: _slot, ...column }) => column);
      const { id } = await app.get(ListService).create(platformPrincipal(hub.id), { name, columns });
      lists.push({ id, name, rows });
    }
  } finally {
    await app.close();
  }
  await withBulk(place.url, async (bulk) => {
    for (const list of lists) {
      await fill(bulk, kind, list);
    }
  });
  return { key, lists };
}

async function fill(bulk: BulkWriter, kind: DatabaseKind, list: IndexedLists['lists'][number]): Promise<void> {
  const no = await numberOf(bulk, list.id);
  for (let from = 0; from < list.rows; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, list.rows - from) }, (_, index) => rowOf(no, from + index + 1));
    await bulk.insert('list_row', some);
  }
  for (const column of COLUMNS) {
    const entry = Object.entries(entryOf(kind, column)).map(([name, value]) => `${value} AS ${name}`);
    const into = `INSERT INTO ${indexTableOf(column)} (list_no, slot, has_value, value, row_id)`;
    await bulk.run(`${into} SELECT ${entry.join(', ')} FROM list_row r WHERE r.list_no = ? ORDER BY 3, 4, 5`, no);
  }
  await bulk.run('UPDATE list SET last_row_id = ?, row_count = ? WHERE no = ?', list.rows, list.rows, no);
}

function rowOf(no: number, id: number): Row {
  const { MaterialNo, Quantity } = valuesOf(id);
  return { list_no: no, row_id: id, s1: MaterialNo, n1: Quantity };
}

/** In no order of the indexed values; each is there once. */
export function valuesOf(id: number): { readonly MaterialNo: string; readonly Quantity: number } {
  const scattered = (id * 7919) % 1_000_003;
  return { MaterialNo: `A-${String(scattered).padStart(7, '0')}`, Quantity: scattered / 8 };
}

/** Every tenth row of each list is gone, as if deleted one by one. */
export async function deleteEveryTenth(url: string, { lists }: IndexedLists): Promise<void> {
  await withBulk(url, async (bulk) => {
    for (const { id, rows } of lists) {
      const no = await numberOf(bulk, id);
      for (const table of ['list_row', 'list_index_number', 'list_index_text']) {
        await bulk.run(`DELETE FROM ${table} WHERE list_no = ? AND row_id % ${GONE} = 0 AND row_id <= ?`, no, rows);
      }
      const blocks = Array.from({ length: rows / BLOCK }, (_, block) => ({
        list_no: no,
        block,
        missing: BLOCK / GONE,
      }));
      await bulk.insert('list_row_gap', blocks);
      await bulk.run('UPDATE list SET row_count = row_count - ? WHERE no = ?', rows / GONE, no);
    }
  });
}

async function numberOf(bulk: BulkWriter, id: string): Promise<number> {
  return Number((await bulk.select('SELECT no FROM list WHERE id = ?', id))[0]?.['no']);
}
