import { describe, expect, it } from 'vitest';
import { useTestApp } from '../support/test-app.js';
import { post, rowsOf, STOCK_ROWS, stockHub } from './support.js';

const context = useTestApp();
const stock = () => stockHub(context.app);

describe('POST /public-api/v1/lists/list', () => {
  it('200: answers the table object; what was worked out has no type, columns keep theirs and their stored names', async () => {
    const { reader } = await stock();
    const sql = 'select count(*) as Counter, locked from stockinfo group by locked';
    const { body, headers } = await post(reader, sql).expect(200);
    expect(body).toEqual({
      columns: [
        { name: 'Counter', elementName: 'Counter', type: null },
        { name: 'Locked', elementName: 'Locked', type: 'Boolean' },
      ],
      items: [
        [
          { column: 'Counter', value: 1 },
          { column: 'Locked', value: null },
        ],
        [
          { column: 'Counter', value: 2 },
          { column: 'Locked', value: false },
        ],
        [
          { column: 'Counter', value: 2 },
          { column: 'Locked', value: true },
        ],
      ],
    });
    expect(headers['x-more-rows']).toBe('false');
  });

  it('200: answers every column for *, ID first, in the order of the IDs', async () => {
    const { reader } = await stock();
    expect(await rowsOf(reader, 'SELECT * FROM StockInfo')).toEqual(
      STOCK_ROWS.map((row, index) => [index + 1, ...row]),
    );
    expect(await rowsOf(reader, 'select s.*, s.ID from [stockinfo] as s where id = 2')).toEqual([
      [2, 'B', -2.5, false, 2],
    ]);
  });

  const cases: readonly (readonly [string, readonly (readonly unknown[])[]])[] = [
    ['select MaterialNo from StockInfo where Quantity > 1 and not Locked = 1', []],
    ["select MaterialNo from StockInfo where MaterialNo = 'A'", [['A']]],
    ["select ID from StockInfo where MaterialNo <> 'A' order by ID desc", [[4], [3], [2]]],
    ["select ID from StockInfo where MaterialNo in ('A', N'B') or Quantity is null", [[1], [2], [4]]],
    ['select ID from StockInfo where Quantity not between 0 and 1', [[1], [2], [3]]],
    ["select ID from StockInfo where MaterialNo like 'A%'", [[1], [4]]],
    ["select ID from StockInfo where MaterialNo not like '_'", [[4]]],
    ["select ID from StockInfo where Locked = 'false' or Locked = 1", [[1], [2], [4], [5]]],
    ["select ID from StockInfo where Quantity = '5'", [[1], [3]]],
    ['select ID from StockInfo where Quantity = null', []],
    [
      'select Quantity * 2 + 1, Quantity / 0, 5 / 2, 7 % 3, -Quantity from StockInfo where ID < 3',
      [
        [11, null, 2.5, 1, -5],
        [-4, null, 2.5, 1, 2.5],
      ],
    ],
    [
      'select count(*), count(Quantity), count(distinct Quantity), min(Quantity), max(Quantity), sum(Quantity), avg(Quantity) from StockInfo',
      [[5, 4, 3, -2.5, 5, 8, 2]],
    ],
    ['select min(MaterialNo), max(MaterialNo) from StockInfo', [['A', 'a']]],
    ['select count(*), sum(Quantity), max(Quantity) from StockInfo where ID > 99', [[0, null, null]]],
    ['select Quantity, count(*) n from StockInfo group by Quantity having count(*) > 1 order by n', [[5, 2]]],
    ['select sum(cast(Locked as int)) from StockInfo', [[2]]],
    [
      'select round(2.5, 0), round(-2.5, 0), round(0.125, 2), round(1250, -2), round(2.4) from StockInfo where ID = 1',
      [[3, -3, 0.13, 1300, 2]],
    ],
    ['select top 2 ID from StockInfo order by Quantity desc', [[1], [3]]],
    ['select top (0) ID from StockInfo', []],
    ['select distinct Quantity from StockInfo', [[null], [-2.5], [0.5], [5]]],
    [
      'select distinct Locked l, Quantity from StockInfo order by Quantity desc, l',
      [
        [null, 5],
        [true, 5],
        [false, 0.5],
        [false, -2.5],
        [true, null],
      ],
    ],
    ['select MaterialNo m from StockInfo order by m', [[null], ['A'], ['A '], ['B'], ['a']]],
    [
      'select MaterialNo, Quantity from StockInfo where ID < 4 order by 2 desc, 1',
      [
        ['A', 5],
        ['a', 5],
        ['B', -2.5],
      ],
    ],
    ["select 'it''s', N'ü', 1.5, null from StockInfo where ID = 1;", [["it's", 'ü', 1.5, null]]],
    [
      "select cast('2024-02-29T10:00:00' as date), cast('2023-02-29' as date), cast('x' as date) from StockInfo where ID = 1",
      [['2024-02-29', null, null]],
    ],
    [
      "select cast('12' as int), cast('1e2' as float), cast('x' as float), cast(-2.9 as int), cast('a' as nvarchar(max)) from StockInfo where ID = 1",
      [[12, 100, null, -2, 'a']],
    ],
    ["select ID from StockInfo where cast(getdate() as date) = cast('1999-01-01' as date)", []],
    ['select a.ID, b.ID from StockInfo a inner join StockInfo b on a.Quantity = b.Quantity and a.ID < b.ID', [[1, 3]]],
    [
      'select a.ID, b.ID from StockInfo a left join StockInfo b on a.MaterialNo = b.MaterialNo and b.Locked = 1',
      [
        [1, 1],
        [2, null],
        [3, null],
        [4, 4],
        [5, null],
      ],
    ],
    [
      "select a.ID, b.MaterialNo from StockInfo a join StockInfo b on b.ID = a.Quantity where a.MaterialNo = 'a'",
      [[3, null]],
    ],
    [
      'select Quantity + 1 as q1 from StockInfo group by Quantity + 1 having Quantity + 1 > 0 order by q1 desc',
      [[6], [1.5]],
    ],
    [
      'select 1e-301, 1e-301 * 2, -0.9999999999999999 + 0, round(1e-15, 15) from StockInfo where ID = 1',
      [[1e-301, 2e-301, -0.9999999999999999, 1e-15]],
    ],
    ["select ID from StockInfo where 1e-20 > 0 and '1e-300' > 0.0 and ID = 1", [[1]]],
    [
      'select 999.9999999999999, 99.99999999999999 + 0 from StockInfo where ID = 1',
      [[999.9999999999999, 99.99999999999999]],
    ],
    ['select max(round(Quantity, 0)) - min(ID) from StockInfo', [[4]]],
  ];

  it.each(cases)('200: %s', async (sql, expected) => {
    const { reader } = await stock();
    expect(await rowsOf(reader, sql)).toEqual(expected);
  });
});
