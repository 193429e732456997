import { ApiProperty } from '@nestjs/swagger';
import { CreatorResponse, EventsResponse } from '../../../common/http/contract.js';
import { taggedBy } from '../../../common/http/entity-tags.js';
import { isDeclared } from '../index-entries.js';
import { type ColumnType, ID_COLUMN, type ListColumn } from '../list-columns.js';
import { type List } from '../list.entity.js';

class ListColumnResponse {
  /** By which a user group's permissions name it; null for `ID`. It stays when the column is renamed. @example 2 */
  id: number | null;
  /** @example Quantity */
  name: string;
  /** @example Number */
  type: ColumnType;
  /** Whether the list can be sorted and filtered by it however long it is; `ID` always. @example true */
  indexed: boolean;
  /** @example true */
  required: boolean;
  @ApiProperty({ type: 'array', items: { oneOf: [{ type: 'number' }, { type: 'string' }] }, nullable: true })
  allowed_values: readonly (string | number)[] | null;
  /** RE2 syntax; the whole text matches. @example "[A-Z]-[0-9]{4}" */
  pattern: string | null;
  /** @example 0 */
  minimum: number | null;
  /** @example 1000 */
  maximum: number | null;
  /** What a new row gets that leaves the column out. */
  @ApiProperty({ oneOf: [{ type: 'number' }, { type: 'string' }, { type: 'boolean' }], nullable: true, example: 0 })
  default: string | number | boolean | null;

  static from(id: number | null, column: Omit<ListColumn, 'id' | 'slot'>): ListColumnResponse {
    const { name, type, required = false, allowed_values: allowed = null, pattern = null } = column;
    const { minimum = null, maximum = null, default: value = null } = column;
    const indexed = id === null || isDeclared(column);
    return { id, name, type, indexed, required, allowed_values: allowed, pattern, minimum, maximum, default: value };
  }
}

/** A list: its structure, not its rows. */
export class ListResponse {
  /** @example 0199e2f1a0c34b5d6e7f8091 */
  id: string;
  /** Its id at the public door. @example 1 */
  number: number;
  hub_id: string;
  /** @example StockInfo */
  name: string;
  description: string | null;
  /** `ID`, which the server fills, is always the first. */
  columns: ListColumnResponse[];
  creator: CreatorResponse;
  events: EventsResponse;

  static from(list: List): ListResponse {
    return taggedBy(list, {
      id: list.id,
      number: list.number,
      hub_id: list.hubId,
      name: list.name,
      description: list.description,
      columns: [
        ListColumnResponse.from(null, ID_COLUMN),
        ...list.columns.map((column) => ListColumnResponse.from(column.id, column)),
      ],
      creator: { id: list.creatorId, type: list.creatorType },
      events: EventsResponse.from(list),
    });
  }
}
