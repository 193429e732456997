import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Client } from '../support/client.js';
import { useTestApp } from '../support/test-app.js';
import { IndexedList } from '../list/support/indexed-list.js';
import { LIST, post, rowsOf } from './support.js';

const test = useTestApp();
const ROWS = 4000;

let reader: Client;

/** How the database reads a table of rows or of entries. */
interface Access {
  readonly table: string;
  /** By so many columns of its key, or so many bytes of it; null where it reads all rows of the list. */
  readonly narrowed: boolean;
}

beforeAll(async () => {
  const list = await IndexedList.make(test.app, [
    { name: 'Text', type: 'String', indexed: true },
    { name: 'Number', type: 'Number', indexed: true },
    { name: 'Plain', type: 'Number' },
  ]);
  for (let from = 0; from < ROWS; from += 1000) {
    await list.addMany(
      Array.from({ length: 1000 }, (_, index) => {
        const number = ((from + index) * 7919) % 1009;
        return { Text: `text ${number}`, Number: number, Plain: number };
      }),
    );
  }
  reader = await test.app.create.integrator(list.hub, { rights: ['read'] });
  if (test.app.database.kind !== 'sqlite') {
    await test.app.database.query('ANALYZE TABLE list_index_number, list_index_text, list_row');
  }
}, 120_000);

async function accesses(statement: string): Promise<Access[]> {
  const sent = vi.spyOn(test.app.database, 'select');
  try {
    await post(reader, statement).expect(200);
    const [sql, parameters] = sent.mock.calls.at(-1) ?? ['', []];
    const read = test.app.database.kind === 'sqlite' ? sqliteAccesses : serverAccesses;
    return await read(sql, parameters);
  } finally {
    sent.mockRestore();
  }
}

/** What a search goes by: the list alone leaves all its rows. */
async function sqliteAccesses(sql: string, parameters: readonly unknown[]): Promise<Access[]> {
  const plain = sql.replace(/hub_finite/g, 'abs');
  const plan = await test.app.database.query<{ detail: string }>(`EXPLAIN QUERY PLAN ${plain}`, [...parameters]);
  return plan.flatMap(({ detail }) => {
    const [, table = '', key = ''] = /^SEARCH (list_\w+).*\((.*)\)$/.exec(detail) ?? [];
    return table === '' ? [] : [{ table, narrowed: /row_id=|value/.test(key) }];
  });
}

/** list_no is of 4 bytes or 8; with the slot, or the ID of the row, the used key is longer, or a range in it is. */
async function serverAccesses(sql: string, parameters: readonly unknown[]): Promise<Access[]> {
  const plan = await test.app.database.query<Record<string, string | null>>(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, [
    ...parameters,
  ]);
  return plan.flatMap(({ table, type, rows }) =>
    table?.startsWith('list_') === true ? [{ table, narrowed: type === 'eq_ref' || Number(rows) < ROWS / 2 }] : [],
  );
}

const NUMBERS = 'list_index_number';
const TEXTS = 'list_index_text';

describe('a condition on an indexed column', () => {
  it.each([
    ['Number = 5', NUMBERS],
    ['5 = Number', NUMBERS],
    ["Number = '5'", NUMBERS],
    ['Number in (5, 6, null)', NUMBERS],
    ['Number < 5', NUMBERS],
    ['Number <= 5 and Plain > 1', NUMBERS],
    ['Number > 1005', NUMBERS],
    ['1005 <= Number', NUMBERS],
    ['Number >= 5 and Number < 7', NUMBERS],
    ['Number between 5 and 6', NUMBERS],
    ['Number > -1 and Number < 2 and Plain > 0', NUMBERS],
    ['Number is null', NUMBERS],
    ["Text = 'text 5'", TEXTS],
    ["Text in ('text 5', 'text 6')", TEXTS],
    ["Text >= 'text 99'", TEXTS],
    ["Text like 'text 99%'", TEXTS],
    ["Text like 'text 99_'", TEXTS],
    ["Number > 3 and Text = 'text 5'", TEXTS],
  ])('reaches the rows through the index: %s', async (where, index) => {
    const found = await accesses(`select Plain from Indexed where ${where}`);
    expect(found.map(({ table }) => table).sort()).toEqual([index, 'list_row'].sort());
    expect(found.filter(({ narrowed }) => !narrowed)).toEqual([]);
  });

  it.each([
    'Plain = 5',
    'Number <> 5',
    'Number = 5 or Plain = 5',
    'not Number = 5',
    'Number + 0 = 5',
    'Number = Plain',
  ])('reads the rows where no index can tell: %s', async (where) => {
    expect(await accesses(`select Plain from Indexed where ${where}`)).toMatchObject([
      { table: 'list_row', narrowed: false },
    ]);
  });

  it.each(['Number > 5', 'Number is not null', "Text like 'text%'"])(
    'reads the rows in their order where the index would find most of them: %s',
    async (where) => {
      expect(await accesses(`select Plain from Indexed where ${where}`)).toMatchObject([
        { table: 'list_row', narrowed: false },
      ]);
    },
  );

  it('takes another index where the first would find most of them', async () => {
    const found = await accesses("select Plain from Indexed where Text like 'text%' and Number < 5");
    expect(found.map(({ table }) => table).sort()).toEqual([NUMBERS, 'list_row']);
  });

  it('reaches the rows of grouped and of joined lists through the index, too', async () => {
    const grouped = await accesses('select Plain, count(*) from Indexed where Number < 5 group by Plain');
    expect(grouped.filter(({ narrowed }) => !narrowed)).toEqual([]);
    const joined = await accesses(
      'select b.Plain from Indexed a join Indexed b on a.ID = b.ID and b.Number = 5 where a.Number = 5',
    );
    expect(joined.filter(({ table }) => table === NUMBERS)).toHaveLength(2);
    expect(joined.filter(({ narrowed }) => !narrowed)).toEqual([]);
  });
});

describe('the right of a left join', () => {
  it('is not narrowed by WHERE, which sees its nulls', async () => {
    const sql = 'select count(*) from Indexed a left join Indexed b on b.ID = a.Number';
    const nulls = ROWS / 1009;
    const [[without]] = await rowsOf(reader, `${sql} where b.Number is null`);
    expect(without).toBeGreaterThanOrEqual(Math.floor(nulls));
    const found = await accesses(`${sql} where b.Number is null`);
    expect(found.map(({ table }) => table)).not.toContain(NUMBERS);
  });
});

describe('an index that is not complete', () => {
  it('is not asked', async () => {
    const list = await IndexedList.make(test.app, [{ name: 'Number', type: 'Number' }]);
    await list.addMany([{ Number: 5 }]);
    const [column] = (await list.table()).columns;
    for (const state of ['clearing', 'building', 'dropping']) {
      const definitions = JSON.stringify([{ ...column, index: { state } }]);
      await test.app.database.transaction((tx) =>
        tx.query('UPDATE list SET column_definitions = ? WHERE id = ?', [definitions, list.id]),
      );
      const own = await test.app.create.integrator(list.hub, { rights: ['read'] });
      const { body } = await own.post(LIST, { sql: 'select ID from Indexed where Number = 5' }).expect(200);
      expect((body as { items: unknown[] }).items).toHaveLength(1);
    }
  });
});
