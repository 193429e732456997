import { describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { RowOrderRepository } from '../../src/modules/list/row-order.repository.js';
import { type ListTable } from '../../src/modules/list/row.repository.js';
import { useTestApp } from '../support/test-app.js';
import { type Data, IndexedList, valuesOf } from './support/indexed-list.js';

const test = useTestApp();

/** Each indexed column has a twin without an index, which holds the same. */
const COLUMNS = [
  { name: 'Text', type: 'String' as const, indexed: true },
  { name: 'PlainText', type: 'String' as const },
  { name: 'Number', type: 'Number' as const, indexed: true },
  { name: 'PlainNumber', type: 'Number' as const },
  { name: 'Truth', type: 'Boolean' as const, indexed: true },
  { name: 'PlainTruth', type: 'Boolean' as const },
];
const INDEXED = ['Text', 'Number', 'Truth'];

/** Few different ones, so that they tie, and many that differ late, by case, by blanks or by bytes only. */
const texts = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'a',
    'A',
    'a ',
    'a  ',
    'a\t',
    'ä',
    'z',
    'Z',
    '🦊',
    '\uffff',
    '\u{10ffff}',
    "it's; --",
    '\u0001',
  ),
  fc
    .tuple(
      fc.constantFrom('x'.repeat(253), 'x'.repeat(254), 'x'.repeat(255), 'ä'.repeat(127), '🦊'.repeat(63)),
      fc.constantFrom('', ' ', 'a', 'b', 'ä', '🦊', 'ab', '🦊🦊'),
    )
    .map(([start, end]) => start + end),
  fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replaceAll('\0', '')),
);
const numbers = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(
    0.1,
    1e-20,
    -0.9999999999999999,
    -0,
    1e21,
    -1e-7,
    123_456_789.123_456_79,
    1.7976931348623157e308,
    2.3e-308,
    2 ** 53,
    0.1 + 0.2,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const rows = fc
  .record({ text: fc.option(texts), number: fc.option(numbers), truth: fc.option(fc.boolean()) })
  .map(({ text, number, truth }) => twins({ Text: text, Number: number, Truth: truth }));

const twins = (row: Data): Data =>
  Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => [
      [name, value],
      [`Plain${name}`, value],
    ]),
  );

const partOf = (row: Data, names: readonly string[]): Data =>
  twins(Object.fromEntries(names.map((name) => [name, row[name]])));

type Edit =
  | { readonly kind: 'add'; readonly row: Data }
  | { readonly kind: 'addMany'; readonly rows: readonly Data[] }
  | { readonly kind: 'change'; readonly row: Data; readonly names: readonly string[]; readonly at: number }
  | { readonly kind: 'remove'; readonly at: number }
  | { readonly kind: 'removeFirst'; readonly limit: number };

const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), row: rows }),
  fc.record({ kind: fc.constant('addMany' as const), rows: fc.array(rows, { maxLength: 12 }) }),
  fc.record({
    kind: fc.constant('change' as const),
    row: rows,
    names: fc.subarray(INDEXED, { minLength: 1 }),
    at: fc.nat(),
  }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('removeFirst' as const), limit: fc.integer({ min: 1, max: 3 }) }),
);

/** Returns the ids that are left. */
async function apply(list: IndexedList, ids: readonly number[], edit: Edit): Promise<number[]> {
  switch (edit.kind) {
    case 'add':
      return [...ids, await list.add(edit.row)];
    case 'addMany':
      return [...ids, ...(await list.addMany(edit.rows))];
    case 'removeFirst':
      return ids.slice(await list.removeFirst(edit.limit));
    case 'change':
    case 'remove': {
      const rowId = ids[edit.at % Math.max(1, ids.length)];
      if (rowId === undefined) {
        return [...ids];
      }
      if (edit.kind === 'change') {
        await list.change(rowId, partOf(edit.row, edit.names));
        return [...ids];
      }
      await list.remove(rowId);
      return ids.filter((id) => id !== rowId);
    }
  }
}

async function sorted(list: IndexedList, name: string, descending: boolean, skip = 0, take = 1000): Promise<number[]> {
  const order = test.app.nest.get(RowOrderRepository);
  const column = await list.column(name);
  return order.sortedIds(await list.table(), column, { column, descending, skip, take });
}

