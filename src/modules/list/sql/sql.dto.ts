import { setImmediate as turn } from 'node:timers/promises';
import { checkedBy } from '../../../common/http/validation.js';
import { type CellResponse, type TableResponse } from '../dto/row.response.js';
import { type SqlTable } from './sql.service.js';

const CELLS_AT_ONCE = 20_000;

/** Text as it is: line breaks and tabs belong to it, and what else does not is said with its place. */
const IsStatement = (): PropertyDecorator =>
  checkedBy('isStatement', (value) => (typeof value === 'string' ? null : 'must be a SELECT statement'));

export class SqlQueryDto {
  /** A SELECT over lists. @example select count(*) as Counter, Locked from StockInfo group by Locked */
  @IsStatement()
  sql: string;
}

/** The table object of an answer, with turns of the event loop in between. */
export async function sqlTableResponse({ columns, rows }: SqlTable): Promise<TableResponse> {
  const chunk = Math.ceil(CELLS_AT_ONCE / (columns.length + 1));
  const items: CellResponse[][] = [];
  for (const row of rows) {
    if (items.length % chunk === chunk - 1) {
      await turn();
    }
    items.push(columns.map(({ name }, index) => ({ column: name, value: row[index] ?? null })));
  }
  return { columns: columns.map(({ name, type }) => ({ name, elementName: name, type })), items };
}
