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
      columns: [{ id: null, ...ID_COLUMN, indexed: true }, ...list.columns.map(columnOf)],
      creator: { id: list.creatorId, type: list.creatorType },
      events: EventsResponse.from(list),
    });
  }
}

function columnOf(column: ListColumn): ListColumnResponse {
  const { id, name, type } = column;
  return { id, name, type, indexed: isDeclared(column) };
}
