import { type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { useTestApp } from '../support/test-app.js';

const context = useTestApp();
const ITEMS = '/public-api/v1/lists/items';

/** As bytes, past every client that would tidy them up. */
async function sent(body: Buffer) {
  const hub = await context.app.create.hub();
  await context.app.create.list(hub);
  const token = await context.app.create.token(await context.app.create.integrationKey(hub));
  const { port } = context.app.nest.getHttpServer().address() as AddressInfo;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`http://127.0.0.1:${port}${ITEMS}`, {
    method: 'POST',
    headers,
    body: new Uint8Array(body),
  });
  const { detail } = (await answer.json()) as { detail?: string };
  const sql = 'SELECT row_count FROM list WHERE hub_id = ?';
  const [{ row_count: rows }] = await context.app.database.query<{ row_count: number }>(sql, [hub.id]);
  return { status: answer.status, detail, rows };
}

describe('400: a body of JSON that says what is wrong with it', () => {
  it.each([
    ['a key that no object may have', '{"listName":"StockInfo","data":{"__proto__":{"Quantity":1}}}', '__proto__'],
    ['bytes that are no UTF-8', '{"listName":"StockInfo","data":{"MaterialNo":"\u00ff"}}', 'not UTF-8'],
    ['NaN', '{"listName":"StockInfo","data":{"Quantity":NaN}}', 'not valid JSON'],
  ])('%s', async (_, text, told) => {
    expect(await sent(Buffer.from(text, 'latin1'))).toMatchObject({
      status: 400,
      detail: expect.stringContaining(told) as string,
      rows: 0,
    });
  });
});
