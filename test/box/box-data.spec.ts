import { describe, expect, it } from '@jest/globals';
import { useBoxes } from '../support/box-simulator.js';
import { type Json } from '../support/management.js';
import { BOX, operator, problemOf } from './support.js';

const boxes = useBoxes();
const VARIABLES = `${BOX}/variables`;
const LISTS = `${BOX}/lists`;

async function running() {
  const hub = await boxes.hub();
  const box = await boxes.box(hub);
  return { hub, box, caller: await operator(boxes, hub) };
}

describe('the variables of a box', () => {
  it('are read, and changed by name without case', async () => {
    const { box, caller } = await running();

    const { body } = await caller.get(`${VARIABLES}?boxId=${box.boxId}`).expect(200);
    expect(body).toEqual([
      { name: 'Counter', value: 12, type: 'Number' },
      { name: 'Message', value: 'Welcome', type: 'String' },
      { name: 'Running', value: false, type: 'Boolean' },
    ]);
    for (const [name, value] of [
      ['counter', -0.5],
      ['Message', "'; DROP TABLE box; -- 🦊"],
      ['RUNNING', true],
    ] as const) {
      expect((await caller.put(VARIABLES, { boxId: box.boxId, name, value }).expect(200)).body).toEqual({
        state: 'Success',
      });
    }

    const after = (await caller.get(`${VARIABLES}?boxId=${box.boxId}`).expect(200)).body as Json[];
    expect(after.map(({ value }) => value)).toEqual([-0.5, "'; DROP TABLE box; -- 🦊", true]);
  });

  it.each<[object, number, string | undefined]>([
    [{ name: 'Speed', value: 1 }, 404, undefined],
    [{ name: '..', value: 1 }, 404, undefined],
    [{ name: 'Counter', value: '1' }, 422, '/value'],
    [{ name: 'Running', value: 1 }, 422, '/value'],
    [{ name: 'Message', value: null }, 422, '/value'],
    [{ name: 'Message', value: 'x'.repeat(10_001) }, 422, '/value'],
    [{ name: 'Counter' }, 422, '/value'],
  ])('are not changed by %j: %d at %s', async (input, status, source) => {
    const { box, caller } = await running();
    const before = box.machine.application.variables;

    const answer = await caller.put(VARIABLES, { boxId: box.boxId, ...input }).expect(status);

    expect(problemOf(answer).source).toBe(source);
    expect(box.machine.application.variables).toEqual(before);
  });
});

describe('the lists of a box', () => {
  const row = (id: number, product: string, quantity: number | null, done: boolean | null) => [
    { column: 'ID', value: id },
    { column: 'Product', value: product },
    { column: 'Quantity', value: quantity },
    { column: 'Done', value: done },
  ];

  it('are named, and read as those of the hub', async () => {
    const { box, caller } = await running();

    expect((await caller.get(`${LISTS}?boxId=${box.boxId}`).expect(200)).body).toEqual([{ id: 1, name: 'Orders' }]);
    expect((await caller.get(`${LISTS}?boxId=${box.boxId}&Name=orders`).expect(200)).body).toEqual({
      columns: [
        { name: 'ID', elementName: 'ID', type: 'Number' },
        { name: 'Product', elementName: 'Product', type: 'String' },
        { name: 'Quantity', elementName: 'Quantity', type: 'Number' },
        { name: 'Done', elementName: 'Done', type: 'Boolean' },
      ],
      items: [row(1, 'A-4711', 12, false), row(2, 'B-1001', 250.5, true)],
    });
    const page = await caller.get(`${LISTS}?boxId=${box.boxId}&Name=Orders&SkipRows=1&MaxRows=1`).expect(200);
    expect((page.body as { items: unknown[] }).items).toEqual([row(2, 'B-1001', 250.5, true)]);
  });

  it('take rows, changes and deletions, and each is counted for the key', async () => {
    const { box, caller } = await running();
    const target = { boxId: box.boxId, listName: 'Orders' };

    const { body } = await caller.post(LISTS, { ...target, data: { Product: "O'Neil; 🦊", Quantity: 1 } }).expect(200);
    expect(body).toEqual({ addedItem: row(3, "O'Neil; 🦊", 1, null) });
    expect((await caller.put(LISTS, { ...target, rowId: 3, data: { Done: true } }).expect(200)).body).toEqual({
      state: 'Success',
    });
    await caller.delete(LISTS, { ...target, rowId: 1 }).expect(200);

    const after = await caller.get(`${LISTS}?boxId=${box.boxId}&Name=Orders`).expect(200);
    expect((after.body as { items: unknown[] }).items).toEqual([
      row(2, 'B-1001', 250.5, true),
      row(3, "O'Neil; 🦊", 1, true),
    ]);
    const sql = 'SELECT runs, changes FROM box_write_count WHERE box_id = ?';
    expect(await boxes.app.database.query(sql, [box.id])).toEqual([{ runs: 0, changes: 3 }]);
  });

  it.each<['post' | 'put' | 'delete', object, number, string | undefined]>([
    ['post', { listName: 'Nothing', data: { a: 1 } }, 404, undefined],
    ['post', { listName: '..', data: { a: 1 } }, 404, undefined],
    ['post', { data: { Colour: 1 } }, 422, '/data'],
    ['post', { data: { Quantity: 'many' } }, 422, '/data'],
    ['post', { data: {} }, 422, '/data'],
    ['post', { data: [1] }, 422, '/data'],
    ['post', { data: { Quantity: { a: 1 } } }, 422, '/data'],
    ['post', { data: { constructor: 1 } }, 422, '/data/constructor'],
    ['post', {}, 422, '/data'],
    ['put', { rowId: 9, data: { Quantity: 1 } }, 404, undefined],
    ['put', { rowId: 0, data: { Quantity: 1 } }, 422, '/rowId'],
    ['put', { rowId: '1', data: { Quantity: 1 } }, 422, '/rowId'],
    ['delete', { rowId: 9 }, 404, undefined],
    ['delete', { rowId: 1.5 }, 422, '/rowId'],
  ])('%s %j is refused: %d at %s, and the list is as before', async (verb, input, status, source) => {
    const { box, caller } = await running();
    const before = box.machine.application.readList('Orders', 0, 100);

    const answer = await caller[verb](LISTS, { boxId: box.boxId, listName: 'Orders', ...input }).expect(status);

    expect(problemOf(answer).source).toBe(source);
    expect(box.machine.application.readList('Orders', 0, 100)).toEqual(before);
  });
});

describe('GET /public-api/v1/box/screenshot', () => {
  it('200: is text, the base64 of the PNG that the box shows', async () => {
    const { box, caller } = await running();

    const answer = await caller.get(`${BOX}/screenshot?boxId=${box.boxId}`).expect(200);

    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.text).toMatch(/^iVBORw0KGgo/);
    expect(Buffer.from(answer.text, 'base64')).toEqual(box.machine.application.screenshot);
  });
});

describe('the query', () => {
  it.each([
    ['functions', '/query/boxId'],
    ['functions?boxId=', '/query/boxId'],
    ['functions?boxId=PB1&boxid=PB2', '/query/boxId'],
    [`screenshot?boxId=${'x'.repeat(65)}`, '/query/boxId'],
    ['variables?boxId=PB1&x=1', '/query/x'],
    ['lists?boxId=PB1&MaxRows=0', '/query/MaxRows'],
  ])('422: %s at %s', async (path, source) => {
    const { caller } = await running();

    expect(problemOf(await caller.get(`${BOX}/${path}`).expect(422)).source).toBe(source);
  });
});
