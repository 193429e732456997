import { Injectable } from '@nestjs/common';
import { Database, type DatabaseKind } from '../../database/index.js';
import { indexTableOf, isReady, orderKeys, slotNumber } from './index-entries.js';
import { type ListColumn } from './list-columns.js';
import { type IdPlace, RowGapRepository } from './row-gap.repository.js';
import { hasNoGaps, LIST_NO, type ListTable, type RowPlace, type RowRange } from './row.repository.js';

/** A skip of at most so many rows is walked: that costs less than to ask for the gaps. */
const WALKED_ROWS = 1000;

/** Finds where a page begins, or which rows it has, before the rows themselves are read. */
@Injectable()
export class RowOrderRepository {
  constructor(
    private readonly database: Database,
    private readonly gaps: RowGapRepository,
  ) {}

  /**
   * The ids of a range by a column. Empty cells are first when it ascends, texts go by the first 255 bytes of their
   * UTF-8, ties by id; descending is the exact reverse. The same on every database, and with an index or without.
   */
  async sortedIds(table: ListTable, column: ListColumn, { descending, skip, take }: RowRange): Promise<number[]> {
    const rows = Math.min(take, table.rowCount - skip);
    if (rows <= 0) {
      return [];
    }
    const fromEnd = skip > WALKED_ROWS && skip > table.rowCount / 2;
    const from = fromEnd ? table.rowCount - skip - rows : skip;
    const { sql, parameters } = sortedBy(this.database.kind, table, column, descending !== fromEnd);
    const found = await this.database.query<{ row_id: number }>(`${sql} LIMIT ? OFFSET ?`, [...parameters, rows, from]);
    const ids = found.map(({ row_id }) => row_id);
    return fromEnd ? ids.reverse() : ids;
  }

  /** Where a range by id begins: a deep page of a list that has lost rows is found by its gaps, and not walked to. */
  async start(table: ListTable, { descending, skip }: RowRange): Promise<RowPlace> {
    const asked = { descending, skip };
    if (hasNoGaps(table) || skip <= WALKED_ROWS || skip >= table.rowCount) {
      return asked;
    }
    const place = await this.gaps.locate(table, descending ? table.rowCount - 1 - skip : skip);
    return place ? placeFrom(place, descending) : asked;
  }
}

function placeFrom(place: IdPlace, descending: boolean): RowPlace {
  if ('rowId' in place) {
    return { after: place.rowId + (descending ? 1 : -1), descending };
  }
  const { first, last, before, behind } = place;
  return descending ? { after: last + 1, skip: behind, descending } : { after: first - 1, skip: before, descending };
}

/** All row ids of a list in the order of a column, from its index or else from the rows. */
export function sortedBy(
  kind: DatabaseKind,
  { hubId, id }: Pick<ListTable, 'hubId' | 'id'>,
  column: ListColumn,
  descending: boolean,
): { readonly sql: string; readonly parameters: readonly unknown[] } {
  const direction = descending ? 'DESC' : 'ASC';
  const [from, keys] = isReady(column)
    ? [`${indexTableOf(column)} WHERE list_no = ${LIST_NO} AND slot = ${slotNumber(column)}`, ['has_value', 'value']]
    : [`list_row WHERE list_no = ${LIST_NO}`, orderKeys(kind, column)];
  const order = [...keys, 'row_id'].map((key) => `${key} ${direction}`).join(', ');
  return { sql: `SELECT row_id FROM ${from} ORDER BY ${order}`, parameters: [hubId, id] };
}
