import { describe, expect, it } from 'vitest';
import { platformPrincipal } from '../../src/access/index.js';
import { Database } from '../../src/database/index.js';
import { type SqliteSelector } from '../../src/database/select/sqlite-selector.js';
import { ListService, RowService } from '../../src/modules/list/index.js';
import { SQL_ROWS_MAX } from '../../src/modules/list/sql/sql.service.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { type TestApp, useTestApp } from '../support/test-app.js';
import { onServer } from '../support/test-database.js';
import { makeList, post, type Problem, rowsOf, STOCK, stockHub, type Table } from './support.js';

const TIMEOUT = 1500;
const context = useTestApp({ environment: { SQL_TIMEOUT_MILLISECONDS: String(TIMEOUT) } });

/** Each with each, four times over: it would take years. */
const ENDLESS =
  'select count(*) from StockInfo a join StockInfo b on a.ID <> -b.ID join StockInfo c on a.ID <> -c.ID join StockInfo d on b.ID <> -d.ID';

/** Brings the list to so many rows, past the door. */
async function multiply(app: TestApp, hub: TestHub, name: string, rows: number): Promise<void> {
  const [list] = await app.database.query<{ no: number; last_row_id: number }>(
    'SELECT no, last_row_id FROM list WHERE hub_id = ? AND name = ?',
    [hub.id, name],
  );
  for (let there = list?.last_row_id ?? 0; there < rows; there *= 2) {
    await app.database.transaction(async (tx) => {
      const copy =
        'INSERT INTO list_row (list_no, row_id, s1, n1, n2) SELECT list_no, row_id + ?, s1, n1, n2 FROM list_row WHERE list_no = ? AND row_id <= ?';
      await tx.query(copy, [there, list?.no, Math.min(there, rows - there)]);
    });
  }
}

async function longList(rows: number): Promise<{ hub: TestHub; reader: Client }> {
  const found = await stockHub(context.app, [['A', 1, true]]);
  await multiply(context.app, found.hub, 'StockInfo', rows);
  return found;
}

describe('a statement that would run for ever', () => {
  it('422: ends within its time, and others are answered meanwhile', async () => {
    const { hub, reader } = await longList(3000);
    const other = await context.app.create.integrator(hub, { rights: ['read'] });
    const began = performance.now();
    const endless = post(reader, ENDLESS).then((answer) => ({ answer, took: performance.now() - began }));
    let answered = 0;
    while (performance.now() - began < TIMEOUT / 2) {
      await other.get('/public-api/v1/lists').expect(200);
      answered += 1;
    }
    const { answer, took } = await endless;
    expect(answer.body).toMatchObject({
      status: 422,
      code: '422.max-exceeded',
      source: '/sql',
      extra: { maximum: TIMEOUT },
    });
    expect(answered).toBeGreaterThan(0);
    expect(took).toBeGreaterThan(TIMEOUT * 0.9);
    expect(await rowsOf(reader, 'select count(*) from StockInfo')).toEqual([[3000]]);
  });

  it('leaves no statement behind that goes on', async () => {
    const { reader } = await longList(3000);
    await post(reader, ENDLESS).expect(422);
    const selector = context.app.database.engine.selector;
    if (onServer) {
      await expect.poll(() => running(context.app.database), { timeout: 10_000 }).toBe(0);
    } else {
      expect((selector as SqliteSelector).processIds.filter(isAlive).length).toBeLessThanOrEqual(2);
    }
  });
});

async function running(database: Database): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    "SELECT COUNT(*) AS count FROM information_schema.PROCESSLIST WHERE INFO LIKE '%JOIN (SELECT row_id%' AND ID <> CONNECTION_ID() AND DB = DATABASE()",
  );
  return row?.count ?? 0;
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

