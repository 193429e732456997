import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/common/ids.js';
import { parseResourceQuery } from '../../src/common/query/index.js';
import { API_KEY_FILTERS } from '../../src/modules/api-key/api-key.controller.js';
import { API_KEY_SORTS, keyPage, type Statement } from '../../src/modules/api-key/key-page.js';
import { type TestHub } from '../support/factory.js';
import { API_KEYS, dataOf, type Json } from '../support/management.js';
import { hold, statementsOf } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

const KEYS = 4000;
const AT_ONCE = 200;
const FROM = 1_700_000_000_000;

let hub: TestHub;

/** Many keys of one hub, some of each state, most with the same role, group and maker, as integrators' keys are. */
async function fill(of: TestHub): Promise<void> {
  const group = await test.app.create.group(of);
  const { id } = await test.app.create.key({ hub: of, roleId: of.roles.integration, groupId: group });
  const [template] = await test.app.database.query<Json>('SELECT * FROM api_key WHERE id = ?', [id]);
  const rows = Array.from({ length: KEYS }, (_, number) => ({
    ...template,
    id: newId(),
    name: `Key ${number}`,
    name_key: `key ${(number * 7919) % KEYS}`,
    handle: `Key ${number}`,
    handle_key: `key ${number}`,
    state: ['deleted', 'inactive', 'inactive'][number % 20] ?? 'live',
    deleted_at: number % 20 === 0 ? FROM : null,
    expires_at: number % 2 === 0 ? null : FROM + ((number * 104_729) % KEYS),
    last_used_at: number % 3 === 0 ? 0 : FROM + ((number * 7907) % KEYS),
    created_at: FROM + number,
    updated_at: FROM + ((number * 6007) % KEYS),
  }));
  const columns = Object.keys(rows[0] ?? {});
  const marks = `(${columns.map(() => '?').join(', ')})`;
  await test.app.database.transaction(async (tx) => {
    for (let start = 0; start < rows.length; start += AT_ONCE) {
      const some = rows.slice(start, start + AT_ONCE);
      const sql = `INSERT INTO api_key (${columns.join(', ')}) VALUES ${some.map(() => marks).join(', ')}`;
      await tx.query(
        sql,
        some.flatMap((row) => Object.values(row)),
      );
    }
  });
}

beforeAll(async () => {
  hub = await test.app.create.hub();
  await fill(hub);
  await fill(await test.app.create.hub());
  if (test.app.database.kind !== 'sqlite') {
    await test.app.database.query('ANALYZE TABLE api_key');
  }
}, 60_000);

/** How the database would read the keys: one entry for each time that the statement names the table. */
interface Access {
  readonly index: string | null;
  /** Reads all there is, of the table or of an index, whatever the hub. */
  readonly whole: boolean;
  readonly sorts: boolean;
  readonly covering: boolean;
}

async function accessesOf(statement: Statement): Promise<Access[]> {
  const { sql, parameters } = statement;
  return test.app.database.kind === 'sqlite' ? sqliteAccesses(sql, parameters) : serverAccesses(sql, parameters);
}

/** A sorting belongs to the reading that it stands beside; the pages of several states are merged one level above. */
async function sqliteAccesses(sql: string, parameters: readonly unknown[]): Promise<Access[]> {
  const explain = `EXPLAIN QUERY PLAN ${sql}`;
  const plan = await test.app.database.query<{ parent: number; detail: string }>(explain, parameters);
  const sorted = new Set(plan.filter(({ detail }) => detail.includes('TEMP B-TREE')).map(({ parent }) => parent));
  return plan
    .filter(({ detail }) => /^(SCAN|SEARCH) api_key\b/.test(detail))
    .map(({ parent, detail }) => ({
      index: /INDEX (\w+)/.exec(detail)?.[1] ?? null,
      whole: detail.startsWith('SCAN'),
      sorts: sorted.has(parent),
      covering: detail.includes('COVERING'),
    }));
}

