import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SelectQueryBuilder } from 'typeorm';
import { newId } from '../../src/common/ids.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { useTestApp } from '../support/test-app.js';
import { onServer } from '../support/test-database.js';
import { record, seal } from './support/chain.js';

const ACTIVITY = '/v1/hubs/current/activity';
const ROWS = 1500;

const test = useTestApp();
let hub: TestHub;
let reader: Client;

beforeAll(async () => {
  const other = await test.app.create.hub();
  hub = await test.app.create.hub();
  await record(test.app, other, ROWS, '');
  await record(test.app, hub, ROWS, '');
  reader = await test.app.create.caller({ hub, capabilities: ['hubs-auditlog-view'] });
  if (test.app.database.kind !== 'sqlite') {
    await test.app.database.transaction((tx) => tx.query('ANALYZE TABLE activity'));
  }
}, 120_000);
afterEach(() => {
  vi.restoreAllMocks();
});

/** How the database reads the page, in its own words: one line per table it looks into. */
async function planOf(query: string): Promise<string[]> {
  const asked: [string, unknown[]][] = [];
  vi.spyOn(SelectQueryBuilder.prototype, 'getMany').mockImplementation(function (this: SelectQueryBuilder<object>) {
    asked.push(this.getQueryAndParameters() as [string, unknown[]]);
    return Promise.resolve([]);
  });
  await reader.get(`${ACTIVITY}?${query}`).expect(200);
  const [sql, parameters] = asked.at(-1) ?? ['', []];
  return explained(sql, parameters);
}

async function explained(sql: string, parameters: readonly unknown[]): Promise<string[]> {
  const { kind } = test.app.database;
  const explain = kind === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN FORMAT=TRADITIONAL';
  const rows = await test.app.database.query<Record<string, unknown>>(`${explain} ${sql}`, parameters);
  return rows.map((row) =>
    kind === 'sqlite' ? String(row['detail']) : `${String(row['table'])} ${String(row['type'])} ${String(row['key'])}`,
  );
}

const FULL = /^SCAN (a|activity)\b|^(a|activity) (ALL |index |.*null$)/;
/** SQLite calls the indices of its unique constraints by numbers. */
const HUB = onServer ? 'uq_activity_hub' : 'sqlite_autoindex_activity_2';

describe('a page of activities', () => {
  it.each([
    ['', HUB],
    ['sort=id', HUB],
    ['sort=time', 'ix_activity_time'],
    ['sort=-time', 'ix_activity_time'],
    [`filter[user]=${newId()}`, 'ix_activity_actor'],
    [`filter[component]=${newId()}`, 'ix_activity_component'],
    ['filter[component_type]=role', 'ix_activity_component_type'],
    ['filter[events]=hub.role.create', 'ix_activity_event'],
    ['filter[state]=alert', 'ix_activity_status'],
    ['filter[from]=2020-01-01T00:00:00Z&filter[to]=2020-01-02T00:00:00Z', 'ix_activity_time'],
    ['filter[to]=2020-01-02T00:00:00Z', 'ix_activity_time'],
  ])('%j is read by the index %s, in its order', async (query, index) => {
    const plan = await planOf(query);

    expect(plan.filter((line) => FULL.test(line))).toEqual([]);
    expect(plan.join('\n')).toContain(index);
    expect(plan.join('\n')).not.toContain('TEMP B-TREE');
  });

  it.each([
    'filter[verbosity]=0',
    'filter[search]=role',
    `filter[search]=${newId()}`,
    `filter[user]=${newId()},${newId()}`,
    'filter[state]=alert,success&filter[events]=hub.role.create',
  ])('%j reads nothing but this hub’s rows', async (query) => {
    expect((await planOf(query)).filter((line) => FULL.test(line))).toEqual([]);
  });
});

describe('an export', () => {
  beforeAll(() => seal(test.app), 120_000);

  it.each(['', 'filter[from]=2020-01-01T00:00:00Z', 'filter[to]=2020-01-01T00:00:00Z'])(
    '%j reads its pages by an index',
    async (query) => {
      const asked = vi.spyOn(test.app.database, 'query');
      await reader.get(`${ACTIVITY}/export?${query}`).expect(200);
      const statements = asked.mock.calls.filter(([sql]) => /FROM activity\s/.test(sql));
      asked.mockRestore();

      expect(statements.length).toBeGreaterThan(1);
      for (const [sql, parameters = []] of statements) {
        const plan = await explained(sql, parameters);
        expect(plan.filter((line) => FULL.test(line))).toEqual([]);
        expect(plan.join('\n')).toMatch(indexFor(sql));
      }
    },
  );
});

/** Servers find the rows without a seal by either of two indices. */
function indexFor(sql: string): RegExp {
  const chain = onServer ? 'uq_activity_seal' : 'sqlite_autoindex_activity_3 \\(hub_id=\\? AND seal_position';
  if (sql.includes('UNION') && !onServer) {
    return new RegExp(`ix_activity_unsealed.*\n(.*\n)*.*${chain}`);
  }
  return new RegExp(!sql.includes('UNION') && sql.includes('created_at >= ?') ? 'ix_activity_time' : chain);
}