describe('a long answer', () => {
  it('200: ends after its rows and says that more follow', async () => {
    const { reader } = await longList(SQL_ROWS_MAX + 1);
    const { body, headers } = await post(reader, 'select ID from StockInfo').expect(200);
    expect((body as Table).items).toHaveLength(SQL_ROWS_MAX);
    expect(headers['x-more-rows']).toBe('true');
    const exactly = await post(reader, `select top ${SQL_ROWS_MAX} ID from StockInfo`).expect(200);
    expect(exactly.headers['x-more-rows']).toBe('false');
  });

  it('200: ends before it is longer than a page, and says that more follow', async () => {
    const rows = Array.from({ length: 60 }, () => ['x'.repeat(100_000), 1, true]);
    const { reader } = await stockHub(context.app, rows);
    const { body, text, headers } = await post(reader, 'select MaterialNo from StockInfo').expect(200);
    expect((body as Table).items.length).toBeGreaterThan(30);
    expect(Buffer.byteLength(text)).toBeLessThan(4 * 1024 * 1024 + 200);
    expect(headers['x-more-rows']).toBe('true');
  });

  it('422: says so when a row alone is longer', async () => {
    const { reader } = await stockHub(context.app, [['x'.repeat(100_000), 1, true]]);
    const columns = Array.from({ length: 50 }, (_, index) => `MaterialNo as m${index}`).join(', ');
    const { body } = await post(reader, `select ${columns} from StockInfo`).expect(422);
    expect((body as Problem).detail).toContain('A row alone is longer');
  });
});

describe('a result beyond a double', () => {
  it.each([
    'select 1e308 * 10 from StockInfo',
    'select -1e308 - 1e308 from StockInfo',
    'select Quantity / 1e-301 from StockInfo',
    'select sum(Quantity * 1e307) from StockInfo',
    'select round(Quantity, 2) from StockInfo where Quantity * 1e308 > 1',
  ])('422: %s', async (sql) => {
    const { reader } = await stockHub(
      context.app,
      Array.from({ length: 20 }, () => ['A', 1e8, true]),
    );
    const { body } = await post(reader, sql).expect(422);
    expect(body).toMatchObject({
      code: '422.max-exceeded',
      detail: expect.stringContaining('beyond what a double holds'),
    });
  });
});

describe('long texts', () => {
  it('200: are grouped, counted, made distinct and joined as wholes', async () => {
    const long = (end: string) => 'é'.repeat(3000) + end;
    const rows = Array.from({ length: 12 }, (_, index) => [long(String(index % 3)), index, true]);
    const { reader } = await stockHub(context.app, rows);
    expect(await rowsOf(reader, 'select count(*) c from StockInfo group by MaterialNo')).toEqual([[4], [4], [4]]);
    expect(await rowsOf(reader, 'select count(distinct MaterialNo) from StockInfo')).toEqual([[3]]);
    expect(await rowsOf(reader, 'select distinct MaterialNo from StockInfo')).toHaveLength(3);
    const join = 'select count(*) from StockInfo a join StockInfo b on a.MaterialNo = b.MaterialNo';
    expect(await rowsOf(reader, join)).toEqual([[48]]);
    expect(await rowsOf(reader, 'select max(MaterialNo) from StockInfo')).toEqual([[long('2')]]);
  });
});

describe('a join by an equality', () => {
  it.each(['MaterialNo', 'Quantity', 'ID'])(
    '200: of 20 000 with 20 000 rows by %s ends within its time',
    async (column) => {
      const { hub, reader } = await longList(20_000);
      await context.app.database.transaction(async (tx) => {
        const list = '(SELECT no FROM list WHERE hub_id = ?)';
        const concat = context.app.database.kind === 'sqlite' ? "'A' || row_id" : "CONCAT('A', row_id)";
        await tx.query(`UPDATE list_row SET s1 = ${concat}, n1 = row_id WHERE list_no = ${list}`, [hub.id]);
      });
      const sql = `select count(*) from StockInfo a join StockInfo b on a.${column} = b.${column}`;
      expect(await rowsOf(reader, sql)).toEqual([[20_000]]);
    },
  );
});

