import { Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Authenticator, platformPrincipal } from '../../src/access/index.js';
import { parseAddress } from '../../src/common/ip/index.js';
import { ListImportService } from '../../src/modules/list-import/list-import.service.js';
import { Uploads } from '../../src/modules/list-import/uploads.js';
import { ApiKeyService } from '../../src/modules/api-key/index.js';
import { GroupService } from '../../src/modules/group/index.js';
import { JobHandlers, JobWorker } from '../../src/modules/job/index.js';
import { ListService, RowWriteRepository } from '../../src/modules/list/index.js';
import { type TestApp, useTestApp } from '../support/test-app.js';
import {
  importerKey,
  into,
  jobOf,
  LISTS,
  piecesLeft,
  report,
  rowsOf,
  send,
  stage,
  type Stage,
  work,
} from './support/importing.js';

const ROWS = 3000;
const ACTION = 'hub.list.import';
const context = useTestApp();

afterEach(() => vi.restoreAllMocks());

const file = (count = ROWS) =>
  `Quantity,MaterialNo\n${Array.from({ length: count }, (_, i) => `${i},m${i}\n`).join('')}`;
const quantities = async (at: Stage) => (await rowsOf(context.app, at.hub)).map((row) => row[2]);
const whole = Array.from({ length: ROWS }, (_, index) => index);

async function queued(
  at: Stage,
  mode: string,
  csv = file(),
): Promise<{ id: string; part: (app?: TestApp) => Promise<string> }> {
  const id = jobOf((await send(at.importer, into(at, `mode=${mode}`), csv).expect(202)).body);
  const job = { id, hubId: at.hub.id, action: ACTION, componentId: at.list.id };
  return { id, part: (app = context.app) => app.nest.get(JobHandlers).get(ACTION).work(job) };
}

/** Parts until at least so many rows are written. */
async function written(at: Stage, job: { id: string; part: () => Promise<string> }, count: number): Promise<void> {
  while ((await report(at.importer, job.id)).rows.written < count) {
    await job.part();
  }
}

const revoke = (at: Stage) => context.app.nest.get(ApiKeyService).delete(platformPrincipal(at.hub.id), at.key.id);

describe('an import whose server dies between two parts', () => {
  it.each(['append', 'replace'])('goes on at another node, and no row is there twice or missing: %s', async (mode) => {
    const at = await stage(context.app);
    const job = await queued(at, mode);
    await written(at, job, 1);
    const second = await context.app.secondNode();
    try {
      // Both nodes in turn, each with rows read ahead that the other has written meanwhile.
      for (let turns = 0; turns < 6; turns += 1) {
        await job.part(turns % 2 === 0 ? second : context.app);
      }
      await second.nest.get(JobWorker).work();
    } finally {
      await second.stop();
    }
    expect(await report(at.importer, job.id)).toMatchObject({
      state: 'completed',
      rows: { total: ROWS, written: ROWS },
    });
    expect(await quantities(at)).toEqual(mode === 'append' ? [10, 20, ...whole] : whole);
    expect(await piecesLeft(context.app)).toBe(0);
  });

  it('loses nothing of a part that was rolled back', async () => {
    const at = await stage(context.app);
    const job = await queued(at, 'append');
    await written(at, job, 1);
    const insert = vi.spyOn(RowWriteRepository.prototype, 'countWrite').mockRejectedValueOnce(new Error('the end'));
    await expect(job.part()).resolves.toBe('more');
    insert.mockRestore();
    // Such an error is none of the database's moods: the import ends, and says how many rows are there.
    const told = await report(at.importer, job.id);
    expect([told.state, (await quantities(at)).length]).toEqual(['failed', 2 + told.rows.written]);
  });

  it('does the same part once, also when two nodes are at it', async () => {
    const at = await stage(context.app);
    const job = await queued(at, 'append');
    await written(at, job, 1);
    const second = await context.app.secondNode();
    try {
      for (let turns = 0; turns < 5; turns += 1) {
        await Promise.all([job.part(), job.part(second)]);
      }
      await work(context.app);
    } finally {
      await second.stop();
    }
    expect(await report(at.importer, job.id)).toMatchObject({ state: 'completed', error: null });
    expect(await quantities(at)).toEqual([10, 20, ...whole]);
  });
});

