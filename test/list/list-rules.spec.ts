import { describe, expect, it } from 'vitest';
import { useTestApp } from '../support/test-app.js';
import { add, columnsOf, ITEMS, LISTS, listName, expectRefused, refusalOf, rowsOf, settingWith } from './support.js';

const context = useTestApp();

const COLUMNS = [
  { name: 'Code', type: 'String', required: true, pattern: '[A-Z]-\\d+' },
  { name: 'Unit', type: 'String', allowed_values: ['kg', "O'Neil; DROP", '🦊'], default: 'kg' },
  { name: 'Quantity', type: 'Number', minimum: 0, maximum: 10.5 },
  { name: 'Level', type: 'Number', allowed_values: [1, 2], default: 1 },
  { name: 'Open', type: 'Boolean', required: true, default: false },
];
const here = () => settingWith(context.app, COLUMNS);

describe('the rules of columns', () => {
  it('are shown with the list', async () => {
    expect((await columnsOf(await here()))[0]).toEqual({
      id: 1,
      name: 'Code',
      type: 'String',
      indexed: false,
      required: true,
      allowed_values: null,
      pattern: '[A-Z]-\\d+',
      minimum: null,
      maximum: null,
      default: null,
    });
  });

  it('let rows in that keep them; columns left out get their default, null stays null', async () => {
    const { caller } = await here();
    await add(caller, { Code: 'A-1' });
    await add(caller, { Code: 'B-22', Unit: null, Quantity: 10.5, Level: 2, Open: true });
    await caller.put(ITEMS, { listName, rowId: 1, data: { Unit: "O'Neil; DROP", Quantity: 0 } }).expect(200);
    expect(await rowsOf(caller)).toEqual([
      { ID: 1, Code: 'A-1', Unit: "O'Neil; DROP", Quantity: 0, Level: 1, Open: false },
      { ID: 2, Code: 'B-22', Unit: null, Quantity: 10.5, Level: 2, Open: true },
    ]);
  });

  const broken: [string, string, string][] = [
    ['{"Code":null}', '/data/Code', 'required'],
    ['{"code":""}', '/data/code', 'required'],
    ['{"Code":"a-1"}', '/data/Code', 'pattern'],
    ['{"Code":"A-1 "}', '/data/Code', 'pattern'],
    [`{"Code":"A-${'1'.repeat(1000)}"}`, '/data/Code', 'pattern'],
    ['{"Code":"A-1","Unit":"KG"}', '/data/Unit', 'allowed_values'],
    ['{"Code":"A-1","Unit":"kg; --"}', '/data/Unit', 'allowed_values'],
    ['{"Code":"A-1","Quantity":-0.001}', '/data/Quantity', 'minimum'],
    ['{"Code":"A-1","Quantity":10.6}', '/data/Quantity', 'maximum'],
    ['{"Code":"A-1","Level":3}', '/data/Level', 'allowed_values'],
    ['{"Code":"A-1","Open":null}', '/data/Open', 'required'],
  ];

  it.each(broken)('422: a new row %s is refused at its cell', async (data, source, rule) => {
    const setting = await here();
    const refused = await expectRefused(setting, 422, () =>
      setting.caller.post(ITEMS, `{"listName":"${listName}","data":${data}}`),
    );
    expect(refused).toMatchObject({ source, extra: { rule }, detail: expect.stringMatching(/takes|must have/) });
  });

  it.each(broken)('422: a change to %s is refused at its cell', async (data, source, rule) => {
    const setting = await here();
    await add(setting.caller, { Code: 'Z-1' });
    const refused = await expectRefused(setting, 422, () =>
      setting.caller.put(ITEMS, `{"listName":"${listName}","rowId":1,"data":${data}}`),
    );
    expect(refused).toMatchObject({ source, extra: { rule } });
  });

  it('422: a required column without a default cannot be left out of a new row', async () => {
    const setting = await here();
    const refused = await expectRefused(setting, 422, () => setting.caller.post(ITEMS, { listName, data: {} }));
    expect(refused).toMatchObject({ source: '/data/Code', extra: { rule: 'required' } });
  });

  it.each([
    ['{"Code":7}', '/data/Code'],
    ['{"Code":"A-1","Quantity":"1"}', '/data/Quantity'],
    ['{"Code":"A-1","Quantity":1e999}', '/data/Quantity'],
    ['{"Code":"A-1","Open":"true"}', '/data/Open'],
    ['{"Code":"A-1","Nothing":1}', '/data/Nothing'],
  ])('422: types come before rules: %s', async (data, source) => {
    const setting = await here();
    const refused = await expectRefused(setting, 422, () =>
      setting.caller.post(ITEMS, `{"listName":"${listName}","data":${data}}`),
    );
    expect(refused.source).toBe(source);
  });

  it('400: NaN is no JSON', async () => {
    const setting = await here();
    expect(
      await refusalOf(setting, () => setting.caller.post(ITEMS, `{"listName":"${listName}","data":{"Quantity":NaN}}`)),
    ).toBe(400);
  });
});