describe('names that would be SQL', () => {
  const NASTY = [
    '`',
    '``',
    '"',
    "'",
    '\\',
    '--',
    '/*',
    '*/',
    ']',
    '[',
    ';',
    '?',
    ':a',
    '@a',
    '$1',
    '%s',
    'x`; drop table list; --',
    "'; delete from list; --",
    ' x ',
    'ÄÖ',
    '🦊',
    '__proto__',
    'a\tb',
    'SELECT',
  ];

  it('200: are aliases like any other, in every quotation', async () => {
    const { reader } = await stockHub(context.app, [['A', 5, true]]);
    for (const name of NASTY) {
      for (const quoted of [`[${name.replaceAll(']', ']]')}]`, `"${name.replaceAll('"', '""')}"`]) {
        const { body } = await post(
          reader,
          `select Quantity as ${quoted} from StockInfo as ${quoted} where ${quoted}.ID = 1 order by ${quoted}`,
        );
        expect([quoted, (body as Table).columns]).toEqual([quoted, [{ name, elementName: name, type: 'Number' }]]);
        expect((body as Table).items).toEqual([[{ column: name, value: 5 }]]);
      }
    }
  });

  it('200: are names of lists and columns, and texts, like any other', async () => {
    const hub = await context.app.create.hub();
    const names = NASTY.filter((name) => !/[\t]|^ | $|__proto__/.test(name));
    for (const [index, name] of names.entries()) {
      await makeList(context.app, hub, `${name} ${index}`, { [`${name}x`.replaceAll('.', '')]: 'String' }, [[name]]);
    }
    const reader = await context.app.create.integrator(hub, { rights: ['read'] });
    for (const [index, name] of names.entries()) {
      const list = `[${`${name} ${index}`.replaceAll(']', ']]')}]`;
      const column = `[${`${name}x`.replaceAll(']', ']]')}]`;
      const text = `'${name.replaceAll("'", "''")}'`;
      expect(
        await rowsOf(reader, `select ${column} from ${list} where ${column} = ${text} and ${column} in (${text})`),
      ).toEqual([[name]]);
    }
  });
});

describe('a list that changes', () => {
  it('200: is seen as it is committed, and 422 once it is deleted', async () => {
    const { hub, reader } = await stockHub(context.app, []);
    const { id } = await makeList(context.app, hub, 'Fresh', STOCK, []);
    const rows = context.app.nest.get(RowService);
    expect(await rowsOf(reader, 'select * from Fresh')).toEqual([]);
    await rows.add(platformPrincipal(hub.id), 'Fresh', { Quantity: 1 });
    expect(await rowsOf(reader, 'select Quantity from Fresh')).toEqual([[1]]);
    await context.app.nest.get(ListService).delete(platformPrincipal(hub.id), id);
    await post(reader, 'select Quantity from Fresh').expect(422);
  });
});

const onSqlite = onServer ? describe.skip : describe;

onSqlite('the process that runs statements', () => {
  const ids = () => (context.app.database.engine.selector as SqliteSelector).processIds;

  it('is replaced when it dies', async () => {
    const { reader } = await stockHub(context.app);
    await post(reader, 'select * from StockInfo').expect(200);
    const [first] = ids();
    process.kill(first ?? 0, 'SIGKILL');
    await expect.poll(() => ids().includes(first ?? 0)).toBe(false);
    await post(reader, 'select * from StockInfo').expect(200);
    expect(ids()).not.toContain(first);
  });

  it('503: says that the statement was lost when it dies within one', async () => {
    const { reader } = await longList(3000);
    const lost = post(reader, ENDLESS).then((answer) => answer);
    await new Promise((resolve) => setTimeout(resolve, TIMEOUT / 3));
    ids().forEach((id) => process.kill(id, 'SIGKILL'));
    expect((await lost).body).toMatchObject({ status: 503 });
  });

  it('422: has a limit on its memory', async () => {
    const { reader } = await stockHub(
      context.app,
      Array.from({ length: 64 }, (_, index) => [`${index}${'x'.repeat(90_000)}`, index, true]),
    );
    const { body } = await post(
      reader,
      'select distinct a.MaterialNo, b.MaterialNo m from StockInfo a join StockInfo b on a.ID <> -b.ID',
    );
    expect(body).toMatchObject({ status: 422, detail: expect.stringMatching(/memory|took longer/) });
  });

  it('ends with the server', async () => {
    const app = await context.app.secondNode();
    const { reader } = await stockHub(app);
    await post(reader, 'select * from StockInfo').expect(200);
    const children = (app.database.engine.selector as SqliteSelector).processIds;
    await app.nest.close();
    expect(children.map(isAlive)).toEqual(children.map(() => false));
  });
});
