import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/common/ids.js';
import { alertPage, type AlertRange, type Statement } from '../../src/modules/alert/alert-page.js';
import { type TestHub } from '../support/factory.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

const ALERTS = 4000;
const AT_ONCE = 200;
const FROM = 1_700_000_000_000;
const COLUMNS =
  'id, hub_id, group_id, priority, solved, message, box_id, box_name, creator_type, creator_id, created_at, ' +
  'solver_type, solver_id, solved_at';

let hub: TestHub;
let groupId: string;

async function fill(of: TestHub, group: string): Promise<void> {
  const rows = Array.from({ length: ALERTS }, (_, number) => [
    newId(),
    of.id,
    group,
    number % 3,
    number % 10 === 0 ? 0 : 1,
    `alert ${number}`,
    null,
    null,
    'api-key',
    '0'.repeat(24),
    FROM + number,
    null,
    null,
    null,
  ]);
  await test.app.database.transaction(async (tx) => {
    for (let start = 0; start < rows.length; start += AT_ONCE) {
      const some = rows.slice(start, start + AT_ONCE);
      const marks = some.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ');
      await tx.query(`INSERT INTO alert (${COLUMNS}) VALUES ${marks}`, some.flat());
    }
  });
}

beforeAll(async () => {
  hub = await test.app.create.hub();
  groupId = await test.app.create.group(hub);
  await fill(hub, groupId);
  await fill(hub, await test.app.create.group(hub));
  const other = await test.app.create.hub();
  await fill(other, await test.app.create.group(other));
  if (test.app.database.kind !== 'sqlite') {
    await test.app.database.query('ANALYZE TABLE alert');
  }
}, 60_000);

/** How the database would read the alerts: one entry for each time that the statement names the table. */
interface Access {
  readonly index: string | null;
  /** Reads all there is, of the table or of an index, whatever the hub. */
  readonly whole: boolean;
  readonly sorts: boolean;
  readonly covering: boolean;
}

function accessesOf({ sql, parameters }: Statement): Promise<Access[]> {
  return test.app.database.kind === 'sqlite' ? onSqlite(sql, parameters) : onServer(sql, parameters);
}

async function onSqlite(sql: string, parameters: readonly unknown[]): Promise<Access[]> {
  const rows = await test.app.database.query<{ parent: number; detail: string }>(
    `EXPLAIN QUERY PLAN ${sql}`,
    parameters,
  );
  const sorted = new Set(rows.filter(({ detail }) => detail.includes('TEMP B-TREE')).map(({ parent }) => parent));
  return rows
    .filter(({ detail }) => /^(SCAN|SEARCH) alert\b/.test(detail))
    .map(({ parent, detail }) => ({
      index: /INDEX (\w+)/.exec(detail)?.[1] ?? null,
      whole: detail.startsWith('SCAN'),
      sorts: sorted.has(parent),
      covering: detail.includes('COVERING'),
    }));
}

async function onServer(sql: string, parameters: readonly unknown[]): Promise<Access[]> {
  const rows = await test.app.database.query<Record<string, string | null>>(
    `EXPLAIN FORMAT=TRADITIONAL ${sql}`,
    parameters,
  );
  return rows
    .filter(({ table }) => table === 'alert')
    .map(({ key, type, Extra: extra }) => ({
      index: key,
      whole: type === 'ALL' || type === 'index',
      sorts: String(extra).includes('filesort'),
      covering: String(extra).includes('Using index'),
    }));
}

const range = (given: Partial<AlertRange>): AlertRange => ({
  hubId: hub.id,
  groupId: null,
  solved: null,
  since: null,
  skip: 0,
  take: 100,
  ...given,
});

const KINDS: readonly [name: string, given: Partial<AlertRange>, walks: number][] = [
  ['everything', {}, 6],
  ['what is new', { solved: false }, 3],
  ['what is solved', { solved: true }, 3],
  ['one type', { priorities: [1] }, 2],
  ['two types of what is new', { solved: false, priorities: [0, 2] }, 2],
  ['the oldest first', { oldestFirst: true }, 6],
  ['since a moment', { since: FROM + ALERTS / 2 }, 6],
  ['a later page', { skip: 1000 }, 6],
];

describe.each(KINDS)('a page of %s', (_, given, walks) => {
  it('of a hub is read in the order of its index, and no row is read for it', async () => {
    const accesses = await accessesOf(alertPage(test.app.database, range(given)));

    expect(accesses).toEqual(Array(walks).fill({ index: 'ix_alert_hub', whole: false, sorts: false, covering: true }));
  });

  it('of a group is read in the order of its index, and no row is read for it', async () => {
    const accesses = await accessesOf(alertPage(test.app.database, range({ ...given, groupId })));

    expect(accesses).toEqual(
      Array(walks).fill({ index: 'ix_alert_group', whole: false, sorts: false, covering: true }),
    );
  });
});

describe('what is old enough to go', () => {
  it.each([0, 1])('is found in the order of an index, whatever hub it is of (solved: %i)', async (solved) => {
    const sql =
      'SELECT id, hub_id AS hubId, group_id AS groupId FROM alert WHERE solved = ? AND created_at < ? ORDER BY created_at, id LIMIT ?';
    const accesses = await accessesOf({ sql, parameters: [solved, FROM + 10, 200] });

    expect(accesses).toMatchObject([{ index: 'ix_alert_age', whole: false, sorts: false }]);
  });
});
