import { createHmac, hkdfSync } from 'node:crypto';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { platformPrincipal } from '../../src/access/index.js';
import { canonicalJson } from '../../src/common/canonical-json.js';
import { RefusalWriter } from '../../src/modules/activity/index.js';
import { ExportRepository } from '../../src/modules/activity/export.repository.js';
import { ActivityExportService } from '../../src/modules/activity/activity-export.service.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { leavesAlone, refusalOf } from '../support/management.js';
import { hold, statementsOf, tamper } from '../support/stillness.js';
import { TEST_SECRET, useTestApp } from '../support/test-app.js';
import { record, rowsOf, seal, sealedHub } from './support/chain.js';
import { EXPORT, exported, type Line, read, rowsIn, verifyLines } from './support/export.js';

const CAPABILITY = 'hubs-auditlog-view';

const test = useTestApp();
const reader = (hub: TestHub): Promise<Client> => test.app.create.caller({ hub, capabilities: [CAPABILITY] });

describe('an export', () => {
  it('200: has every activity of the hub as it is stored, between a first and a last line', async () => {
    const hub = await sealedHub(test.app, 3);
    const caller = await reader(hub);
    const before = await rowsOf(test.app, hub);
    const lines = await exported(caller);

    const told = rowsIn(lines).map(({ position, seal: hex, row }) => ({ position, hex, ...row }));
    const stored = before.map(({ seal: bytes, seal_position, created_at, ...columns }) => ({
      ...columns,
      created_at: String(created_at),
      position: seal_position,
      hex: bytes && Buffer.from(bytes).toString('hex'),
    }));
    // What was sealed first, then what waits; the export's own row is the last.
    expect(told.slice(0, -1)).toEqual([
      ...stored.filter(({ position }) => position !== null),
      ...stored.filter(({ position }) => position === null).sort((a, b) => (a.id < b.id ? -1 : 1)),
    ]);
    expect(read(lines[0])).toMatchObject({
      type: 'header',
      format: 'hubgate-activity-export',
      version: 1,
      hub_id: hub.id,
      from: null,
      to: null,
      after: { position: 0 },
      head: { position: 3 },
    });
    expect(read(lines.at(-1))).toMatchObject({ type: 'trailer', sealed: 3, unsealed: told.length - 3 });
    expect(read(lines.at(-1))['last']).toEqual({ position: 3, seal: told[2]?.hex });
  });

  it('200: is a file of lines', async () => {
    const hub = await sealedHub(test.app, 1);
    const { headers } = await (await reader(hub)).get(EXPORT).expect(200);

    expect(headers['content-type']).toBe('application/x-ndjson');
    expect(headers['content-disposition']).toBe(`attachment; filename="activity-${hub.id}.jsonl"`);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('is an activity itself, with its times', async () => {
    const hub = await sealedHub(test.app, 1);
    const caller = await reader(hub);
    const [own] = rowsIn(await exported(caller, 'filter[from]=2020-01-01T00:00:00Z')).slice(-1);

    expect(own?.row).toMatchObject({ event: 'hub.activity.export', component_type: 'hub', component_id: hub.id });
    expect(JSON.parse(own?.row?.['body'] ?? '')).toMatchObject({
      annotations: { from: '2020-01-01T00:00:00.000Z', to: null },
      session: { url: EXPORT },
    });
  });

  it('verifies, also of a hub where nothing was sealed, or nothing was but the export', async () => {
    const [sealed, waiting] = [await sealedHub(test.app, 5), await test.app.create.hub()];
    await record(test.app, waiting, 2);

    for (const hub of [sealed, waiting]) {
      const report = await verifyLines(await exported(await reader(hub)));
      expect(report.broken).toBeNull();
    }
  });

  it('can be verified by the description alone', async () => {
    const hub = await sealedHub(test.app, 4);
    const [header, ...lines] = (await exported(await reader(hub))).map(read);
    const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', TEST_SECRET, 'hubgate', purpose, 32));
    const [sealKey, lineKey] = [derive('activity-seal'), derive('activity-export')];

    let last = Buffer.from((header as Line & { after: { seal: string } }).after.seal, 'hex');
    for (const { position, seal: hex, row } of lines.filter(({ seal: sealed }) => typeof sealed === 'string')) {
      const number = Buffer.alloc(8);
      number.writeBigUInt64BE(BigInt(position ?? 0));
      last = createHmac('sha256', sealKey).update(last).update(number).update(canonicalJson(row)).digest();
      expect(hex).toBe(last.toString('hex'));
    }
    let mac: Buffer = Buffer.alloc(32);
    for (const { mac: hex, ...line } of [header ?? { type: '' }, ...lines]) {
      mac = createHmac('sha256', lineKey).update(mac).update(canonicalJson(line)).digest();
      expect(hex).toBe(mac.toString('hex'));
    }
  });

  it('holds rows that get their seal meanwhile once', async () => {
    const hub = await sealedHub(test.app, 150);
    await record(test.app, hub, 250);
    const stream = await test.app.nest.get(ActivityExportService).start(platformPrincipal(hub.id), {
      filter: {},
      sort: [],
      page: { number: 1, size: 1, offset: 0 },
      include: [],
      meta: [],
    });
    const lines: string[] = [];
    for await (const line of stream) {
      lines.push(String(line).trimEnd());
      if (lines.length === 100 || lines.length === 300) {
        await record(test.app, hub);
        await seal(test.app);
      }
    }
    const ids = rowsIn(lines).map(({ row }) => row?.['id']);

    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(401);
    expect((await verifyLines(lines)).broken).toBeNull();
  });
});

describe('an export that cannot go on', () => {
  it('breaks off without its last line, and tells nothing of the reason', async () => {
    const hub = await sealedHub(test.app, 2);
    const caller = await reader(hub);
    const rows = test.app.nest.get(ExportRepository);
    // eslint-disable-next-line require-yield
    const failing = vi.spyOn(rows, 'unsealed').mockImplementation(async function* () {
      throw await Promise.resolve(new Error('the disk of db-7 is gone'));
    });
    let seen = '';
    const request = caller.get(EXPORT).buffer(true);
    request.parse((answer, done) => {
      answer.on('data', (chunk: Buffer) => (seen += chunk.toString()));
      answer.on('end', () => done(null, seen));
    });
    await expect(request).rejects.toThrow(/aborted|hang up/);
    failing.mockRestore();

    expect(seen).not.toContain('trailer');
    expect(seen).not.toContain('db-7');
  });
});

describe('an export of a period', () => {
  const T = Date.parse('2025-01-01T00:00:00Z');
  const at = (seconds: number) => new Date(T + seconds * 1000).toISOString();
  let hub: TestHub;
  let caller: Client;

  /** Ten sealed rows, a second apart in the order of the chain but for two that were sealed the other way round. */
  beforeAll(async () => {
    hub = await test.app.create.hub();
    caller = await reader(hub);
    const setUp = 'UPDATE activity SET created_at = ? WHERE hub_id = ?';
    await tamper(test.app, [setUp, [T - 3_600_000, hub.id]]);
    await record(test.app, hub, 10);
    const sql = "SELECT id FROM activity WHERE hub_id = ? AND event = 'hub.inactive' ORDER BY id";
    const rows = await test.app.database.query<{ id: string }>(sql, [hub.id]);
    const seconds = [0, 1, 2, 3, 5, 4, 6, 7, 8, 9];
    for (const [index, { id }] of rows.entries()) {
      const time = T + (seconds[index] ?? 0) * 1000;
      await tamper(test.app, ['UPDATE activity SET created_at = ? WHERE id = ?', [time, id]]);
    }
    await seal(test.app);
  });

  const secondsIn = (lines: readonly string[]): number[] =>
    rowsIn(lines)
      .filter(({ position }) => position !== null)
      .map(({ row }) => (Number(row?.['created_at']) - T) / 1000)
      .filter((second) => second >= 0);

  it.each([
    ['from and to', `filter[from]=${at(2)}&filter[to]=${at(4)}`, [2, 3]],
    ['from and to, where the chain goes its own way', `filter[from]=${at(3)}&filter[to]=${at(5)}`, [3, 5, 4]],
    ['from', `filter[from]=${at(7)}`, [7, 8, 9]],
    ['to', `filter[to]=${at(2)}`, [0, 1]],
    ['a time when nothing happened', 'filter[from]=2024-06-01T00:00:00Z&filter[to]=2024-06-02T00:00:00Z', []],
  ])('by %s is one stretch of the chain, and verifies', async (_, query, expected) => {
    const lines = await exported(caller, query);
    const positions = rowsIn(lines).flatMap(({ position }) => (typeof position === 'number' ? [position] : []));

    expect(secondsIn(lines)).toEqual(expected);
    expect(positions).toEqual(positions.map((__, index) => (positions[0] ?? 0) + index));
    expect((await verifyLines(lines)).broken).toBeNull();
  });

  it('422: ends after its start', async () => {
    const query = `filter[from]=${at(2)}&filter[to]=${at(2)}`;
    const answer = await leavesAlone(test.app, hub, () => caller.get(`${EXPORT}?${query}`).expect(422));
    expect(refusalOf(answer).source).toBe('/query/filter/to');
  });

  it.each(['sort=id', 'page[size]=1', 'filter[user]=1', 'include=users'])('422: takes no %s', async (query) => {
    const answer = await leavesAlone(test.app, hub, () => caller.get(`${EXPORT}?${query}`).expect(422));
    expect(refusalOf(answer).detail).toMatch(/^Unknown (query parameter|filter) /);
  });
});

describe('a caller', () => {
  it('403: without the capability gets nothing, and leaves nothing but the refusal', async () => {
    const hub = await sealedHub(test.app, 2);
    const caller = await test.app.create.caller({ hub, capabilities: ['api-keys-manage', 'hubs-update'] });

    const answer = await leavesAlone(test.app, hub, () => caller.get(EXPORT).expect(403));
    expect(refusalOf(answer).extra).toEqual({ capability: CAPABILITY });
    await test.app.nest.get(RefusalWriter).flush();
    const sql =
      "SELECT event FROM activity WHERE hub_id = ? AND event IN ('hub.activity.export', 'hub.apikey.refused')";
    expect(await test.app.database.query(sql, [hub.id])).toEqual([{ event: 'hub.apikey.refused' }]);
  });

  it('200: of one hub gets no row of another', async () => {
    const [ours, theirs] = [await sealedHub(test.app, 3), await sealedHub(test.app, 3)];
    await record(test.app, theirs, 3);
    const text = (await exported(await reader(ours))).join('\n');

    expect(text).not.toContain(theirs.id);
    for (const { id } of await rowsOf(test.app, theirs)) {
      expect(text).not.toContain(id);
    }
  });
});

describe('an export of 10 000 rows', () => {
  const ROWS = 10_000;
  const PAGE = 100;
  let hub: TestHub;

  beforeAll(async () => {
    await hold(test.app);
    hub = await test.app.create.hub();
    await record(test.app, hub, 1000, 'x'.repeat(3000));
    await seal(test.app);
    for (let part = 1; part < 10; part += 1) {
      await record(test.app, hub, ROWS / 10, 'x'.repeat(3000));
    }
  }, 240_000);

  it('is read page by page, as fast as it is taken', async () => {
    const service = test.app.nest.get(ActivityExportService);
    const whole = { filter: {}, sort: [], page: { number: 1, size: 1, offset: 0 }, include: [], meta: [] };
    const stream = await service.start(platformPrincipal(hub.id), whole);
    const iterator = stream[Symbol.asyncIterator]();
    let lines = 0;
    const take = async (count: number) => {
      for (let taken = 0; taken < count && !(await iterator.next()).done; taken += 1) {
        lines += 1;
      }
    };

    // The server's own minute may come in between.
    expect(await statementsOf(test.app, () => take(50))).toBeLessThanOrEqual(3);
    expect(await statementsOf(test.app, () => sleep(50))).toBeLessThanOrEqual(2);
    expect(await statementsOf(test.app, () => take(500))).toBeLessThanOrEqual(500 / PAGE + 3);
    expect(await statementsOf(test.app, () => take(ROWS * 2))).toBeLessThanOrEqual(ROWS / PAGE + 5);
    expect(lines).toBeGreaterThan(ROWS);
  }, 60_000);

  it('comes whole and verifies', async () => {
    const caller = await reader(hub);
    const { sealed, unsealed, broken } = await verifyLines(await exported(caller));

    expect({ broken, sealed }).toEqual({ broken: null, sealed: 1000 });
    expect(sealed + unsealed).toBeGreaterThan(ROWS);
  }, 60_000);

  it('is read no further when the client goes away', async () => {
    const { secret } = await test.app.create.key({ hub, capabilities: [CAPABILITY] });
    const { port } = test.app.nest.getHttpServer().address() as AddressInfo;
    const before = test.app.database.statementCount;
    await new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(`GET ${EXPORT} HTTP/1.1\r\nHost: hub.test\r\nAuthorization: Bearer ${secret}\r\n\r\n`),
      );
      socket.once('data', () => socket.destroy());
      socket.once('close', () => resolve());
      socket.once('error', reject);
    });
    let counted = -1;
    while (counted !== test.app.database.statementCount) {
      counted = test.app.database.statementCount;
      await sleep(100);
    }

    expect(counted - before).toBeLessThan(ROWS / PAGE);
  }, 60_000);
});
