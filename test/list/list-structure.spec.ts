import { describe, expect, it } from 'vitest';
import { JobWorker } from '../../src/modules/job/index.js';
import { LIST_COLUMN_JOB, SlotWorker } from '../../src/modules/list/slot-worker.js';
import { useTestApp } from '../support/test-app.js';
import {
  add,
  columnsOf,
  ITEMS,
  jobState,
  LIST,
  LISTS,
  listName,
  expectRefused,
  refusalOf,
  rowsOf,
  type Setting,
  settingWith,
  stateOf,
} from './support.js';

const context = useTestApp();
const COLUMNS = [
  { name: 'Text', type: 'String' },
  { name: 'Number', type: 'Number' },
  { name: 'Truth', type: 'Boolean' },
];
const here = () => settingWith(context.app, COLUMNS);
const columnsPath = ({ listId }: Setting) => `${LISTS}/${listId}/columns`;
const work = () => context.app.nest.get(JobWorker).work();

/** One part of what is queued for this list, as the worker does it. */
async function workOnePart({ hub, listId }: Setting): Promise<'more' | 'done'> {
  const sql = "SELECT id FROM job WHERE component_id = ? AND state IN ('queued', 'running') ORDER BY id";
  const [{ id }] = await context.app.database.query<{ id: string }>(sql, [listId]);
  const job = { id, hubId: hub.id, action: LIST_COLUMN_JOB, componentId: listId };
  return context.app.nest.get(SlotWorker).work(job);
}

/** What every slot of the list's rows holds, whatever the columns say. */
async function slotsOf(setting: Setting): Promise<Record<string, unknown>[]> {
  const [, rows] = (await stateOf(setting)) as Record<string, unknown>[][];
  const kept = (name: string, value: unknown) => value !== null && !['list_no', 'row_id', 'revision'].includes(name);
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name, value]) => kept(name, value))));
}

describe('PATCH /v1/hubs/current/lists/{listId}', () => {
  it('200: the new name acts at once at every door, the rows stay, and the activity tells', async () => {
    const { hub, listId, manager, caller } = await here();
    await add(caller, { Number: 1 });
    await caller.get(`${LIST}?Name=${listName}`).expect(200);
    const { body, headers } = await manager
      .patch(`${LISTS}/${listId}`, { name: 'Stock', description: 'x' })
      .expect(200);
    expect(body.data).toMatchObject({ name: 'Stock', description: 'x', number: 1 });
    await caller.get(`${LIST}?Name=${listName}`).expect(404);
    expect((await caller.get(`${LIST}?Name=stock`).expect(200)).body.items).toHaveLength(1);
    await manager.with({ 'if-match': headers.etag }).patch(`${LISTS}/${listId}`, { description: null }).expect(200);
    await manager.with({ 'if-match': headers.etag }).patch(`${LISTS}/${listId}`, { name: 'No' }).expect(412);
    const sql = "SELECT event FROM activity WHERE hub_id = ? AND event = 'hub.list.update'";
    expect(await context.app.database.query(sql, [hub.id])).toHaveLength(2);
  });

  it('409 and 422: a name that is taken, or is none', async () => {
    const setting = await here();
    const path = `${LISTS}/${setting.listId}`;
    await setting.manager.post(LISTS, { name: 'Other', columns: COLUMNS }).expect(201);
    expect(await refusalOf(setting, () => setting.manager.patch(path, { name: 'OTHER' }))).toBe(409);
    expect(await refusalOf(setting, () => setting.manager.patch(path, { name: null }))).toBe(422);
    expect(await refusalOf(setting, () => setting.manager.patch(path, { name: '' }))).toBe(422);
    expect(await refusalOf(setting, () => setting.manager.patch(path, { columns: [] }))).toBe(422);
  });
});

