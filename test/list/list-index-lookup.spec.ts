import { beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { type IndexCondition, indexLookup, type IndexValue } from '../../src/modules/list/index-lookup.js';
import { useTestApp } from '../support/test-app.js';
import { IndexedList, there } from './support/indexed-list.js';

const test = useTestApp();

const TEXTS = ['', ' ', 'a', 'A', 'a ', 'ab', 'b', 'ä', '🦊', '🦊a', '\uffff', '\u{10ffff}'].concat(
  [253, 254, 255, 256].flatMap((length) => ['', 'a', 'ä', 'b'].map((end) => 'x'.repeat(length) + end)),
);
const NUMBERS = [
  0,
  -1,
  -0.9999999999999999,
  1e-20,
  1,
  0.1,
  0.1 + 0.2,
  0.3,
  1e21,
  -1e-7,
  2 ** 53,
  1.7976931348623157e308,
];

let list: IndexedList;

beforeAll(async () => {
  list = await IndexedList.make(test.app, [
    { name: 'Text', type: 'String', indexed: true },
    { name: 'Number', type: 'Number', indexed: true },
    { name: 'Truth', type: 'Boolean', indexed: true },
  ]);
  const rows = [...TEXTS, ...TEXTS, null].map((Text, index) => ({
    Text,
    Number: NUMBERS[index % (NUMBERS.length + 1)] ?? null,
    Truth: [true, false, null][index % 3],
  }));
  await list.addMany(rows);
}, 60_000);

const bytes = (value: IndexValue): Buffer => Buffer.from(String(value));

/** What the condition means, of a single cell. */
function holds(condition: IndexCondition, cell: IndexValue | null): boolean {
  const compare = (other: IndexValue): number =>
    typeof cell === 'string' ? Buffer.compare(bytes(cell), bytes(other)) : Number(cell) - Number(other);
  if (condition.operator === 'is null' || cell === null) {
    return condition.operator === 'is null' && cell === null;
  }
  switch (condition.operator) {
    case 'is not null':
      return true;
    case 'in':
      return condition.values.some((value) => compare(value) === 0);
    case 'between':
      return compare(condition.from) >= 0 && compare(condition.to) <= 0;
    case 'starts-with':
      return String(cell).startsWith(condition.value);
    case '=':
      return compare(condition.value) === 0;
    case '<':
      return compare(condition.value) < 0;
    case '<=':
      return compare(condition.value) <= 0;
    case '>':
      return compare(condition.value) > 0;
    case '>=':
      return compare(condition.value) >= 0;
  }
}

function conditions(values: fc.Arbitrary<IndexValue>): fc.Arbitrary<IndexCondition> {
  const comparison = fc.constantFrom('=' as const, '<' as const, '<=' as const, '>' as const, '>=' as const);
  return fc.oneof(
    fc.record({ operator: comparison, value: values }),
    fc.record({ operator: fc.constant('between' as const), from: values, to: values }),
    fc.record({ operator: fc.constant('in' as const), values: fc.array(values, { maxLength: 4 }) }),
    fc.record({ operator: fc.constantFrom('is null' as const, 'is not null' as const) }),
  );
}

const beginnings = fc.record({
  operator: fc.constant('starts-with' as const),
  value: fc.constantFrom(...TEXTS, 'x', 'x'.repeat(200)),
});

const asked = fc.oneof(
  fc.tuple(fc.constant('Text'), fc.oneof(conditions(fc.constantFrom<IndexValue>(...TEXTS)), beginnings)),
  fc.tuple(fc.constant('Number'), conditions(fc.constantFrom<IndexValue>(...NUMBERS))),
  fc.tuple(fc.constant('Truth'), conditions(fc.boolean())),
);

async function cells(name: string): Promise<Map<number, IndexValue | null>> {
  const { slot, type } = await list.column(name);
  const sql = `SELECT row_id, ${slot} AS cell FROM list_row WHERE list_no = (SELECT no FROM list WHERE id = ?)`;
  const rows = await test.app.database.query<{ row_id: number; cell: IndexValue | null }>(sql, [list.id]);
  const typed = (cell: IndexValue | null) => (type === 'Boolean' && cell !== null ? cell !== 0 : cell);
  return new Map(rows.map(({ row_id, cell }) => [row_id, typed(cell)]));
}

describe('the rows that an index finds', () => {
  it('are those that fulfil the condition, and more only where it says so', async () => {
    const all = new Map(
      await Promise.all(['Text', 'Number', 'Truth'].map(async (name) => [name, await cells(name)] as const)),
    );
    const columns = new Map(
      await Promise.all([...all.keys()].map(async (name) => [name, await list.column(name)] as const)),
    );
    await fc.assert(
      fc.asyncProperty(asked, async ([name, condition]) => {
        const lookup = there(indexLookup({ hubId: list.hub.id, id: list.id }, there(columns.get(name)), condition));
        const sql =
          `SELECT row_id FROM list_row WHERE list_no = (SELECT no FROM list WHERE id = ?) AND row_id IN (${lookup.sql}) ` +
          'ORDER BY row_id';
        const found = await test.app.database.query<{ row_id: number }>(sql, [list.id, ...lookup.parameters]);
        const ids = found.map(({ row_id }) => row_id);
        const expected = [...there(all.get(name))].filter(([, cell]) => holds(condition, cell)).map(([id]) => id);
        expect(ids).toEqual(expect.arrayContaining(expected));
        expect(lookup.exact ? ids : expected).toEqual(expected);
        const again = ids.filter((id) => holds(condition, there(all.get(name)).get(id) ?? null));
        expect(again.sort((a, b) => a - b)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  }, 120_000);

  it('are none of a list of another hub', async () => {
    const stranger = await test.app.create.hub();
    const column = await list.column('Truth');
    const lookup = there(indexLookup({ hubId: stranger.id, id: list.id }, column, { operator: 'is not null' }));
    expect(await test.app.database.query(lookup.sql, lookup.parameters)).toEqual([]);
  });
});