describe('a column with rules that cannot be', () => {
  it.each([
    [{ type: 'Number', pattern: 'a' }, 'pattern'],
    [{ type: 'Boolean', allowed_values: [1] }, 'allowed_values'],
    [{ type: 'String', minimum: 1 }, 'minimum'],
    [{ type: 'Boolean', maximum: 1 }, 'maximum'],
    [{ type: 'String', pattern: '(' }, 'pattern'],
    [{ type: 'String', pattern: '(?=a)' }, 'pattern'],
    [{ type: 'String', pattern: '' }, 'pattern'],
    [{ type: 'String', pattern: 'a'.repeat(1001) }, 'pattern'],
    [{ type: 'String', pattern: ['a'] }, 'pattern'],
    [{ type: 'String', allowed_values: [] }, 'allowed_values'],
    [{ type: 'String', allowed_values: [1] }, 'allowed_values'],
    [{ type: 'String', allowed_values: ['a', 'a'] }, 'allowed_values'],
    [{ type: 'String', allowed_values: ['a'.repeat(201)] }, 'allowed_values'],
    [{ type: 'String', allowed_values: ['\ud800'] }, 'allowed_values'],
    [{ type: 'Number', allowed_values: ['1'] }, 'allowed_values'],
    [{ type: 'Number', allowed_values: Array.from({ length: 1001 }, (_, index) => index) }, 'allowed_values'],
    [{ type: 'Number', allowed_values: 'abc' }, 'allowed_values'],
    [{ type: 'Number', minimum: 2, maximum: 1 }, 'maximum'],
    [{ type: 'Number', minimum: '1' }, 'minimum'],
    [{ type: 'Number', default: '1' }, 'default'],
    [{ type: 'Number', minimum: 2, default: 1 }, 'default'],
    [{ type: 'String', pattern: 'a', default: 'b' }, 'default'],
    [{ type: 'String', required: true, default: '' }, 'default'],
    [{ type: 'Boolean', default: 1 }, 'default'],
    [{ type: 'Boolean', default: {} }, 'default'],
    [{ type: 'String', required: 'yes' }, 'required'],
  ])('422: %j', async (rules, rule) => {
    const { manager } = await here();
    const { body } = await manager.post(LISTS, { name: 'Bad', columns: [{ name: 'A', ...rules }] }).expect(422);
    expect(body.error.source).toBe(`/columns/0/${rule}`);
    expect((await manager.get(LISTS).expect(200)).body.data).toHaveLength(1);
  });

  it('422: columns that are too much to read with each row', async () => {
    const { manager } = await here();
    const allowed = Array.from({ length: 1000 }, (_, index) => String(index).padStart(200, 'x'));
    const columns = [{ name: 'A', type: 'String', allowed_values: allowed }];
    const { body } = await manager.post(LISTS, { name: 'Bad', columns }).expect(422);
    expect(body.error).toMatchObject({ code: '422.max-exceeded', source: '/columns' });
  });
});