describe('a further column', () => {
  it('201: is empty in the rows that exist, and has an id that no column had', async () => {
    const setting = await here();
    await add(setting.caller, { Text: 'a' });
    await setting.manager.delete(`${columnsPath(setting)}/3`).expect(202);
    const { body } = await setting.manager
      .post(columnsPath(setting), { name: 'New', type: 'Boolean', default: true })
      .expect(201);
    expect(body.data).toMatchObject({ check: null, job: null });
    expect((await columnsOf(setting)).map(({ id, name }) => [id, name])).toEqual([
      [1, 'Text'],
      [2, 'Number'],
      [4, 'New'],
    ]);
    await add(setting.caller, {});
    expect(await rowsOf(setting.caller)).toMatchObject([{ Text: 'a', New: null }, { New: true }]);
  });

  it('shows up filled, with the rows that were written meanwhile', async () => {
    const setting = await here();
    await add(setting.caller, { Text: 'a' });
    const answer = await setting.manager
      .post(columnsPath(setting), { name: 'Unit', type: 'String', required: true, default: 'kg', fill: true })
      .expect(201);
    await add(setting.caller, { Text: 'b' });
    expect((await rowsOf(setting.caller)).map((row) => 'Unit' in row)).toEqual([false, false]);
    expect(
      await refusalOf(setting, () => setting.manager.post(columnsPath(setting), { name: 'UNIT', type: 'Number' })),
    ).toBe(422);
    await work();
    expect(await jobState(setting, answer)).toBe('completed');
    expect(await rowsOf(setting.caller)).toMatchObject([
      { Text: 'a', Unit: 'kg' },
      { Text: 'b', Unit: 'kg' },
    ]);
  });

  it('409: cannot be required where rows have no value for it, unless forced', async () => {
    const setting = await here();
    await add(setting.caller, {});
    const column = { name: 'Must', type: 'Number', required: true };
    const { error } = (await expectRefused(setting, 409, () => setting.manager.post(columnsPath(setting), column))) as {
      error: { extra: { check: object } };
    };
    expect(error.extra.check).toMatchObject({ rows: 1, breaking: 1 });
    await setting.manager.post(columnsPath(setting), { ...column, force: true }).expect(201);
  });

  it.each([
    [{ name: 'text', type: 'String' }, '/name'],
    [{ name: 'ID', type: 'String' }, '/name'],
    [{ name: 'constructor', type: 'String' }, '/name'],
    [{ name: 'a b', type: 'String' }, '/name'],
    [{ name: 'A', type: 'Date' }, '/type'],
    [{ name: 'A', type: 'Number', pattern: 'a' }, '/pattern'],
    [{ name: 'A', type: 'Number', slot: 'n1' }, '/slot'],
    [{ name: 'A', type: 'Number', fill: 'yes' }, '/fill'],
  ])('422: %j', async (column, source) => {
    const setting = await here();
    const { error } = (await expectRefused(setting, 422, () => setting.manager.post(columnsPath(setting), column))) as {
      error: { source: string };
    };
    expect(error.source).toBe(source);
  });

  it('422: is one too many when all slots of its kind are taken, those that are being wiped too', async () => {
    const columns = Array.from({ length: 64 }, (_, index) => ({ name: `c${index}`, type: 'Number' }));
    const setting = await settingWith(context.app, columns);
    const one = { name: 'More', type: 'Boolean' };
    await add(setting.caller, { c0: 7 });
    expect(await refusalOf(setting, () => setting.manager.post(columnsPath(setting), one))).toBe(422);
    await setting.manager.delete(`${columnsPath(setting)}/1`).expect(202);
    expect(await refusalOf(setting, () => setting.manager.post(columnsPath(setting), one))).toBe(422);
    await work();
    await setting.manager.post(columnsPath(setting), one).expect(201);
    expect((await rowsOf(setting.caller))[0]['More']).toBeNull();
  });
});

