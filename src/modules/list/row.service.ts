import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import {
  allowedIds,
  authorizeRows,
  LIST_RIGHTS,
  LIST_ROWS,
  type ListRight,
  mayTouchRows,
  type Principal,
} from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { nameKey } from '../../common/name-key.js';
import { Database } from '../../database/index.js';
import { isReady } from './index-entries.js';
import { ID_COLUMN, type ListColumn } from './list-columns.js';
import {
  ListNotFoundError,
  NothingToChangeError,
  RowNotFoundError,
  SortTooLargeError,
  UnknownSortColumnError,
} from './list.errors.js';
import { readSlotValues, type SlotValues } from './row-values.js';
import { type ReadRows, RowReader } from './row-reader.js';
import { type ListSummary, type ListTable, type OpenedTable, RowRepository } from './row.repository.js';
import { RowWriteRepository, type WriteKind } from './row-write.repository.js';

/** Beyond so many rows a sort without an index would hold the database for too long. */
export const SORTED_ROWS_MAX = 50_000;

const DAY_MILLISECONDS = 86_400_000;

export interface RowQuery {
  readonly listName: string;
  readonly sortColumn?: string;
  readonly descending: boolean;
  readonly skip: number;
  readonly take: number;
}

export interface RowPage extends ReadRows {
  readonly columns: readonly ListColumn[];
}

export interface AddedRow {
  readonly columns: readonly ListColumn[];
  readonly rowId: number;
  readonly values: SlotValues;
}

/** The rows of lists, for those whose group and scopes let them. Lists are named as integrators do: without case. */
@Injectable()
export class RowService {
  constructor(
    private readonly rows: RowRepository,
    private readonly writes: RowWriteRepository,
    private readonly reader: RowReader,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The lists that the caller may read. */
  lists(principal: Principal): Promise<ListSummary[]> {
    return this.rows.summaries(principal.hubId, allowedIds(principal, 'read', LIST_ROWS, 'listId'));
  }

  /** At most `take` rows, and fewer when they are long: a page ends at its bytes, too (decision 0003). */
  async read(principal: Principal, query: RowQuery): Promise<RowPage> {
    const opened = await this.open(principal, query);
    const table = opened?.table ?? (await this.getTable(principal, 'read', query.listName));
    const { descending, skip, take } = query;
    const column = sortColumn(table, query.sortColumn);
    const rows = await this.reader.read(table, { column, descending, skip, take }, opened?.rows);
    return { columns: table.columns, ...rows };
  }

  /** In one statement a short page of a list that was seen before. Null for whoever may not read it: `getTable` says why. */
  private async open(principal: Principal, query: RowQuery): Promise<OpenedTable | null> {
    const { hubId } = principal;
    const seen = isById(query.sortColumn) ? this.rows.lastSeen(hubId, query.listName) : undefined;
    if (!seen || !mayTouchRows(principal, 'read', { hubId, listId: seen.id })) {
      return null;
    }
    const limit = this.reader.rowsAtFirst(seen.columns, query.take);
    return limit < Math.min(query.take, seen.rowCount) ? null : this.rows.open(seen, query, limit);
  }

  /** Columns that `data` leaves out are empty; so is the whole row when it names none. */
  add(principal: Principal, listName: string, data: object): Promise<AddedRow> {
    return this.write(principal, 'add', listName, async (tx, table) => {
      const values = readSlotValues(table.columns, data);
      return { columns: table.columns, rowId: await this.writes.insert(tx, table, values), values };
    });
  }

  /** Columns that `data` leaves out stay as they are. */
  change(principal: Principal, listName: string, rowId: number, data: object): Promise<void> {
    return this.write(principal, 'change', listName, async (tx, table) => {
      const values = readSlotValues(table.columns, data);
      if (values.size === 0) {
        throw new NothingToChangeError();
      }
      await this.assertRow(tx, table, rowId);
      await this.writes.update(tx, table, rowId, values);
    });
  }

  remove(principal: Principal, listName: string, rowId: number): Promise<void> {
    return this.write(principal, 'delete', listName, async (tx, table) => {
      await this.assertRow(tx, table, rowId);
      await this.writes.remove(tx, table, rowId);
    });
  }

  /**
   * Asks twice: outside, so that a refused caller never holds the list's lock, and under the lock, for good. Inside a
   * transaction of the caller only the second time: its own list may not be visible outside yet.
   */
  private async write<T>(
    principal: Principal,
    right: keyof typeof WRITES,
    listName: string,
    work: (tx: EntityManager, table: ListTable) => Promise<T>,
  ): Promise<T> {
    if (!this.database.inTransaction) {
      await this.getTable(principal, right, listName);
    }
    return this.database.transaction(async (tx) => {
      const table = await this.getTable(principal, right, listName, tx);
      const result = await work(tx, table);
      const day = Math.floor(this.clock.now() / DAY_MILLISECONDS);
      await this.writes.countWrite(tx, table, principal.record.subjectId, day, WRITES[right]);
      return result;
    });
  }

  /** Rights first, then existence: a list on which the caller has no right at all is as if it were not there. */
  private async getTable(principal: Principal, right: ListRight, name: string, tx?: EntityManager): Promise<ListTable> {
    const table = await this.rows.findTable(principal.hubId, name, tx);
    const rowsOf = table && { hubId: table.hubId, listId: table.id };
    if (!rowsOf || !LIST_RIGHTS.some((any) => mayTouchRows(principal, any, rowsOf))) {
      throw new ListNotFoundError();
    }
    authorizeRows(principal, right, rowsOf);
    return table;
  }

  private async assertRow(tx: EntityManager, table: ListTable, rowId: number): Promise<void> {
    if (!(await this.writes.exists(tx, table, rowId))) {
      throw new RowNotFoundError(rowId);
    }
  }
}

const WRITES = { add: 'added', change: 'changed', delete: 'deleted' } as const satisfies Partial<
  Record<ListRight, WriteKind>
>;

function isById(sortColumn: string = ID_COLUMN.name): boolean {
  return nameKey(sortColumn) === nameKey(ID_COLUMN.name);
}

/** Null stands for the order by ID. */
function sortColumn(table: ListTable, name: string = ID_COLUMN.name): ListColumn | null {
  if (isById(name)) {
    return null;
  }
  const key = nameKey(name);
  const column = table.columns.find((one) => nameKey(one.name) === key);
  if (!column) {
    throw new UnknownSortColumnError(name);
  }
  if (table.rowCount > SORTED_ROWS_MAX && !isReady(column)) {
    throw new SortTooLargeError(SORTED_ROWS_MAX);
  }
  return column;
}
