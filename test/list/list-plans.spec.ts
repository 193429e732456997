import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type EntityManager } from 'typeorm';
import { type IndexCondition, indexLookup } from '../../src/modules/list/index-lookup.js';
import { RowGapRepository } from '../../src/modules/list/row-gap.repository.js';
import { sortedBy } from '../../src/modules/list/row-order.repository.js';
import { type RowWriteRepository } from '../../src/modules/list/row-write.repository.js';
import { type ListTable } from '../../src/modules/list/row.repository.js';
import { onServer } from '../support/test-database.js';
import { useTestApp } from '../support/test-app.js';
import { IndexedList, there, valuesOf } from './support/indexed-list.js';

const test = useTestApp();
const ROWS = 4000;
const TABLES = ['list_index_number', 'list_index_text', 'list_row', 'list_row_gap'];

/** Of an index table, in the words of SQLite, and in bytes for its numbers and its texts. */
const WHOLE_KEYS = ['list_no=? AND slot=? AND has_value=? AND value=? AND row_id=?', '20', '269'];

interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** How the database reads one of our tables. */
interface Access {
  readonly table: string;
  /** Reads all there is, whatever the list. */
  readonly whole: boolean;
  readonly sorts: boolean;
  /** How much of the key narrows what is read: names of columns on SQLite, bytes on servers. */
  readonly key: string;
}

let list: IndexedList;

beforeAll(async () => {
  list = await IndexedList.make(test.app, [
    { name: 'Text', type: 'String', indexed: true },
    { name: 'Number', type: 'Number', indexed: true },
  ]);
  const other = await IndexedList.make(test.app, [{ name: 'Number', type: 'Number', indexed: true }]);
  for (const one of [list, other]) {
    for (let from = 0; from < ROWS; from += 1000) {
      const rows = Array.from({ length: 1000 }, (_, index) => ({ Number: ((from + index) * 7919) % 1009 }));
      await one.addMany(one === list ? rows.map((row) => ({ ...row, Text: `text ${row.Number}` })) : rows);
    }
  }
  await list.remove(17);
  if (test.app.database.kind !== 'sqlite') {
    await test.app.database.query(`ANALYZE TABLE ${TABLES.join(', ')}`);
  }
}, 120_000);

async function accesses({ sql, parameters }: Statement): Promise<Access[]> {
  return test.app.database.kind === 'sqlite' ? sqliteAccesses(sql, parameters) : serverAccesses(sql, parameters);
}

/** In a transaction: servers do not explain a write to whoever may only read. */
function explained<T>(sql: string, parameters: readonly unknown[]): Promise<T[]> {
  return test.app.database.transaction((tx) => tx.query<T[]>(sql, [...parameters]));
}

async function sqliteAccesses(sql: string, parameters: readonly unknown[]): Promise<Access[]> {
  const plan = await explained<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, parameters);
  const sorts = plan.some(({ detail }) => detail.includes('TEMP B-TREE FOR ORDER BY'));
  return plan.flatMap(({ detail }) => {
    const [, how, name = ''] = /^(SCAN|SEARCH) (\w+)/.exec(detail) ?? [];
    const table = { r: 'list_row' }[name] ?? name;
    return TABLES.includes(table)
      ? [{ table, whole: how === 'SCAN', sorts, key: /\(([^)]*)\)$/.exec(detail)?.[1] ?? '' }]
      : [];
  });
}

async function serverAccesses(sql: string, parameters: readonly unknown[]): Promise<Access[]> {
  const plan = await explained<Record<string, string | null>>(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, parameters);
  return plan.flatMap(({ table: name, key, type, key_len, Extra }) => {
    const table = { r: 'list_row', i: 'an index' }[String(name)] ?? String(name);
    const whole = key !== 'PRIMARY' || type === 'ALL' || type === 'index';
    return [...TABLES, 'an index'].includes(table)
      ? [{ table, whole, sorts: String(Extra).includes('filesort'), key: String(key_len) }]
      : [];
  });
}

async function lookup(name: string, condition: IndexCondition): Promise<Statement> {
  return there(indexLookup({ hubId: list.hub.id, id: list.id }, await list.column(name), condition));
}