describe('a column that is renamed, or gets other rules', () => {
  it('200: has its values under the new name, at once', async () => {
    const setting = await here();
    await add(setting.caller, { Number: 1 });
    await rowsOf(setting.caller);
    await setting.manager.patch(`${columnsPath(setting)}/2`, { name: 'Amount' }).expect(200);
    expect(await rowsOf(setting.caller)).toEqual([{ ID: 1, Text: null, Amount: 1, Truth: null }]);
    expect(await refusalOf(setting, () => setting.caller.post(ITEMS, { listName, data: { Number: 1 } }))).toBe(422);
    await add(setting.caller, { amount: 2 });
  });

  it('409: rows break the new rule, and are named; with force they stay until their cell is written', async () => {
    const setting = await here();
    for (const Number of [1, -1, null, -2]) {
      await add(setting.caller, { Number });
    }
    const path = `${columnsPath(setting)}/2`;
    const { error } = (await expectRefused(setting, 409, () => setting.manager.patch(path, { minimum: 0 }))) as {
      error: { extra: { check: object } };
    };
    expect(error.extra.check).toMatchObject({
      rows: 4,
      breaking: 2,
      unconvertible: 0,
      first: [
        { row_id: 2, value: -1 },
        { row_id: 4, value: -2 },
      ],
    });
    await setting.manager.patch(path, { minimum: 0, force: true }).expect(200);
    await setting.caller.put(ITEMS, { listName, rowId: 2, data: { Text: 'still' } }).expect(200);
    expect(
      await refusalOf(setting, () => setting.caller.put(ITEMS, { listName, rowId: 2, data: { Number: -1 } })),
    ).toBe(422);
    await setting.manager.patch(path, { minimum: null }).expect(200);
    await setting.caller.put(ITEMS, { listName, rowId: 2, data: { Number: -1 } }).expect(200);
  });

  it('200: dry_run tells and changes nothing', async () => {
    const setting = await here();
    await add(setting.caller, { Text: 'abc' });
    const path = `${columnsPath(setting)}/1`;
    const body = await expectRefused(setting, 200, () =>
      setting.manager.patch(path, { type: 'Number', dry_run: true }),
    );
    expect(body).toMatchObject({ data: { check: { rows: 1, unconvertible: 1 }, job: null } });
  });

  it('404 and 412: another column, another list, another state', async () => {
    const setting = await here();
    for (const id of ['99', '0', 'x', '1 ', '1e0', '99999999999']) {
      const path = `${columnsPath(setting)}/${encodeURIComponent(id)}`;
      expect(await refusalOf(setting, () => setting.manager.patch(path, { name: 'A' }))).toBe(404);
      expect(await refusalOf(setting, () => setting.manager.delete(path))).toBe(404);
    }
    const stranger = await here();
    expect(await refusalOf(setting, () => stranger.manager.patch(`${columnsPath(setting)}/1`, { name: 'A' }))).toBe(
      404,
    );
    expect(
      await refusalOf(setting, () => stranger.manager.post(columnsPath(setting), { name: 'A', type: 'Number' })),
    ).toBe(404);
    const late = setting.manager.with({ 'if-match': '"x"' });
    expect(await refusalOf(setting, () => late.patch(`${columnsPath(setting)}/1`, { name: 'A' }))).toBe(412);
    expect(await refusalOf(setting, () => late.delete(`${columnsPath(setting)}/1`))).toBe(412);
    expect(await refusalOf(setting, () => late.post(columnsPath(setting), { name: 'A', type: 'Number' }))).toBe(412);
  });
});

