import { afterEach, describe, expect, it, vi } from 'vitest';
import { Authenticator, platformPrincipal, WAITED_MILLISECONDS } from '../../src/access/index.js';
import { ApiKeyService } from '../../src/modules/api-key/index.js';
import { GroupService } from '../../src/modules/group/index.js';
import { RowReader } from '../../src/modules/list/row-reader.js';
import { RowRepository } from '../../src/modules/list/row.repository.js';
import { type Client } from '../support/client.js';
import { useTestApp } from '../support/test-app.js';

const context = useTestApp();
const LIST = '/public-api/v1/lists/list';
const ITEMS = '/public-api/v1/lists/items';

afterEach(() => vi.restoreAllMocks());

async function stage() {
  const { app } = context;
  const hub = await app.create.hub();
  await app.create.list(hub);
  const groupId = await app.create.group(hub);
  const key = await app.create.integrationKey(hub, { groupId });
  const exchanged = await app.anonymous.with({ apiKey: key.secret }).get('/public-api/v1/auth/token').expect(200);
  const caller = app.as((exchanged.body as { accessToken: string }).accessToken);
  await caller.post(ITEMS, { listName: 'StockInfo', data: { Quantity: 1 } }).expect(200);
  const revoke = () => app.nest.get(ApiKeyService).delete(platformPrincipal(hub.id), key.id);
  const narrow = () =>
    app.nest.get(GroupService).update(platformPrincipal(hub.id), groupId, { permissions: { lists: [] } } as never);
  const rename = () => app.nest.get(GroupService).update(platformPrincipal(hub.id), groupId, { name: 'Renamed' });
  return { hub, caller, revoke, narrow, rename };
}

/** A page that takes its time: so long by the clock, and this happens meanwhile. */
function slowly(meanwhile: () => Promise<unknown>, milliseconds = WAITED_MILLISECONDS): void {
  const reader = context.app.nest.get(RowReader);
  const read = reader.read.bind(reader);
  vi.spyOn(reader, 'read').mockImplementationOnce(async (...about) => {
    const rows = await read(...about);
    await meanwhile();
    context.app.clock.advance(milliseconds);
    return rows;
  });
}

const page = (caller: Client) => caller.get(`${LIST}?Name=StockInfo`);

describe('data that took its time', () => {
  it('401: is not given to a key that was revoked meanwhile', async () => {
    const { caller, revoke } = await stage();
    slowly(revoke);
    const { status, body } = await page(caller);
    expect(status).toBe(401);
    expect(body).not.toHaveProperty('items');
  });

  it('503: is not given when the key may do something else now; sent again it is decided anew', async () => {
    const { caller, narrow } = await stage();
    slowly(narrow);
    const { status, body } = await page(caller);
    expect(status).toBe(503);
    expect(body).not.toHaveProperty('items');
    await page(caller).expect(404);
  });

  it('200: is given when what changed gives no other right, or nothing changed', async () => {
    const { caller, rename } = await stage();
    slowly(rename);
    await page(caller).expect(200);
    slowly(() => Promise.resolve());
    await page(caller).expect(200);
  });
});

describe('a statement of a key that was revoked before its turn', () => {
  it('401: is not begun', async () => {
    const { caller, revoke } = await stage();
    const select = vi.spyOn(context.app.database, 'select');
    const authenticator = context.app.nest.get(Authenticator);
    const holds = authenticator.assertStillHolds.bind(authenticator);
    vi.spyOn(authenticator, 'assertStillHolds').mockImplementationOnce(async (principal) => {
      // Its turn comes when the key is gone.
      await revoke();
      return holds(principal);
    });
    await caller.post(LIST, { sql: 'select * from StockInfo' }).expect(401);
    expect(select).not.toHaveBeenCalled();
  });
});

describe('a write of a key that was revoked while it waited for the list', () => {
  it('401: is not done', async () => {
    const { hub, caller, revoke } = await stage();
    const rows = context.app.nest.get(RowRepository);
    const find = rows.findTable.bind(rows);
    // The look before the wait; the one that counts comes when the list is held.
    vi.spyOn(rows, 'findTable').mockImplementationOnce(async (...about) => {
      const table = await find(...about);
      await revoke();
      return table;
    });
    await caller.post(ITEMS, { listName: 'StockInfo', data: { Quantity: 2 } }).expect(401);
    const sql = 'SELECT row_count FROM list WHERE hub_id = ?';
    const [row] = await context.app.database.query<{ row_count: number }>(sql, [hub.id]);
    expect(row.row_count).toBe(1);
  });
});