describe('the entries of indexed columns', () => {
  it('are those of the rows after any edits, and sort as the rows themselves do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edits, { minLength: 1, maxLength: 12 }), fc.nat(20), async (all, skip) => {
        const list = await IndexedList.make(test.app, COLUMNS);
        let ids: number[] = [];
        for (const edit of all) {
          ids = await apply(list, ids, edit);
        }
        await list.expectEntries(INDEXED);
        for (const name of INDEXED) {
          const ascending = await sorted(list, `Plain${name}`, false);
          expect(ascending.toSorted((a, b) => a - b)).toEqual(ids);
          expect(await sorted(list, name, false)).toEqual(ascending);
          expect(await sorted(list, name, true)).toEqual(ascending.toReversed());
          expect(await sorted(list, `Plain${name}`, true)).toEqual(ascending.toReversed());
          expect(await sorted(list, name, true, skip, 3)).toEqual(ascending.toReversed().slice(skip, skip + 3));
        }
      }),
      { numRuns: 40 },
    );
  }, 240_000);

  it('order text by the bytes of its UTF-8, the first 255 of them, and then by id', async () => {
    const list = await IndexedList.make(test.app, COLUMNS);
    const start = 'x'.repeat(254);
    const values = [
      '',
      null,
      '🦊',
      '\uffff',
      'B',
      'a ',
      'a',
      `${start}zb`,
      `${start}za`,
      `${start}ä`,
      `${start}y`,
      'b',
    ];
    await list.addMany(values.map((Text) => twins({ Text })));
    for (const name of ['Text', 'PlainText']) {
      const order = await sorted(list, name, false);
      expect(order).toEqual([2, 1, 5, 7, 6, 12, 11, 8, 9, 10, 4, 3]);
      expect(await sorted(list, name, true)).toEqual(order.toReversed());
    }
  });

  it('are found from the nearer end of a long list', async () => {
    const list = await IndexedList.make(test.app, COLUMNS);
    const count = 2600;
    await list.addMany(Array.from({ length: count }, (_, index) => twins({ Number: (index * 7919) % 1000 })));
    const ascending = await sorted(list, 'PlainNumber', false, 0, count);
    for (const name of ['Number', 'PlainNumber']) {
      for (const skip of [0, 1000, 1001, 1300, 1301, 2000, 2590, 2599, 2600, 3000]) {
        expect(await sorted(list, name, false, skip, 20)).toEqual(ascending.slice(skip, skip + 20));
        expect(await sorted(list, name, true, skip, 20)).toEqual(ascending.toReversed().slice(skip, skip + 20));
      }
    }
  });

  it('are not written for lists without indexed columns, and cost their writers no statement', async () => {
    const plain = await IndexedList.make(
      test.app,
      COLUMNS.map(({ name, type }) => ({ name, type })),
    );
    const counted = (work: (...of: Parameters<Parameters<typeof plain.write>[0]>) => Promise<unknown>) =>
      plain.write(async (writes, tx, table) => {
        const sent = vi.spyOn(tx, 'query');
        await work(writes, tx, table);
        const count = sent.mock.calls.length;
        sent.mockRestore();
        return count;
      });
    const row = twins({ Text: 'a', Number: 1, Truth: true });
    await plain.add(row);
    expect(await counted((writes, tx, table) => writes.insert(tx, table, valuesOf(table, row)))).toBe(2);
    const three = Array(3).fill(row) as Data[];
    const many = (table: ListTable) => three.map((one) => valuesOf(table, one));
    expect(await counted((writes, tx, table) => writes.insertMany(tx, table, many(table)))).toBe(2);
    expect(await counted((writes, tx, table) => writes.update(tx, table, 1, valuesOf(table, row)))).toBe(1);
    expect(await counted((writes, tx, table) => writes.remove(tx, table, 1))).toBe(3);
    await plain.expectEntries([]);
  });

  it('of columns that a change does not name stay as they are', async () => {
    const list = await IndexedList.make(test.app, COLUMNS);
    await list.add(twins({ Text: 'a', Number: 1, Truth: true }));
    const before = await list.entries('list_index_number');
    await list.change(1, { Text: 'b' });
    expect(await list.entries('list_index_number')).toEqual(before);
    await list.expectEntries(INDEXED);
  });

  it('of one list are not those of another', async () => {
    const [one, other] = [await IndexedList.make(test.app, COLUMNS), await IndexedList.make(test.app, COLUMNS)];
    await other.addMany([twins({ Text: 'a', Number: 1 }), twins({ Text: 'b', Number: 2 })]);
    await one.addMany([twins({ Text: 'a', Number: 1 }), twins({ Text: 'b', Number: 2 })]);
    await one.remove(1);
    await one.removeFirst(5);
    await one.expectEntries(INDEXED);
    await other.expectEntries(INDEXED);
    expect(await sorted(one, 'Number', false)).toEqual([]);
    expect(await sorted(other, 'Number', true)).toEqual([2, 1]);
  });
});