describe('a column that gets another type', () => {
  const retype = (setting: Setting, body: object) => setting.manager.patch(`${columnsPath(setting)}/1`, body);

  it('keeps its values, and is the old one until all are converted; writers go on', async () => {
    const setting = await here();
    for (const Text of ['1', ' 2.5 ', '', '-7']) {
      await add(setting.caller, { Text });
    }
    const answer = await retype(setting, { type: 'Number', minimum: -10 }).expect(200);
    expect(answer.body.data).toMatchObject({ check: { rows: 4, unconvertible: 0, breaking: 0 } });
    await setting.caller.put(ITEMS, { listName, rowId: 1, data: { Text: '10' } }).expect(200);
    await add(setting.caller, { Text: '5' });
    expect(await refusalOf(setting, () => setting.caller.post(ITEMS, { listName, data: { Text: 'n/a' } }))).toBe(422);
    expect(await refusalOf(setting, () => retype(setting, { name: 'Other' }))).toBe(409);
    expect((await rowsOf(setting.caller)).map(({ Text }) => Text)).toEqual(['10', ' 2.5 ', '', '-7', '5']);
    expect(await workOnePart(setting)).toBe('more');
    await setting.caller.put(ITEMS, { listName, rowId: 2, data: { Text: '3' } }).expect(200);
    await work();
    expect(await jobState(setting, answer)).toBe('completed');
    expect((await rowsOf(setting.caller)).map(({ Text }) => Text)).toEqual([10, 3, null, -7, 5]);
    expect((await columnsOf(setting))[0]).toMatchObject({ id: 1, type: 'Number', minimum: -10 });
    expect((await slotsOf(setting)).flatMap(Object.keys)).not.toContain('s1');
  });

  it('409: nothing changes when values would be lost; with on_failure "empty" their cells are empty', async () => {
    const setting = await here();
    for (const Text of ['1', 'n/a', '1,5']) {
      await add(setting.caller, { Text });
    }
    const { error } = (await expectRefused(setting, 409, () => retype(setting, { type: 'Number' }))) as {
      error: { extra: { check: object } };
    };
    expect(error.extra.check).toMatchObject({
      unconvertible: 2,
      first: [
        { row_id: 2, value: 'n/a' },
        { row_id: 3, value: '1,5' },
      ],
    });
    await retype(setting, { type: 'Number', on_failure: 'empty' }).expect(200);
    await work();
    expect((await rowsOf(setting.caller)).map(({ Text }) => Text)).toEqual([1, null, null]);
  });

  it('stays what it was when a row turns out to hold what cannot be converted, and nothing is left behind', async () => {
    const setting = await here();
    await add(setting.caller, { Text: '1' });
    await add(setting.caller, { Text: '2' });
    const answer = await retype(setting, { type: 'Number' }).expect(200);
    // As a row that was written between the look at the rows and the change.
    const sql = "UPDATE list_row SET s1 = 'n/a' WHERE row_id = 2 AND list_no = (SELECT no FROM list WHERE id = ?)";
    await context.app.database.transaction((tx) => tx.query(sql, [setting.listId]));
    await work();
    expect(await jobState(setting, answer)).toBe('error');
    expect((await columnsOf(setting))[0]).toMatchObject({ name: 'Text', type: 'String' });
    expect((await slotsOf(setting)).flatMap(Object.keys)).toEqual(['s1', 's1']);
    await retype(setting, { type: 'Number', on_failure: 'empty' }).expect(200);
    await work();
    expect((await rowsOf(setting.caller)).map(({ Text }) => Text)).toEqual([1, null]);
  });

  it.each([
    ['Number', 'String', [1, 0.5], ['1', '0.5']],
    ['Truth', 'String', [true, false], ['true', 'false']],
    ['Truth', 'Number', [true, false], [1, 0]],
    ['Number', 'Boolean', [1, 0], [true, false]],
  ])('%s to %s: %j is %j', async (name, type, before, after) => {
    const setting = await here();
    for (const value of before) {
      await add(setting.caller, { [name]: value });
    }
    const id = COLUMNS.findIndex((column) => column.name === name) + 1;
    await setting.manager.patch(`${columnsPath(setting)}/${id}`, { type }).expect(200);
    await work();
    expect((await rowsOf(setting.caller)).map((row) => row[name])).toEqual(after);
  });

  it('goes on where another server stopped', async () => {
    const setting = await here();
    await fillRows(setting, 600);
    await retype(setting, { type: 'Number' }).expect(200);
    expect(await workOnePart(setting)).toBe('more');
    const node = await context.app.secondNode();
    await node.nest.get(JobWorker).work();
    await node.stop();
    const sql = `SELECT COUNT(*) AS count, SUM(n2) AS sum, COUNT(s1) AS old FROM list_row
      WHERE list_no = (SELECT no FROM list WHERE id = ?)`;
    const slot = JSON.parse(
      (
        await context.app.database.query<{ c: string }>('SELECT column_definitions AS c FROM list WHERE id = ?', [
          setting.listId,
        ])
      )[0].c,
    )[0].slot as string;
    const [found] = await context.app.database.query(sql.replace('n2', slot), [setting.listId]);
    expect({ ...(found as object) }).toEqual({ count: 600, sum: 180_300, old: 0 });
  });

  it('is converted also when the list was cleared, or is gone, meanwhile', async () => {
    const [cleared, gone] = [await here(), await here()];
    for (const setting of [cleared, gone]) {
      await add(setting.caller, { Text: '1' });
      await retype(setting, { type: 'Number' }).expect(200);
    }
    await cleared.caller.delete(LIST, { listName }).expect(200);
    await add(cleared.caller, { Text: '2' });
    await gone.manager.delete(`${LISTS}/${gone.listId}`).expect(202);
    await work();
    expect(await rowsOf(cleared.caller)).toEqual([{ ID: 2, Text: 2, Number: null, Truth: null }]);
  });
});

