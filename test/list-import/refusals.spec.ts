import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/access/index.js';
import { useTestApp } from '../support/test-app.js';
import { imported, into, LISTS, rowsOf, send, stage, type Stage } from './support/importing.js';

const MAXIMUM = 1_000_000;
const context = useTestApp({ environment: { IMPORT_MAX_BYTES: String(MAXIMUM) } });

const OLD = [
  [1, null, 10, null],
  [2, null, 20, null],
];

/** The list, what is kept of files, and the imports are as before. */
async function unchanged({ hub }: Stage): Promise<void> {
  expect(await rowsOf(context.app, hub)).toEqual(OLD);
  const sql = 'SELECT COUNT(*) AS n FROM list_import WHERE hub_id = ?';
  expect(Number((await context.app.database.query<{ n: number }>(sql, [hub.id]))[0].n)).toBe(0);
  const kept = 'SELECT COUNT(*) AS n FROM list_import_piece WHERE hub_id = ?';
  const left = async () => Number((await context.app.database.query<{ n: number }>(kept, [hub.id]))[0].n);
  while ((await left()) > 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Sends a file without its length, and returns the status of the answer. */
function request(port: number, at: Stage, csv: string): Promise<number | undefined> {
  return begun(port, at, csv.slice(0, 600_000))(csv.slice(600_000));
}

/** Sends the beginning of a file without its length; what comes back sends the end, and returns the status of the answer. */
function begun(port: number, at: Stage, beginning: string): (end: string) => Promise<number | undefined> {
  const path = into(at, 'mode=append');
  const headers = { authorization: `Bearer ${at.key.secret}`, 'content-type': 'text/csv' };
  const sent = http.request({ port, host: '127.0.0.1', method: 'POST', path, headers, agent: false });
  const status = new Promise<number | undefined>((resolve, reject) => {
    sent.on('response', (answer) => resolve(answer.resume().statusCode));
    sent.on('error', reject);
  });
  sent.write(beginning);
  return (end) => {
    sent.end(end);
    return status;
  };
}

describe('a file that cannot be read as a whole', () => {
  const utf16 = Buffer.from('\ufeffQuantity\n1\n', 'utf16le');
  const cases: [string, string | Buffer, RegExp][] = [
    ['is empty', '', /file is empty/],
    ['is a byte order mark', '\ufeff', /without a name|file is empty/],
    ['has a header only', 'Quantity\n', /no row below/],
    ['has a header and blank lines only', 'Quantity\n\n\r\n', /no row below/],
    ['names an unknown column', 'Quantity,Colour\n1,2\n', /no column named "Colour"/],
    ['names a column twice', 'Quantity,QUANTITY\n1,2\n', /"QUANTITY" twice/],
    ['has a column without a name', 'Quantity,\n1,2\n', /without a name/],
    ['names ID alone', 'ID\n1\n', /no column beside ID/],
    ['never closes a quote', 'Quantity\n1\n"2\n3\n', /opened in row 3 is never closed/],
    ['has a quote inside of a cell', 'Quantity\n1\n2"\n', /In row 3 a quote/],
    ['has something behind a quote', 'Quantity\n"1"2\n', /In row 2 something follows/],
    ['is not UTF-8', Buffer.from([...Buffer.from('Quantity\n1\n'), 0xe4, 0x0a]), /not UTF-8: line 3/],
    ['ends inside of a character', Buffer.from([...Buffer.from('MaterialNo\n'), 0xc3]), /not UTF-8: line 2/],
    ['has half of a surrogate pair', Buffer.from([...Buffer.from('MaterialNo\n'), 0xed, 0xa0, 0x80]), /not UTF-8/],
    ['has a NUL', 'MaterialNo\na\0b\n', /NUL at byte 12/],
    ['is UTF-16', utf16, /UTF-16|not UTF-8/],
    ['names 130 columns', `${Array.from({ length: 130 }, (_, i) => `c${i}`).join(',')}\n1\n`, /names 130 columns/],
  ];

  it.each(cases)('422: %s', async (_, csv, detail) => {
    const at = await stage(context.app);
    for (const mode of ['append', 'replace']) {
      const { body } = await send(at.importer, into(at, `mode=${mode}`), csv).expect(422);
      expect(body).toMatchObject({
        error: { code: '422.invalid-argument', source: '/body', detail: expect.stringMatching(detail) as string },
      });
    }
    await unchanged(at);
  });

  it.each([
    ['a column with a blank in its name', 'a b\n1\n', ''],
    ['65 columns of one kind', `${Array.from({ length: 65 }, (_, i) => `c${i}`).join(',')}\n${'1,'.repeat(64)}1\n`, ''],
    ['a column named __proto__', '__proto__\n1\n', ''],
    ['too few types', 'a,b\n1,2\n', '&types=String'],
    ['an unknown type', 'a\n1\n', '&types=Date'],
  ])('422: %s makes no list', async (_, csv, query) => {
    const at = await stage(context.app);
    await send(at.importer, `${LISTS}/imports?name=Fresh${query}`, csv).expect(422);
    await unchanged(at);
  });

  it('413: is longer than the server takes, announced or not', async () => {
    const at = await stage(context.app);
    const line = 'a,1\n';
    const csv = `MaterialNo,Quantity\n${line.repeat(MAXIMUM / line.length)}`;
    const { body } = await send(at.importer, into(at, 'mode=append'), csv).expect(413);
    expect(body).toMatchObject({ error: { status: 413, code: '413.max-exceeded' } });
    const chunked = request((context.app.nest.getHttpServer().address() as AddressInfo).port, at, csv);
    expect(await chunked).toBe(413);
    await unchanged(at);
  });

  it('409: when all that a hub sends at once is more than may wait, although each began while there was room', async () => {
    const at = await stage(context.app);
    const { port } = context.app.nest.getHttpServer().address() as AddressInfo;
    const sql = 'SELECT COUNT(*) AS n, SUM(size) AS bytes FROM list_import_piece WHERE hub_id = ?';
    const kept = async () => (await context.app.database.query<{ n: number; bytes: number }>(sql, [at.hub.id]))[0];
    const line = `${'a'.repeat(999)}\n`;
    const opened = Array.from({ length: 12 }, () => begun(port, at, `MaterialNo\n${line.repeat(140)}`));
    while (Number((await kept()).n) < opened.length) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }

    const statuses = await Promise.all(opened.map((finish) => finish(line.repeat(800))));

    expect(statuses.filter((status) => status !== 202 && status !== 409)).toEqual([]);
    expect(statuses.filter((status) => status === 202).length).toBeLessThan(9);
    expect(Number((await kept()).bytes)).toBeLessThan(8.3 * MAXIMUM);
  });

  it.each([
    ['application/json', 415],
    ['text/plain', 415],
    ['text/csv; charset=iso-8859-1', 415],
    ['text/csv; header=absent', 422],
  ])('%s: %i', async (type, status) => {
    const at = await stage(context.app);
    await send(at.importer, into(at, 'mode=append'), type === 'application/json' ? '{}' : 'Quantity\n1\n', type).expect(
      status,
    );
    await unchanged(at);
  });

  it('415: no other route reads CSV', async () => {
    const at = await stage(context.app);
    await send(at.importer, LISTS, 'Quantity\n1\n').expect(415);
  });

  it.each([
    '',
    'mode=create',
    'mode=x',
    'mode=append&mode=replace',
    'mode=append&on_error=x',
    'mode=append&delimiter=pipe',
    'mode=append&name=x',
  ])('422: for the query %j', async (query) => {
    const at = await stage(context.app);
    await send(at.importer, into(at, query), 'Quantity\n1\n').expect(422);
    await unchanged(at);
  });
});

describe('a cell that does not fit', () => {
  it.each([
    ['Quantity', '1e999', /double/],
    ['Quantity', 'NaN', /no number/],
    ['Quantity', 'Infinity', /no number/],
    ['Quantity', '0x10', /no number/],
    ['Quantity', '1 000', /no number/],
    ['Locked', '1', /neither true nor false/],
    ['MaterialNo', 'x'.repeat(100_001), /at most 100000 characters/],
  ])('%s = %s is named by its row and column', async (column, cell, reason) => {
    const at = await stage(context.app);
    const told = await imported(context.app, at, 'mode=append', `${column},ID\n,1\n${cell},2\n`);
    expect(told.refused_rows).toEqual([{ row: 3, column, reason: expect.stringMatching(reason) as string }]);
    expect(await rowsOf(context.app, at.hub)).toEqual(OLD);
  });
});

describe('whoever may not import', () => {
  const lists = (id: string, rights: readonly ('read' | 'add' | 'clear')[]) => ({ lists: [{ list_id: id, rights }] });

  it.each([
    ['append', 'add', { rights: ['read', 'change', 'delete', 'clear'] as const }],
    ['replace', 'clear', { rights: ['read', 'change', 'delete', 'add'] as const }],
    ['replace', 'add', { rights: ['read', 'change', 'delete', 'clear'] as const }],
  ])('403: %s needs the right %s', async (mode, right, spec) => {
    const at = await stage(context.app, spec);
    const { body } = await send(at.importer, into(at, `mode=${mode}`), 'Quantity\n1\n').expect(403);
    expect(body).toMatchObject({ error: { extra: { right } } });
    await unchanged(at);
  });

  it('403: the scope write:lists is missing', async () => {
    const at = await stage(context.app, { scopes: SCOPES.filter((scope) => scope !== 'write:lists') });
    const { body } = await send(at.importer, into(at, 'mode=append'), 'Quantity\n1\n').expect(403);
    expect(body).toMatchObject({ error: { extra: { scope: 'write:lists' } } });
    await unchanged(at);
  });

  it('403: the capability is missing, whatever the rights', async () => {
    const at = await stage(context.app, { capabilities: ['groups-manage'] });
    const { body } = await send(at.importer, into(at, 'mode=append'), 'Quantity\n1\n').expect(403);
    expect(body).toMatchObject({ error: { extra: { capability: 'lists-manage' } } });
    await unchanged(at);
  });

  it('403: rights on one list make no other', async () => {
    const at = await stage(context.app);
    const groupId = await context.app.create.group(at.hub, lists(at.list.id, ['add', 'clear']));
    const key = await context.app.create.key({ hub: at.hub, groupId, scopes: SCOPES, capabilities: ['lists-manage'] });
    const importer = context.app.as(key.secret);
    await send(importer, `${LISTS}/imports?name=Fresh`, 'a\n1\n').expect(403);
    await send(importer, into(at, 'mode=append'), 'Quantity\n1\n').expect(202);
  });

  it('403: a read-only column is named', async () => {
    const at = await stage(context.app);
    const groupId = await context.app.create.group(at.hub, {
      lists: [{ list_id: at.list.id, rights: ['add'], read_only_columns: [2] }],
    });
    const key = await context.app.create.key({ hub: at.hub, groupId, scopes: SCOPES, capabilities: ['lists-manage'] });
    const importer = context.app.as(key.secret);
    const { body } = await send(importer, into(at, 'mode=append'), 'Quantity,MaterialNo\n1,a\n').expect(403);
    expect(body).toMatchObject({ error: { extra: { columns: ['Quantity'] } } });
    await unchanged(at);
    await send(importer, into(at, 'mode=append'), 'MaterialNo\na\n').expect(202);
  });

  it('403: a session, and it says why', async () => {
    const at = await stage(context.app);
    const { token } = await context.app.people.member({ hub: at.hub, capabilities: ['lists-manage'] });
    const person = context.app.as(token);
    const { body } = await send(person, into(at, 'mode=append'), 'Quantity\n1\n').expect(403);
    expect((body as { error: { detail: string } }).error.detail).toContain('a session has no rights on rows');
    await unchanged(at);
  });

  it('404: alike for the list of another hub, a deleted one, and an id that never was', async () => {
    const at = await stage(context.app);
    const other = await stage(context.app);
    const answers = await Promise.all(
      [other.list.id, '0'.repeat(24), `${at.list.id} `, 'x'].map((id) =>
        send(at.importer, `${LISTS}/${encodeURIComponent(id)}/imports?mode=append`, 'Quantity\n1\n').expect(404),
      ),
    );
    const bodies = answers.map(({ body }) => ({ ...(body as { error: object }).error, requestId: null }));
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    await unchanged(other);
  });

  it('404: alike for the import of another hub and one that never was', async () => {
    const at = await stage(context.app);
    const other = await stage(context.app);
    const { body } = await send(other.importer, into(other, 'mode=append'), 'Quantity\n1\n').expect(202);
    const id = (body as { data: { job: { id: string } } }).data.job.id;
    const codes = await Promise.all(
      [id, '0'.repeat(24), 'x'].map(
        async (one) =>
          (await at.importer.get(`${LISTS}/imports/${one}`).expect(404)).body as { error: { code: string } },
      ),
    );
    expect(codes.map(({ error }) => error.code)).toEqual(Array(3).fill('404.hub.list-import'));
  });
});
