import { afterEach, describe, expect, it, vi } from 'vitest';
import { JobWorker } from '../../src/modules/job/index.js';
import { RowChecker } from '../../src/modules/list/row-checker.js';
import { LIST_COLUMN_JOB, SlotWorker } from '../../src/modules/list/slot-worker.js';
import { useTestApp } from '../support/test-app.js';
import {
  add,
  columnsOf,
  expectRefused,
  ITEMS,
  jobState,
  LISTS,
  listName,
  refusalOf,
  rowsOf,
  type Setting,
  settingWith,
} from './support.js';

const context = useTestApp();
const COLUMNS = [
  { name: 'Text', type: 'String' },
  { name: 'Number', type: 'Number' },
];

afterEach(() => vi.restoreAllMocks());

const here = () => settingWith(context.app, COLUMNS);
const work = () => context.app.nest.get(JobWorker).work();
const put = ({ caller }: Setting, rowId: number, data: object) => caller.put(ITEMS, { listName, rowId, data });
const post = ({ caller }: Setting, data: object) => caller.post(ITEMS, { listName, data });
const patch = ({ manager, listId }: Setting, column: number, body: object) =>
  manager.patch(`${LISTS}/${listId}/columns/${column}`, body);

/** One part of what is queued for this list, as the worker does it. */
async function workOnePart({ hub, listId }: Setting): Promise<'more' | 'done'> {
  const sql = "SELECT id FROM job WHERE component_id = ? AND state IN ('queued', 'running') ORDER BY id";
  const [{ id }] = await context.app.database.query<{ id: string }>(sql, [listId]);
  return context.app.nest.get(SlotWorker).work({ id, hubId: hub.id, action: LIST_COLUMN_JOB, componentId: listId });
}

/** Somebody writes after the rows were looked at, and before the column is changed. */
function writeAfterLook(write: () => PromiseLike<unknown>): void {
  const checker = context.app.nest.get(RowChecker);
  const look = checker.check.bind(checker);
  vi.spyOn(checker, 'check').mockImplementationOnce(async (...about) => {
    const found = await look(...about);
    await write();
    return found;
  });
}

describe('while a column gets another type with rules', () => {
  async function staged(setting: Setting, body: object = {}) {
    for (const Text of ['1', '2', '3']) {
      await add(setting.caller, { Text });
    }
    return patch(setting, 1, { type: 'Number', minimum: 0, required: true, ...body }).expect(200);
  }

  it.each(['before', 'behind'])('422: a value that breaks its new rules, %s the place of the work', async (where) => {
    const setting = await here();
    const answer = await staged(setting);
    if (where === 'behind') {
      await workOnePart(setting);
    }
    const body = await expectRefused(setting, 422, () => put(setting, 2, { text: '-1' }));
    expect(body).toMatchObject({ source: '/data/Text', extra: { rule: 'minimum' } });
    expect(await refusalOf(setting, () => put(setting, 2, { Text: null }))).toBe(422);
    expect(await refusalOf(setting, () => put(setting, 2, { Text: ' ' }))).toBe(422);
    expect(await refusalOf(setting, () => post(setting, { Text: '-1' }))).toBe(422);
    await put(setting, 2, { Text: '7' }).expect(200);
    await put(setting, 2, { Number: -1 }).expect(200);

    await work();

    expect(await jobState(setting, answer)).toBe('completed');
    expect((await rowsOf(setting.caller)).map(({ Text }) => Text)).toEqual([1, 7, 3]);
  });

  it('422: a new row that leaves out what is required, although the column will have a default: it has none yet', async () => {
    const setting = await here();
    await staged(setting, { default: 5 });
    expect(await refusalOf(setting, () => post(setting, { Number: 1 }))).toBe(422);
    await work();
    await post(setting, { Number: 1 }).expect(200);
    expect((await rowsOf(setting.caller)).map(({ Text }) => Text)).toEqual([1, 2, 3, 5]);
  });

  it('422: a value that cannot be converted and so would be empty, where none may be', async () => {
    const setting = await here();
    await staged(setting, { on_failure: 'empty' });
    expect(await refusalOf(setting, () => put(setting, 1, { Text: 'n/a' }))).toBe(422);
  });

  it('ends with an error when a row slipped in that breaks a rule: the column and its values are as they were', async () => {
    const setting = await here();
    await add(setting.caller, { Text: '1' });
    writeAfterLook(() => add(setting.caller, { Text: '-2' }));
    const answer = await patch(setting, 1, { type: 'Number', minimum: 0 }).expect(200);
    await work();
    expect(await jobState(setting, answer)).toBe('error');
    expect((await columnsOf(setting))[0]).toMatchObject({ type: 'String' });
    expect((await rowsOf(setting.caller)).map(({ Text }) => Text)).toEqual(['1', '-2']);
    await post(setting, { Text: 'anything' }).expect(200);
  });

  it('completes with force: rows that are there may break a rule, what is written may not', async () => {
    const setting = await here();
    await add(setting.caller, { Text: '-9' });
    const answer = await staged(setting, { force: true });
    expect(await refusalOf(setting, () => put(setting, 1, { Text: '-8' }))).toBe(422);
    await put(setting, 1, { Number: 4 }).expect(200);
    await work();
    expect(await jobState(setting, answer)).toBe('completed');
    expect((await rowsOf(setting.caller)).map(({ Text }) => Text)).toEqual([-9, 1, 2, 3]);
  });
});

