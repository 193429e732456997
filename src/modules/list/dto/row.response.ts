import { setImmediate as turn } from 'node:timers/promises';
import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { type ColumnType, ID_COLUMN, type ListColumn } from '../list-columns.js';
import { type ListSummary, type RowRecord } from '../row.repository.js';
import { cellValue, type CellValue } from '../row-values.js';
import { type AddedRow, type RowPage, type RowState } from '../row.service.js';

const CELLS_AT_ONCE = 20_000;

/** A list that the key may read. */
export class ListSummaryResponse {
  /** @example 1 */
  id: number;
  /** @example StockInfo */
  name: string;

  static from({ number, name }: ListSummary): ListSummaryResponse {
    return { id: number, name };
  }
}

export class TableColumnResponse {
  /** @example Quantity */
  name: string;
  /** The same as `name`. @example Quantity */
  elementName: string;
  /** @example Number */
  @ApiProperty({ enum: ['Number', 'String', 'Boolean'], nullable: true })
  type: ColumnType | null;
}

export class CellResponse {
  /** @example Quantity */
  column: string;
  /** A number, text or truth as the column says; null when the cell is empty. */
  @ApiProperty({ oneOf: [{ type: 'number' }, { type: 'string' }, { type: 'boolean' }], nullable: true, example: 12 })
  value: CellValue;
}

/** The rows of a list: the values of each row are in the order of the columns, `ID` first. */
export class TableResponse {
  columns: TableColumnResponse[];

  @ApiProperty({ type: 'array', items: { type: 'array', items: { $ref: getSchemaPath(CellResponse) } } })
  items: CellResponse[][];

  /** With turns of the event loop in between: a page may have a hundred thousand cells. */
  static async from({ columns, rows }: RowPage): Promise<TableResponse> {
    const chunk = Math.ceil(CELLS_AT_ONCE / (columns.length + 1));
    const items: CellResponse[][] = [];
    for (const row of rows) {
      if (items.length % chunk === chunk - 1) {
        await turn();
      }
      items.push(cells(columns, row));
    }
    return { columns: [ID_COLUMN, ...columns].map(({ name, type }) => ({ name, elementName: name, type })), items };
  }
}

export class AddedItemResponse {
  /** The whole row; the first value is its new ID. */
  addedItem: CellResponse[];

  static from({ columns, rowId, values }: AddedRow): AddedItemResponse {
    return { addedItem: cells(columns, { ...Object.fromEntries(values), row_id: rowId }) };
  }
}

export class ItemResponse {
  /** The whole row, `ID` first. */
  item: CellResponse[];

  static from({ columns, row }: RowState): ItemResponse {
    return { item: cells(columns, row) };
  }
}

export class StateSuccessResponse {
  /** @example Success */
  state: 'Success';
}

export const SUCCESS: StateSuccessResponse = { state: 'Success' };

function cells(columns: readonly ListColumn[], row: RowRecord): CellResponse[] {
  const id: CellResponse = { column: ID_COLUMN.name, value: row.row_id };
  return [id, ...columns.map(({ name, type, slot }) => ({ column: name, value: cellValue(type, row[slot] ?? null) }))];
}
