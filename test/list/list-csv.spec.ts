import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { platformPrincipal } from '../../src/access/index.js';
import { RowService } from '../../src/modules/list/index.js';
import { tableToCsv } from '../../src/modules/list/csv/table-csv.js';
import { type Client } from '../support/client.js';
import { useTestApp } from '../support/test-app.js';

const LIST = '/public-api/v1/lists/list?Name=StockInfo';
const context = useTestApp();

async function filled(...rows: object[]): Promise<Client> {
  const hub = await context.app.create.hub();
  await context.app.create.list(hub);
  for (const row of rows) {
    await context.app.nest.get(RowService).add(platformPrincipal(hub.id), 'StockInfo', row);
  }
  return context.app.create.integrator(hub, { rights: ['read'] });
}

const accepting = (reader: Client, accept: string) => reader.with({ accept }).get(LIST);

describe('GET /public-api/v1/lists/list as CSV', () => {
  it('200: a header line with ID first, CRLF, empty cells, truths and numbers as JSON writes them', async () => {
    const reader = await filled(
      { MaterialNo: 'ä "quoted",\r\nand 🐝', Quantity: -0.1, Locked: true },
      { MaterialNo: '', Quantity: 1e21, Locked: false },
      {},
    );
    const { text, headers } = await accepting(reader, 'text/csv').expect(200);
    expect(text).toBe(
      '"ID","MaterialNo","Quantity","Locked"\r\n' +
        '1,"ä ""quoted"",\r\nand 🐝",-0.1,true\r\n' +
        '2,"",1e+21,false\r\n' +
        '3,,,\r\n',
    );
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      vary: 'Accept',
      'x-more-rows': 'false',
      'cache-control': 'no-store',
    });
  });

  it('200: has the same pages as JSON, and says that more rows follow', async () => {
    const reader = await filled({ Quantity: 1 }, { Quantity: 2 }, { Quantity: 3 });
    const answer = await reader.with({ accept: 'text/csv' }).get(`${LIST}&SkipRows=1&MaxRows=1&SortOrder=Desc`);
    expect([answer.text.split('\r\n')[1], answer.headers['x-more-rows']]).toEqual(['2,,2,', 'true']);
  });

  it('200: leaves texts as they are that a spreadsheet could take for formulas, in quotes', async () => {
    const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '"=1'];
    const reader = await filled(...texts.map((MaterialNo) => ({ MaterialNo })));
    const { text } = await accepting(reader, 'text/csv').expect(200);
    const rows: string[][] = parse(text, { record_delimiter: '\r\n' });
    expect(rows.slice(1).map(([, second]) => second)).toEqual(texts);
    expect(text).toContain('1,"=1+1",,\r\n');
  });
});

describe('the format of a page', () => {
  it.each([
    ['text/csv', 'csv'],
    ['TEXT/CSV', 'csv'],
    ['text/*', 'csv'],
    ['text/csv;charset=utf-8', 'csv'],
    ['text/html, text/csv;q=0.5', 'csv'],
    ['application/json;q=0.4, text/csv;q=0.5', 'csv'],
    ['application/json, text/csv;q=0.9', 'json'],
    ['text/csv;q=0', 'json'],
    ['text/csv;q=0, */*', 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['text/html', 'json'],
    ['text/html, */*;q=0.8', 'json'],
    ['nonsense', 'json'],
    [',;=q', 'json'],
  ])('%j gets %s', async (accept, format) => {
    const reader = await filled({ Quantity: 1 });
    const { headers } = await accepting(reader, accept).expect(200);
    expect(headers['content-type']).toMatch(format === 'csv' ? /^text\/csv;/ : /^application\/json;/);
    expect(headers.vary).toBe('Accept');
  });

  it('of a refusal is that of its door', async () => {
    const hub = await context.app.create.hub();
    await context.app.create.list(hub);
    const writer = await context.app.create.integrator(hub, { rights: ['add'] });
    const { headers, body } = await accepting(writer, 'text/csv').expect(403);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ status: 403 });
  });
});

describe('the CSV of any table', () => {
  it('reads back as it was: text by its quotes, everything else without', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\r', '\n', '\t', '=', ' ', 'ü', '🐝', "'") });
    const value = fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value, value), { maxLength: 30 }), async (rows) => {
        const columns = ['ID', 'b,"', 'c'].map((name) => ({ name }));
        const csv = await tableToCsv({ columns, items: rows.map((row) => row.map((one) => ({ value: one }))) });
        const read: unknown[][] = parse(csv, {
          record_delimiter: '\r\n',
          cast: (cell, { quoting }) => (quoting ? cell : cell === '' ? null : (JSON.parse(cell) as unknown)),
        });
        const written = rows.map((row) => row.map((one) => (Object.is(one, -0) ? 0 : one)));
        expect(read.slice(1).map((row) => row.map((one) => (Object.is(one, -0) ? 0 : one)))).toEqual(written);
      }),
    );
  });
});
