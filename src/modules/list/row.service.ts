import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import {
  allowedIds,
  Authenticator,
  authorizeRows,
  LIST_RIGHTS,
  LIST_ROWS,
  type ListRight,
  mayTouchRows,
  mayWriteColumn,
  type Principal,
} from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { nameKey } from '../../common/name-key.js';
import { Precondition, type Revised } from '../../common/precondition.js';
import { Database } from '../../database/index.js';
import { isReady } from './index-entries.js';
import { ID_COLUMN, type ListColumn } from './list-columns.js';
import { ListClearRepository } from './list-clear.repository.js';
import { ListSweeper } from './list-sweeper.js';
import {
  ColumnReadOnlyError,
  ListChangingError,
  ListNotFoundError,
  NothingToChangeError,
  RowNotFoundError,
  SortTooLargeError,
  UnknownSortColumnError,
} from './list.errors.js';
import { completed, readCells, type SlotValues, valuesOf } from './row-values.js';
import { type ReadRows, RowReader } from './row-reader.js';
import { type ListSummary, type ListTable, type OpenedTable, type RowRecord, RowRepository } from './row.repository.js';
import { RowWriteRepository, type WriteKind } from './row-write.repository.js';

/** Beyond so many rows a sort without an index would hold the database for too long. */
export const SORTED_ROWS_MAX = 50_000;

/** Structure changes that come between the statements of one read, again and again, are no daily business. */
const READ_ATTEMPTS = 5;

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
  readonly state: Revised;
}

export interface RowState {
  readonly columns: readonly ListColumn[];
  readonly row: RowRecord;
  readonly state: Revised;
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
    private readonly clearing: ListClearRepository,
    private readonly sweeper: ListSweeper,
    private readonly authenticator: Authenticator,
  ) {}

  /** The lists that the caller may read. */
  lists(principal: Principal): Promise<ListSummary[]> {
    return this.rows.summaries(principal.hubId, allowedIds(principal, 'read', LIST_ROWS, 'listId'));
  }

  /**
   * At most `take` rows, and fewer when they are long: a page ends at its bytes, too (decision 0003). A page that took
   * several statements is read again when the list's columns changed between them.
   */
  async read(principal: Principal, query: RowQuery): Promise<RowPage> {
    for (let attempt = 1; ; attempt += 1) {
      const opened = await this.open(principal, query);
      const table = opened?.table ?? (await this.getTable(principal, 'read', query.listName));
      const { descending, skip, take } = query;
      const column = sortColumn(table, query.sortColumn);
      const rows = await this.reader.read(table, { column, descending, skip, take }, opened?.rows);
      if (rows.complete || (await this.rows.isUnchanged(table))) {
        return { columns: table.columns, ...rows };
      }
      if (attempt === READ_ATTEMPTS) {
        throw new ListChangingError();
      }
    }
  }

  /** One row, and the state that it is in. */
  async get(principal: Principal, listName: string, rowId: number): Promise<RowState> {
    for (let attempt = 1; ; attempt += 1) {
      const table = await this.getTable(principal, 'read', listName);
      const row = await this.rows.findRow(table, rowId);
      if (row) {
        return { columns: table.columns, row, state: stateOf(table, rowId, row.revision) };
      }
      if (await this.rows.isUnchanged(table)) {
        throw new RowNotFoundError(rowId);
      }
      if (attempt === READ_ATTEMPTS) {
        throw new ListChangingError();
      }
    }
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

  /** Columns that `data` leaves out get their default, or are empty; so is the whole row when it names none. */
  add(principal: Principal, listName: string, data: object): Promise<AddedRow> {
    return this.write(principal, 'add', listName, async (tx, table) => {
      const values = completed(table.columns, writable(principal, 'add', table, data));
      const rowId = await this.writes.insert(tx, table, values);
      return { columns: table.columns, rowId, values, state: stateOf(table, rowId, 1) };
    });
  }

  /** Columns that `data` leaves out stay as they are. Returns the state that the row is in now. */
  change(
    principal: Principal,
    listName: string,
    rowId: number,
    data: object,
    precondition = Precondition.NONE,
  ): Promise<Revised> {
    return this.write(principal, 'change', listName, async (tx, table) => {
      const values = writable(principal, 'change', table, data);
      if (values.size === 0) {
        throw new NothingToChangeError();
      }
      const revision = await this.assertRow(tx, table, rowId, precondition);
      await this.writes.update(tx, table, rowId, values);
      return stateOf(table, rowId, revision + 1);
    });
  }

  remove(principal: Principal, listName: string, rowId: number, precondition = Precondition.NONE): Promise<void> {
    return this.write(principal, 'delete', listName, async (tx, table) => {
      await this.assertRow(tx, table, rowId, precondition);
      await this.writes.remove(tx, table, rowId);
    });
  }

  /** Removes all rows at once; ids go on ascending. What they filled is freed afterwards, a little at a time. */
  async clear(principal: Principal, listName: string): Promise<void> {
    await this.write(
      principal,
      'clear',
      listName,
      (tx, { hubId, id }) => this.clearing.clear(tx, hubId, id, this.clock.now()),
      (rows) => rows,
    );
    this.sweeper.wake();
  }

  /**
   * Asks twice: outside, so that a refused caller never holds the list's lock, and under the lock, for which it may have
   * waited, for good. Inside a
   * transaction of the caller only the second time: its own list may not be visible outside yet.
   */
  private async write<T>(
    principal: Principal,
    right: keyof typeof WRITES,
    listName: string,
    work: (tx: EntityManager, table: ListTable) => Promise<T>,
    rowsWritten: (result: T) => number = () => 1,
  ): Promise<T> {
    if (!this.database.inTransaction) {
      await this.getTable(principal, right, listName);
    }
    return this.database.transaction(async (tx) => {
      const table = await this.getTable(principal, right, listName, tx);
      await this.authenticator.assertStillHolds(principal);
      const result = await work(tx, table);
      const day = Math.floor(this.clock.now() / DAY_MILLISECONDS);
      const { subjectId } = principal.record;
      await this.writes.countWrite(tx, table, subjectId, day, WRITES[right], rowsWritten(result));
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

  /** Returns the revision of the row, which is there and in a state that the caller builds on. */
  private async assertRow(
    tx: EntityManager,
    table: ListTable,
    rowId: number,
    precondition: Precondition,
  ): Promise<number> {
    const revision = await this.writes.findRevision(tx, table, rowId);
    if (revision === null) {
      throw new RowNotFoundError(rowId);
    }
    precondition.assertHolds(stateOf(table, rowId, revision));
    return revision;
  }
}

const WRITES = { add: 'added', change: 'changed', delete: 'deleted', clear: 'cleared' } as const satisfies Partial<
  Record<ListRight, WriteKind>
>;

/** Columns first, then the right to each, then the values. @throws ColumnReadOnlyError */
function writable(principal: Principal, right: 'add' | 'change', table: ListTable, data: object): SlotValues {
  const cells = readCells(table.columns, data);
  const rowsOf = { hubId: table.hubId, listId: table.id };
  const closed = cells.find(({ column }) => !mayWriteColumn(principal, right, rowsOf, column.id));
  if (closed) {
    throw new ColumnReadOnlyError(closed.name, closed.column.name, right);
  }
  return valuesOf(cells);
}

/** What a row shows depends on the list's columns, too: a renamed one is another answer. */
function stateOf({ id, revision: listRevision }: ListTable, rowId: number, revision: number): Revised {
  return { id: `${id}-${listRevision}-${rowId}`, revision };
}

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
