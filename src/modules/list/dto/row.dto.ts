import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { type FlatQuery, type FlatQuerySpec } from '../../../common/query/index.js';
import { checkedBy, IsPlainText } from '../../../common/http/validation.js';
import { type RowQuery } from '../row.service.js';

const LIST_NAME_LENGTH_MAX = 200;
const ROWS_MAX = 10_000;

/** What `GET …/lists/list` takes. Lengths are in UTF-16 units here, two for some characters. */
export const LIST_QUERY = {
  Name: { kind: 'text', required: true, maxLength: 2 * LIST_NAME_LENGTH_MAX },
  SortColumn: { kind: 'text', maxLength: 2 * LIST_NAME_LENGTH_MAX },
  SortOrder: { kind: 'choice', values: ['Asc', 'Desc'], default: 'Asc' },
  SkipRows: { kind: 'integer', minimum: 0, maximum: 2_147_483_647, default: 0 },
  MaxRows: { kind: 'integer', minimum: 1, maximum: ROWS_MAX, default: ROWS_MAX },
} as const satisfies FlatQuerySpec;

/** What `GET …/lists/items` takes. */
export const ROW_QUERY = {
  Name: LIST_QUERY.Name,
  RowId: { kind: 'integer', required: true, minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
} as const satisfies FlatQuerySpec;

export type OneRowQuery = FlatQuery<typeof ROW_QUERY>;

export type ListQuery = FlatQuery<typeof LIST_QUERY>;

export function rowQuery({ Name, SortColumn, SortOrder, SkipRows, MaxRows }: ListQuery): RowQuery {
  return { listName: Name, sortColumn: SortColumn, descending: SortOrder === 'Desc', skip: SkipRows, take: MaxRows };
}

/** The values of a row by column. Taken as it was sent: the transformer would drop names such as `toString`. */
const IsRowData = (): PropertyDecorator => {
  const plain = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  const check = checkedBy('isRowData', (value) => (plain(value) ? null : 'must be an object of values by column name'));
  const raw = Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key]);
  return (target, property) => [check, raw].forEach((decorate) => decorate(target, property));
};

export class ClearListDto {
  /** Without regard to case. @example StockInfo */
  @IsPlainText(LIST_NAME_LENGTH_MAX)
  listName: string;
}

export class AddRowDto extends ClearListDto {
  /** Columns that are left out get their default, or stay empty. @example { "MaterialNo": "A-4711", "Quantity": 12, "Locked": false } */
  @IsRowData()
  data: Record<string, unknown>;
}

export class DeleteRowDto extends ClearListDto {
  /** The value of the column ID. @example 1 */
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  rowId: number;
}

export class ChangeRowDto extends DeleteRowDto {
  /** Columns that are left out stay as they are; null empties a cell. @example { "Locked": true } */
  @IsRowData()
  data: Record<string, unknown>;
}