describe('a file whose sender leaves', () => {
  /** A file that was received whole, and what the request does with it. */
  async function received(at: Stage) {
    const address = parseAddress('127.0.0.1');
    const arrival = { client: { address, peer: address }, domain: null };
    const principal = await context.app.nest.get(Authenticator).authenticateKey(at.key.secret, arrival);
    const body = Readable.from([Buffer.from(file(20))]);
    const uploads = context.app.nest.get(Uploads);
    const upload = await uploads.receive({ hubId: at.hub.id, body, length: undefined, delimiter: undefined });
    const query = { mode: 'append', on_error: 'refuse', delimiter: undefined } as const;
    const begin = () =>
      context.app.nest.get(ListImportService).begin(principal, { mode: 'append', listId: at.list.id }, query, upload);
    return { begin, discard: () => uploads.discard(upload.id) };
  }

  it('before the commit of what imports it is imported whole: it belongs to the import by then', async () => {
    const at = await stage(context.app);
    const { begin, discard } = await received(at);
    let leave: () => void = () => {};
    // Not within the transaction of the request: what is begun there would be part of it.
    const left = new Promise<void>((resolve) => (leave = resolve)).then(discard);

    const job = await context.app.database.transaction(async () => {
      const begun = await begin();
      leave();
      for (let looks = 0; looks < 5; looks += 1) {
        await context.app.database.ping();
      }
      return begun;
    });
    await left;
    await work(context.app);

    expect(await report(at.importer, job.id)).toMatchObject({ state: 'completed', rows: { written: 20 } });
    expect(await piecesLeft(context.app)).toBe(0);
  });

  it('before it is asked for is not imported, and nothing is left of it', async () => {
    const at = await stage(context.app);
    const { begin, discard } = await received(at);
    await discard();

    await expect(begin()).rejects.toMatchObject({ status: 409, code: '409.changed-meanwhile' });

    const sql =
      'SELECT (SELECT COUNT(*) FROM job WHERE hub_id = ?) + (SELECT COUNT(*) FROM list_import WHERE hub_id = ?) AS n';
    const [{ n }] = await context.app.database.query<{ n: number }>(sql, [at.hub.id, at.hub.id]);
    expect(Number(n)).toBe(0);
    expect(await piecesLeft(context.app)).toBe(0);
  });
});

describe('an import into a list of which a column is being changed', () => {
  const change = { type: 'Number', minimum: 0 };
  const csv = 'MaterialNo\n1\n-5\nx\n3\n';

  it('refuses the rows that break what the column is to be, and skips them when told to', async () => {
    const at = await stage(context.app);
    const job = await queued(at, 'append&on_error=skip', csv);
    await at.importer.patch(`${LISTS}/${at.list.id}/columns/1`, change).expect(200);
    while ((await job.part()) === 'more') {
      // Until it is done.
    }
    await work(context.app);
    const told = await report(at.importer, job.id);
    expect(told).toMatchObject({ state: 'completed', rows: { refused: 2, written: 2 } });
    expect(told.refused_rows.map(({ row, column }) => [row, column])).toEqual([
      [3, 'MaterialNo'],
      [4, 'MaterialNo'],
    ]);
    expect((await rowsOf(context.app, at.hub)).map((row) => row[1])).toEqual([null, null, 1, 3]);
  });

  it('stops when the change came after its rows were checked', async () => {
    const at = await stage(context.app);
    const job = await queued(at, 'append', csv);
    await job.part();
    await at.importer.patch(`${LISTS}/${at.list.id}/columns/1`, change).expect(200);
    await work(context.app);
    expect(await report(at.importer, job.id)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('The rules of the list were changed') as string,
      rows: { written: 0 },
    });
    expect((await rowsOf(context.app, at.hub)).map((row) => row[1])).toEqual([null, null]);
  });
});

describe('an import whose key may no longer import', () => {
  it('stops when the key is deleted: what was appended stays and is counted, nothing more comes', async () => {
    const at = await stage(context.app);
    const job = await queued(at, 'append');
    await written(at, job, 1);
    await revoke(at);
    await work(context.app);
    const viewer = context.app.as((await importerKey(context.app, at.hub)).secret);
    const told = await report(viewer, job.id);
    expect(told).toMatchObject({ state: 'failed', error: expect.stringContaining('not valid') as string });
    expect(told.rows.written).toBeGreaterThan(0);
    expect((await quantities(at)).length).toBe(2 + told.rows.written);
    expect(await piecesLeft(context.app)).toBe(0);
    const { body } = await viewer.with({}).get(`${LISTS}`).expect(200);
    expect((body as { data: unknown[] }).data).toHaveLength(1);
  });

  it.each(['append', 'replace'])('stops before the first row: %s', async (mode) => {
    const at = await stage(context.app);
    await queued(at, mode);
    await revoke(at);
    await work(context.app);
    expect(await quantities(at)).toEqual([10, 20]);
  });

  it('stops when its group is narrowed; a list half replaced nobody sees, and it is swept', async () => {
    const at = await stage(context.app);
    const groupId = await context.app.create.group(at.hub);
    const key = await importerKey(context.app, at.hub, { groupId });
    const importer = context.app.as(key.secret);
    const job = await queued({ ...at, importer }, 'replace');
    await written({ ...at, importer }, job, 1);
    const permissions = { lists: [{ list_id: '*', rights: ['read', 'add'] as ('read' | 'add')[] }] };
    await context.app.nest.get(GroupService).update(platformPrincipal(at.hub.id), groupId, { permissions } as never);
    await work(context.app);
    expect(await report(importer, job.id)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('"clear"') as string,
    });
    expect(await quantities(at)).toEqual([10, 20]);
    const sql = 'SELECT COUNT(*) AS n FROM list_row r JOIN list l ON l.no = r.list_no WHERE l.hub_id = ?';
    expect(Number((await context.app.database.query<{ n: number }>(sql, [at.hub.id]))[0].n)).toBe(2);
  });
});