async function serverAccesses(sql: string, parameters: readonly unknown[]): Promise<Access[]> {
  const plan = await test.app.database.query<Record<string, string | null>>(
    `EXPLAIN FORMAT=TRADITIONAL ${sql}`,
    parameters,
  );
  return plan
    .filter(({ table }) => table === 'api_key')
    .map(({ key, type, Extra: extra }) => ({
      index: key,
      whole: type === 'ALL' || type === 'index',
      sorts: String(extra).includes('filesort'),
      covering: String(extra).includes('Using index'),
    }));
}

function statementOf(query: string): Statement {
  const spec = { sort: API_KEY_SORTS, filter: API_KEY_FILTERS, page: true };
  const statement = keyPage(test.app.database, hub.id, parseResourceQuery(`page[size]=100&${query}`, spec));
  if (!statement) {
    throw new Error(`${query} finds nothing by itself.`);
  }
  return statement;
}

const STATES = ['', '&filter[state]=live', '&filter[state]=inactive', '&filter[state]=live,inactive,deleted'];
const walksOf = (states: string): number => (states === '' ? 2 : states.split(',').length);
const MOMENT = new Date(FROM + KEYS / 2).toISOString();

const FILTERS: readonly [name: string, query: () => string][] = [
  ['role', () => `filter[role]=${hub.roles.integration}`],
  ['group', () => `filter[group]=${newId()}`],
  ['creator', () => `filter[creator]=${'0'.repeat(24)}`],
  ['expires_before', () => `filter[expires_before]=${MOMENT}`],
  ['last_used_before', () => `filter[last_used_before]=${MOMENT}`],
  ['search', () => 'filter[search]=9'],
];

describe('the list of keys', () => {
  it('has a plan here for every sort and filter that there is', () => {
    expect(
      FILTERS.map(([name]) => name)
        .concat('state')
        .sort(),
    ).toEqual(Object.keys(API_KEY_FILTERS).sort());
  });

  describe.each(API_KEY_SORTS.flatMap((field) => [field, `-${field}`]))('sorted by %s', (sort) => {
    it.each(STATES)('is read in the order of an index, and no further than the page (%s)', async (states) => {
      const accesses = await accessesOf(statementOf(`sort=${sort}${states}`));

      expect(accesses).toHaveLength(walksOf(states));
      for (const access of accesses) {
        expect(access).toMatchObject({ whole: false, sorts: false, covering: true });
        expect(access.index).toMatch(/^ix_api_key_/);
      }
    });
  });

  describe.each(FILTERS)('filtered by %s', (_, query) => {
    it.each(STATES)('is read in the order of an index, and nothing is sorted (%s)', async (states) => {
      const accesses = await accessesOf(statementOf(query() + states));

      expect(accesses).toHaveLength(walksOf(states));
      for (const access of accesses) {
        expect(access).toMatchObject({ whole: false, sorts: false });
        expect(access.index).toMatch(/^ix_api_key_/);
      }
    });
  });

  it('searched by name reads an index of the hub and no row, by id and by name', async () => {
    for (const sort of ['', '&sort=name', '&sort=-id']) {
      const accesses = await accessesOf(statementOf(`filter[search]=9${sort}&filter[state]=live`));
      expect(accesses).toMatchObject([{ whole: false, sorts: false, covering: true }]);
    }
  });

  it('is a handful of statements, whatever is asked', async () => {
    const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);
    await hold(test.app);
    await owner.get(API_KEYS).expect(200);
    const queries = ['page[size]=100', `page[size]=100&sort=-name&${FILTERS[0]?.[1]() ?? ''}&filter[search]=9`];

    for (const query of queries) {
      const answers: Json[][] = [];
      const sent = await statementsOf(test.app, async () => {
        answers.push(dataOf<Json[]>(await owner.get(`${API_KEYS}?${query}`).expect(200)));
      });
      expect(answers[0]).toHaveLength(100);
      expect(sent).toBe(3);
    }
  });
});