/** The statements of writes, as they are sent. */
async function sentBy(
  work: (writes: RowWriteRepository, tx: EntityManager, table: ListTable) => Promise<void>,
): Promise<Statement[]> {
  const sent = await list.write(async (writes, tx, table) => {
    const asked = vi.spyOn(tx, 'query');
    try {
      await work(writes, tx, table);
      return asked.mock.calls.map(([sql, parameters]) => ({ sql, parameters: parameters ?? [] }));
    } finally {
      asked.mockRestore();
    }
  });
  return sent as Statement[];
}

/** So many columns of the key are fixed at least; servers do not say how far a scan in order is. */
const narrowed = (columns: number): RegExp =>
  test.app.database.kind === 'sqlite' ? new RegExp(`^(\\w+=\\?( AND |$)){${columns}}`) : /./;

describe('a sort by an indexed column', () => {
  it.each([
    ['Text', false],
    ['Text', true],
    ['Number', false],
    ['Number', true],
  ])('is read in the order of the index (%s, descending: %s)', async (name, descending) => {
    const { sql, parameters } = sortedBy(
      test.app.database.kind,
      { hubId: list.hub.id, id: list.id },
      await list.column(name),
      descending,
    );
    const found = await accesses({ sql: `${sql} LIMIT 20 OFFSET 100`, parameters });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      table: name === 'Text' ? 'list_index_text' : 'list_index_number',
      whole: false,
      sorts: false,
    });
    expect(found[0].key).toMatch(narrowed(2));
  });

  it('is a sort of the rows where there is no index, so that the test above can fail', async () => {
    const column = { ...(await list.column('Number')), index: undefined };
    const { sql, parameters } = sortedBy(test.app.database.kind, { hubId: list.hub.id, id: list.id }, column, false);
    expect(await accesses({ sql: `${sql} LIMIT 20`, parameters })).toMatchObject([{ table: 'list_row', sorts: true }]);
  });
});

describe('a condition on an indexed column', () => {
  it.each([
    ['Number', { operator: '=', value: 5 }, 4],
    ['Number', { operator: 'in', values: [5, 6, 7] }, 4],
    ['Number', { operator: '<', value: 5 }, 3],
    ['Number', { operator: 'between', from: 5, to: 6 }, 3],
    ['Number', { operator: 'is null' }, 3],
    ['Text', { operator: '=', value: 'text 5' }, 4],
    ['Text', { operator: '>=', value: 'text 9' }, 3],
    ['Text', { operator: 'starts-with', value: 'text 99' }, 3],
  ] as [string, IndexCondition, number][])('is a search in the index (%s %j)', async (name, condition, columns) => {
    const found = await accesses(await lookup(name, condition));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ whole: false, sorts: false });
    expect(found[0].key).toMatch(narrowed(columns));
    expect(found[0].key).toMatch(onServer ? /^([89]|\d{2,})$/ : /^list_no/);
  });
});

describe('a deep page of a list that has lost rows', () => {
  it('reads the gaps of its list and no others', async () => {
    const asked: Statement[] = [];
    const fake = { query: async (sql: string, parameters: unknown[]) => (asked.push({ sql, parameters }), []) };
    await new RowGapRepository(fake as never).locate({ hubId: list.hub.id, id: list.id }, 2000);
    const found = (await accesses(asked[0])).filter(({ table }) => table === 'list_row_gap');
    expect(found).toMatchObject([{ whole: false }]);
  });
});

describe('the entries of a row', () => {
  it('are found by their whole key when it is changed or deleted', async () => {
    const statements = await sentBy(async (writes, tx, table) => {
      await writes.update(tx, table, 5, valuesOf(table, { Number: 77, Text: 'changed' }));
      await writes.remove(tx, table, 5);
    });
    const deletions = statements.filter(({ sql }) => sql.startsWith('DELETE') && sql.includes('list_index_'));
    expect(deletions).toHaveLength(4);
    for (const statement of deletions) {
      const found = await accesses(statement);
      expect(found.map(({ whole }) => whole)).toEqual([false, false]);
      expect(found.map(({ key }) => key).filter((key) => WHOLE_KEYS.includes(key))).toHaveLength(1);
    }
  });
});
