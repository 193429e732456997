import { beforeAll, describe, expect, it } from 'vitest';
import { ProvisioningService } from '../../../src/modules/provisioning/index.js';
import { tamper } from '../../support/stillness.js';
import { useTestApp } from '../../support/test-app.js';
import { HttpClient } from '../support/http-client.js';
import { Random } from '../support/random.js';
import { Caller } from './caller.js';
import { check } from './checker.js';
import { type Finding } from './findings.js';
import { type Kind, lives, type Thing } from './history.js';
import { takeSnapshot } from './snapshot.js';
import { found, type World } from './world.js';
import { Writer } from './writer.js';

const STEPS = 100;

/** The checker on what real writers did: it finds nothing, until somebody takes something away behind their back. */
describe('the checker of a history', () => {
  const holder = useTestApp();
  let world: World;

  beforeAll(async () => {
    const { app } = holder;
    const { hub, key, secret } = await app.nest.get(ProvisioningService).bootstrap('Checked');
    const client = new HttpClient(await app.nest.getUrl());
    world = await found(client, { hub, api_key: { id: key.id, secret } }, 'checked', 2);
    const random = new Random(7);
    const caller = new Caller(world.history, client, world.traffic);
    for (const identity of world.identities) {
      const writer = new Writer(caller, world, identity, random.fork());
      for (let step = 0; step < STEPS; step += 1) {
        await writer.step();
      }
    }
    client.close();
  }, 120_000);

  async function findings(): Promise<readonly Finding[]> {
    const snapshot = await takeSnapshot(holder.app.config.databaseUrl, world.origin.hubId);
    return check(world.history, snapshot, world.origin);
  }

  /** What is found now and was not before. */
  async function foundAfter(sql: string, parameters: unknown[] = []): Promise<Finding[]> {
    const before = new Set((await findings()).map(({ detail }) => detail));
    await tamper(holder.app, [sql, parameters]);
    return (await findings()).filter(({ detail }) => !before.has(detail));
  }

  const living = (kind: Kind): Thing =>
    world.history.things.findLast((thing) => thing.kind === kind && lives(thing)) as Thing;

  const revoked = (): Thing =>
    world.history.things.find(({ kind, facts }) => kind === 'api_key' && facts?.['deleted'] === true) as Thing;

  const about = (thing: Thing, category: Finding['category']): unknown =>
    expect.arrayContaining([{ category, detail: expect.stringContaining(String(thing.id)) }]);

  it('finds nothing where every write is there as it was acknowledged', async () => {
    const outcomes = new Set(world.history.operations.map(({ outcome }) => outcome));

    expect(await findings()).toEqual([]);
    expect(outcomes).toEqual(new Set(['acknowledged']));
    expect(new Set(world.history.operations.map(({ name }) => name)).size).toBeGreaterThan(20);
  });

  it('finds a lost row of a list', async () => {
    const row = world.history.things.find(
      (thing) => thing.kind === 'row' && lives(thing) && world.lists.some((list) => list === thing.list),
    ) as Thing;
    const [list, rowId] = (row.id ?? '').split(':');
    const sql = 'DELETE FROM list_row WHERE row_id = ? AND list_no = (SELECT no FROM list WHERE id = ?)';

    expect(await foundAfter(sql, [rowId, list])).toEqual(about(row, 'lost'));
  });

  it('finds a lost role', async () => {
    const role = living('role');

    expect(await foundAfter('DELETE FROM role WHERE id = ?', [role.id])).toEqual(about(role, 'lost'));
  });

  it('finds a change of which one field is missing', async () => {
    const group = living('group');

    expect(await foundAfter("UPDATE user_group SET description = 'old' WHERE id = ?", [group.id])).toEqual(
      about(group, 'lost'),
    );
  });

  it('finds a list that lost a column', async () => {
    const list = living('list');

    expect(await foundAfter("UPDATE list SET column_definitions = '[]' WHERE id = ?", [list.id])).toEqual(
      about(list, 'lost'),
    );
  });

  it('finds a key without its secret', async () => {
    const key = living('api_key');

    expect(await foundAfter('DELETE FROM api_secret WHERE key_id = ?', [key.id])).toEqual(about(key, 'lost'));
  });

  it('finds a key whose secret is another', async () => {
    const { rowKey } = world.identities[0] as World['identities'][number];
    const sql = 'UPDATE api_secret SET digest = ? WHERE key_id = ?';

    expect(await foundAfter(sql, [Buffer.alloc(32, 1), rowKey.id])).toEqual(about(rowKey, 'lost'));
  });

  it('finds a revocation that is undone', async () => {
    const key = revoked();
    const sql = "UPDATE api_key SET state = 'live', deleted_at = NULL WHERE id = ?";

    expect(await foundAfter(sql, [key.id])).toEqual(about(key, 'lost'));
  });

  it('finds a change without its activity row', async () => {
    const { id } = revoked();
    const sql = "DELETE FROM activity WHERE component_id = ? AND event = 'hub.apikey.delete'";

    expect(await foundAfter(sql, [id])).toEqual([
      { category: 'activity', detail: expect.stringContaining(`${id} (acknowledged) has no activity row`) },
    ]);
  });

  it('finds an activity row of a change that was not', async () => {
    const sql =
      'INSERT INTO activity (id, hub_id, event, status, actor_type, actor_id, component_type, component_id, body, created_at) ' +
      'SELECT ?, hub_id, ?, status, actor_type, actor_id, component_type, component_id, body, created_at ' +
      "FROM activity WHERE component_id = ? AND event = 'hub.apikey.create'";

    expect(await foundAfter(sql, ['f'.repeat(24), 'hub.apikey.update', revoked().id])).toEqual([
      { category: 'activity', detail: expect.stringContaining('f'.repeat(24)) },
    ]);
  });

  it('finds a revocation that is missing in the change feed', async () => {
    const key = revoked();
    const sql = "UPDATE access_change SET subject_id = ? WHERE subject_id = ? AND kind = 'key'";

    expect(await foundAfter(sql, ['e'.repeat(24), key.id])).toEqual(about(key, 'half'));
  });

  it('finds a counter of the change feed that is behind', async () => {
    expect(await foundAfter('UPDATE access_counter SET last_seq = last_seq - 1')).toEqual([
      { category: 'half', detail: expect.stringContaining('the counter of the change feed') },
    ]);
  });

  it.each(['last_row_id', 'row_count'])('finds a list whose %s is not that of its rows', async (column) => {
    const [list] = world.lists as [Thing];
    const sql = `UPDATE list SET ${column} = ${column} + 7 WHERE id = ?`;

    expect(await foundAfter(sql, [list.id])).toEqual(about(list, 'half'));
  });

  it('finds a count of row writes that is behind', async () => {
    const list = world.lists[1] as Thing;
    const sql = 'UPDATE list_write_count SET added = added - 1 WHERE list_id = ?';

    expect(await foundAfter(sql, [list.id])).toEqual(about(list, 'half'));
  });

  it('finds a row that nobody added', async () => {
    const list = world.lists[2] as Thing;
    const sql = "INSERT INTO list_row (list_no, row_id, s1) SELECT no, 9999, 'stray' FROM list WHERE id = ?";

    expect(await foundAfter(sql, [list.id])).toEqual(about(list, 'unexplained'));
  });
});