describe('a column that gets other rules', () => {
  it('has them at once when nobody wrote since the rows were looked at', async () => {
    const setting = await here();
    await add(setting.caller, { Number: 1 });
    const { body } = await patch(setting, 2, { minimum: 0 }).expect(200);
    expect(body.data).toMatchObject({ check: { rows: 1 }, job: null, list: expect.anything() });
    expect((await columnsOf(setting))[1]).toMatchObject({ minimum: 0 });
  });

  it('has them when a job has seen what was written meanwhile; they hold for writers before', async () => {
    const setting = await here();
    await add(setting.caller, { Number: 1 });
    writeAfterLook(() => add(setting.caller, { Number: 2 }));
    const answer = await patch(setting, 2, { minimum: 0, name: 'Amount', indexed: true }).expect(200);
    expect((await columnsOf(setting))[1]).not.toHaveProperty('minimum', 0);
    expect(await refusalOf(setting, () => put(setting, 1, { Number: -1 }))).toBe(422);
    expect(await refusalOf(setting, () => post(setting, { Number: -1 }))).toBe(422);
    expect(await refusalOf(setting, () => patch(setting, 2, { minimum: null }))).toBe(409);
    await put(setting, 1, { Number: 5 }).expect(200);
    await post(setting, { Text: 'without' }).expect(200);
    await work();
    expect(await jobState(setting, answer)).toBe('completed');
    expect((await columnsOf(setting))[1]).toMatchObject({ name: 'Amount', minimum: 0, indexed: true });
    expect((await rowsOf(setting.caller)).map(({ Amount }) => Amount)).toEqual([5, 2, null]);
    const [list] = await context.app.database.query<{ column_definitions: string; slot_work: string }>(
      'SELECT column_definitions, slot_work FROM list WHERE id = ?',
      [setting.listId],
    );
    expect(JSON.parse(list.slot_work)).toEqual([]);
    expect(list.column_definitions).toContain('"state":"ready"');
  });

  it('has them not when what was written meanwhile breaks one: the row stays, and the job tells of it', async () => {
    const setting = await here();
    await add(setting.caller, { Number: 1 });
    writeAfterLook(() => put(setting, 1, { Number: -3 }).expect(200));
    const answer = await patch(setting, 2, { minimum: 0 }).expect(200);
    await work();
    expect(await jobState(setting, answer)).toBe('error');
    expect((await columnsOf(setting))[1]).not.toHaveProperty('minimum', 0);
    expect((await rowsOf(setting.caller)).map((row) => row['Number'])).toEqual([-3]);
    await put(setting, 1, { Number: -4 }).expect(200);
    await patch(setting, 2, { minimum: -4 }).expect(200);
    expect((await columnsOf(setting))[1]).toMatchObject({ minimum: -4 });
  });

  it('has them at once with force, whoever wrote', async () => {
    const setting = await here();
    await add(setting.caller, { Number: 1 });
    writeAfterLook(() => add(setting.caller, { Number: -2 }));
    const { body } = await patch(setting, 2, { minimum: 0, force: true }).expect(200);
    expect(body.data.job).toBeNull();
    expect((await columnsOf(setting))[1]).toMatchObject({ minimum: 0 });
  });
});

describe('whatever writers do between the parts of the work', () => {
  it.each(['type', 'rules'])('no row breaks a rule once the list shows it: another %s', async (what) => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const setting = await here();
    const name = what === 'type' ? 'Text' : 'Number';
    const value = (number: number) => ({ [name]: what === 'type' ? String(number) : number });
    for (let count = 0; count < 150; count += 1) {
      await add(setting.caller, value(count));
    }
    writeAfterLook(() => add(setting.caller, value(1)));
    const rules = { minimum: 0, maximum: 1000, required: true };
    const answer = await patch(
      setting,
      what === 'type' ? 1 : 2,
      what === 'type' ? { type: 'Number', ...rules } : rules,
    );
    expect(answer.status).toBe(200);
    const statuses = new Set<number>();
    for (let more = true; more;) {
      for (let count = 0; count < 8; count += 1) {
        const written = random(5) === 0 ? { [name]: null } : value(random(2400) - 1200);
        const { status } = await (random(3) === 0 ? post(setting, written) : put(setting, 1 + random(150), written));
        statuses.add(status);
      }
      more =
        (await workOnePart(setting)) === 'more' && (await columnsOf(setting))[what === 'type' ? 0 : 1]['minimum'] !== 0;
    }
    expect(statuses).toEqual(new Set([200, 422]));
    await work();
    expect(await jobState(setting, answer)).toBe('completed');
    const values = (await rowsOf(setting.caller)).map((row) => row[name] as number);
    expect(values.filter((one) => typeof one !== 'number' || one < 0 || one > 1000)).toEqual([]);
  });
});