describe('an import beside others', () => {
  it('shows all rows of a replaced list as they were until all new ones are there', async () => {
    const at = await stage(context.app);
    const job = await queued(at, 'replace');
    const seen = new Set<string>();
    for (let state = 'more'; state === 'more'; state = await job.part()) {
      seen.add(JSON.stringify(await quantities(at)));
    }
    expect([...seen].sort()).toEqual([JSON.stringify(whole), JSON.stringify([10, 20])].sort());
  });

  it('never gives a row an id that another one had', async () => {
    const at = await stage(context.app);
    const writer = await context.app.create.integrator(at.hub);
    const job = await queued(at, 'replace');
    await written(at, job, 1);
    const { body } = await writer.post('/public-api/v1/lists/items', { listName: 'StockInfo', data: {} }).expect(200);
    const given = (body as { addedItem: { value: number }[] }).addedItem[0].value;
    await work(context.app);
    const ids = (await rowsOf(context.app, at.hub)).map(([id]) => id as number);
    expect(ids).not.toContain(given);
    const next = await writer.post('/public-api/v1/lists/items', { listName: 'StockInfo', data: {} }).expect(200);
    expect((next.body as { addedItem: { value: number }[] }).addedItem[0].value).toBeGreaterThan(
      Math.max(given, ...ids),
    );
  });

  it('appends between rows that others add meanwhile', async () => {
    const at = await stage(context.app);
    const writer = await context.app.create.integrator(at.hub);
    const job = await queued(at, 'append');
    await written(at, job, 1);
    await writer.post('/public-api/v1/lists/items', { listName: 'StockInfo', data: { Quantity: -7 } }).expect(200);
    await work(context.app);
    const all = await quantities(at);
    expect(all).toHaveLength(ROWS + 3);
    expect(all.filter((one) => one !== -7).slice(2)).toEqual(whole);
  });

  it('ends when its list is deleted', async () => {
    const at = await stage(context.app);
    const job = await queued(at, 'append');
    await written(at, job, 1);
    await context.app.nest.get(ListService).delete(platformPrincipal(at.hub.id), at.list.id);
    await work(context.app);
    expect(await report(at.importer, job.id)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('deleted') as string,
    });
  });

  it('is not on its way into the lists of the hub', async () => {
    const at = await stage(context.app);
    const job = await queued(at, 'replace');
    await written(at, job, 1);
    const reader = await context.app.create.integrator(at.hub);
    expect(((await reader.get('/public-api/v1/lists').expect(200)).body as unknown[]).length).toBe(1);
    expect(((await at.importer.get(LISTS).expect(200)).body as { data: unknown[] }).data).toHaveLength(1);
    await work(context.app);
  });
});

describe('what is kept of an import', () => {
  it('is its activity: the beginning and the end, with counts', async () => {
    const at = await stage(context.app);
    const auditor = await context.app.create.caller({ hub: at.hub, capabilities: ['hubs-auditlog-view'] });
    const job = await queued(at, 'append', 'Quantity\n1\n2\n');
    await work(context.app);
    const sql = "SELECT body FROM activity WHERE hub_id = ? AND event LIKE 'hub.list.import.%' ORDER BY id";
    const kept = await context.app.database.query<{ body: string }>(sql, [at.hub.id]);
    expect(kept.map(({ body }) => JSON.parse(body) as object)).toMatchObject([
      {
        event: 'hub.list.import.begin',
        user: { id: at.key.id },
        annotations: { job: job.id, mode: 'append', rows: 2 },
      },
      {
        event: 'hub.list.import.end',
        status: 'success',
        annotations: { job: job.id, accepted: 2, refused: 0, written: 2 },
      },
    ]);
    await auditor.get('/v1/hubs/current/activity').expect(200);
  });

  it('is the number of rows that the key wrote', async () => {
    const at = await stage(context.app);
    await queued(at, 'append', 'Quantity\n1\n2\n');
    await work(context.app);
    await queued(at, 'replace', 'Quantity\n1\n');
    await work(context.app);
    const sql = 'SELECT added, cleared FROM list_write_count WHERE list_id = ? AND key_id = ?';
    const [counts] = await context.app.database.query<{ added: number; cleared: number }>(sql, [at.list.id, at.key.id]);
    expect([Number(counts.added), Number(counts.cleared)]).toEqual([3, 4]);
  });
});

describe('an import that is sent again under its Idempotency-Key', () => {
  const sent = (at: Stage, csv: string) =>
    send(at.importer.with({ 'idempotency-key': 'once' }), into(at, 'mode=append'), csv);

  it('is done once, and the file of the repetition is not kept', async () => {
    const at = await stage(context.app);
    const first = await sent(at, 'Quantity\n1\n').expect(202);
    const again = await sent(at, 'Quantity\n1\n').expect(202);
    expect([jobOf(again.body), again.headers['idempotency-replayed']]).toEqual([jobOf(first.body), 'true']);
    await sent(at, 'Quantity\n2\n').expect(409);
    await work(context.app);
    expect(await quantities(at)).toEqual([10, 20, 1]);
    while ((await piecesLeft(context.app)) > 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
});
