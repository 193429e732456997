import { describe, expect, it } from 'vitest';
import { useTestApp } from '../support/test-app.js';
import { multiply, rowsOf, stockHub } from './support.js';

const ROWS = 20_000;
const context = useTestApp({ environment: { SQL_TIMEOUT_MILLISECONDS: '20000' } });

describe('a join by an equality', () => {
  // Each with each would be 400 million pairs, far more than the time allows on any database.
  it.each(['MaterialNo', 'Quantity', 'ID'])(
    '200: of 20 000 with 20 000 rows does not compare each with each: %s',
    async (column) => {
      const { hub, reader } = await stockHub(context.app, [['A', 1, true]]);
      await multiply(context.app, hub, 'StockInfo', ROWS);
      await context.app.database.transaction(async (tx) => {
        const text = context.app.database.kind === 'sqlite' ? "'A' || row_id" : "CONCAT('A', row_id)";
        const list = '(SELECT no FROM list WHERE hub_id = ?)';
        await tx.query(`UPDATE list_row SET s1 = ${text}, n1 = row_id WHERE list_no = ${list}`, [hub.id]);
      });
      const sql = `select count(*) from StockInfo a join StockInfo b on a.${column} = b.${column}`;
      expect(await rowsOf(reader, sql)).toEqual([[ROWS]]);
    },
    60_000,
  );
});