describe('a column that is dropped', () => {
  it('202: is gone at once, and a new one in its slot never shows its values', async () => {
    const setting = await here();
    await add(setting.caller, { Number: 42, Text: 'a' });
    const answer = await setting.manager.delete(`${columnsPath(setting)}/2`).expect(202);
    expect(await rowsOf(setting.caller)).toEqual([{ ID: 1, Text: 'a', Truth: null }]);
    await setting.manager.post(columnsPath(setting), { name: 'Early', type: 'Number' }).expect(201);
    await work();
    expect(await jobState(setting, answer)).toBe('completed');
    await setting.manager.post(columnsPath(setting), { name: 'Late', type: 'Number' }).expect(201);
    expect(await rowsOf(setting.caller)).toEqual([{ ID: 1, Text: 'a', Truth: null, Early: null, Late: null }]);
    expect((await slotsOf(setting)).flatMap(Object.keys)).toEqual(['s1']);
  });

  it('409: is not the last one', async () => {
    const setting = await settingWith(context.app, [COLUMNS[0]]);
    expect(await refusalOf(setting, () => setting.manager.delete(`${columnsPath(setting)}/1`))).toBe(409);
  });
});

describe('who may not change a list', () => {
  it('403: without lists-manage nothing is changed, whatever the rights on rows', async () => {
    const setting = await here();
    const other = await context.app.create.caller({ hub: setting.hub, capabilities: ['groups-manage'] });
    const columns = columnsPath(setting);
    expect(await refusalOf(setting, () => other.patch(`${LISTS}/${setting.listId}`, { name: 'A' }))).toBe(403);
    expect(await refusalOf(setting, () => other.post(columns, { name: 'A', type: 'Number' }))).toBe(403);
    expect(await refusalOf(setting, () => other.patch(`${columns}/1`, { name: 'A' }))).toBe(403);
    expect(await refusalOf(setting, () => other.delete(`${columns}/1`))).toBe(403);
  });
});

/** Rows whose Text is their id, written past the service: many. */
async function fillRows({ listId }: Setting, count: number): Promise<void> {
  await context.app.database.transaction(async (tx) => {
    for (let start = 1; start <= count; start += 500) {
      const ids = Array.from({ length: Math.min(500, count - start + 1) }, (_, index) => start + index);
      const values = ids.map(() => '((SELECT no FROM list WHERE id = ?), ?, ?)').join(', ');
      const parameters = ids.flatMap((id) => [listId, id, String(id)]);
      await tx.query(`INSERT INTO list_row (list_no, row_id, s1) VALUES ${values}`, parameters);
    }
    await tx.query('UPDATE list SET last_row_id = ?, row_count = ? WHERE id = ?', [count, count, listId]);
  });
}
