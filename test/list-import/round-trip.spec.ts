import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { platformPrincipal } from '../../src/access/index.js';
import { JobHandlers } from '../../src/modules/job/index.js';
import { RowService } from '../../src/modules/list/index.js';
import { useTestApp } from '../support/test-app.js';
import { imported, into, jobOf, report, rowsOf, send, stage, work } from './support/importing.js';

const BIG = 50_000;
const context = useTestApp();
const LIST = '/public-api/v1/lists/list?Name=StockInfo';

describe('what we write as CSV', () => {
  it('comes back as it was, whatever the table', { timeout: 240_000 }, async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '"', ',', ';', '\r', '\n', '\t', '=', ' ', 'ü', '🐝', "'", '\ufeff'),
    });
    const MaterialNo = fc.option(text);
    const Quantity = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }));
    const Locked = fc.option(fc.boolean());
    const rows = fc.array(fc.record({ MaterialNo, Quantity, Locked }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('append', 'replace'), async (table, mode) => {
        const from = await stage(context.app);
        for (const row of table) {
          await context.app.nest.get(RowService).add(platformPrincipal(from.hub.id), 'StockInfo', row);
        }
        const reader = await context.app.create.integrator(from.hub, { rights: ['read'] });
        const { text: csv } = await reader.with({ accept: 'text/csv' }).get(LIST).expect(200);
        const to = await stage(context.app);
        expect(await imported(context.app, to, `mode=${mode}`, csv)).toMatchObject({
          state: 'completed',
          refused_rows: [],
        });
        const values = (all: unknown[][]) => all.map(([, ...row]) => row);
        const got = values(await rowsOf(context.app, to.hub));
        expect(mode === 'append' ? got.slice(2) : got).toEqual(values(await rowsOf(context.app, from.hub)));
      }),
      { numRuns: 10 },
    );
  });
});

describe('50 000 rows', () => {
  it('come in while another client reads, and every part of the work lets it', { timeout: 240_000 }, async () => {
    const at = await stage(context.app);
    const reader = await context.app.create.integrator(at.hub, { rights: ['read'] });
    const csv = `Quantity,MaterialNo,Locked\n${Array.from({ length: BIG }, (_, i) => `${i},"Material ${i}",true\n`).join('')}`;
    const id = jobOf((await send(at.importer, into(at, 'mode=replace'), csv).expect(202)).body);
    const job = { id, hubId: at.hub.id, action: 'hub.list.import', componentId: at.list.id };
    const handler = context.app.nest.get(JobHandlers).get(job.action);
    let parts = 0;
    const lengths: number[] = [];
    for (let state = 'more'; state === 'more'; parts += 1) {
      const part = handler.work(job);
      if (parts % 10 === 0) {
        const { body } = await reader.get(`${LIST}&MaxRows=1`).expect(200);
        lengths.push((body as { items: unknown[] }).items.length);
      }
      state = await part;
    }
    expect(lengths.filter((length) => length !== 1 && length !== 2)).toEqual([]);
    await work(context.app);
    // Rows of a part are at most 2 000: no part holds the writer for the whole.
    expect(parts).toBeGreaterThan(BIG / 2000);
    expect(await report(at.importer, id)).toMatchObject({ state: 'completed', rows: { total: BIG, written: BIG } });
    const numbers = (await rowsOf(context.app, at.hub)).map((row) => row[2] as number);
    expect(numbers).toEqual(Array.from({ length: BIG }, (_, index) => index));
  });
});
