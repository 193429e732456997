import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type EntityManager } from 'typeorm';
import { nameKey } from '../../common/name-key.js';
import { Database } from '../../database/index.js';
import { type ListColumn } from './list-columns.js';
import { type SlotValue } from './row-values.js';
import { type SlotWork, type StagedColumn, stagedColumns } from './slot-work.js';

/** A live list, as its rows need it. */
export interface ListTable {
  readonly hubId: string;
  readonly id: string;
  readonly name: string;
  readonly columns: readonly ListColumn[];
  /** Moves when any of the above changes. */
  readonly revision: number;
  readonly lastRowId: number;
  readonly rowCount: number;
  /** Columns on their way: a write of a row writes their slots, too. */
  readonly staged: readonly StagedColumn[];
}

/** A list with the first rows of a range by ID; without them where only the list could tell which they are. */
export interface OpenedTable {
  readonly table: ListTable;
  readonly rows: readonly RowRecord[] | undefined;
}

export interface ListSummary {
  readonly number: number;
  readonly name: string;
}

/** Which rows, in which order: by a column or, when it is null, by id. */
export interface RowRange {
  readonly column: ListColumn | null;
  readonly descending: boolean;
  readonly skip: number;
  readonly take: number;
}

/** Where rows are read from: the place of a range by id, behind an id and then so many rows, or these ids in their order. */
export type RowPlace =
  | Pick<RowRange, 'descending' | 'skip'>
  | { readonly after: number; readonly skip?: number; readonly descending: boolean }
  | { readonly ids: readonly number[] };

export interface RowSize {
  readonly row_id: number;
  /** Bytes of its texts. */
  readonly size: number;
}

/** `row_id` and the slots that the list uses. */
export type RowRecord = Readonly<Record<string, SlotValue>> & { readonly row_id: number };

export type RevisedRow = RowRecord & { readonly revision: number };

/** Rows are reached through their list, and a list through its hub: a foreign id yields nothing (decision 0003). */
export const LIST_NO = '(SELECT no FROM list WHERE hub_id = ? AND id = ? AND deleted_at IS NULL)';

/** The same list with the columns that the reader knows: else the statement finds nothing, rather than other columns' values. */
const LIST_NO_AS_READ = '(SELECT no FROM list WHERE hub_id = ? AND id = ? AND revision = ? AND deleted_at IS NULL)';

const TABLE =
  'SELECT id, name, name_key, column_definitions, slot_work, revision, last_row_id, row_count FROM list WHERE';
const NAMED = 'hub_id = ? AND name_key = ? AND deleted_at IS NULL';

const SEEN_MAX = 500;

/** The hot path: SQL by hand, with only the slots that the list uses. */
@Injectable()
export class RowRepository {
  /** Lists as they were last seen, by hub and name. Never believed: the statement that uses one asks for its revision. */
  private readonly seen = new LRUCache<string, ListTable>({ max: SEEN_MAX });

  constructor(private readonly database: Database) {}

  /** The lists of the hub that live, or those among `ids`, by number. */
  summaries(hubId: string, ids: readonly string[] | null): Promise<ListSummary[]> {
    const among = ids === null ? '' : ` AND id IN (${marks(ids.length)})`;
    const sql = `SELECT number, name FROM list WHERE hub_id = ? AND deleted_at IS NULL AND name_key IS NOT NULL${among} ORDER BY number`;
    return ids?.length === 0 ? Promise.resolve([]) : this.database.query(sql, [hubId, ...(ids ?? [])]);
  }

  /** Inside a transaction the list is locked: its writers follow one another. */
  async findTable(hubId: string, name: string, tx?: EntityManager): Promise<ListTable | null> {
    const key = nameKey(name);
    const row = tx ? await this.lockNamed(tx, hubId, key) : await this.findNamed(hubId, key);
    const table = row ? toTable(hubId, row) : null;
    this.seen.set(hubId + key, table ?? undefined);
    return table;
  }

  /** The list as it was when somebody last asked for it. What it is now, `open` finds out. */
  lastSeen(hubId: string, name: string): ListTable | undefined {
    return this.seen.get(hubId + nameKey(name));
  }

  /** The same list as it is now, with at most `limit` rows by ID, in one statement. Null when it has changed, is gone, or has no such rows. */
  async open(
    seen: ListTable,
    place: Pick<RowRange, 'descending' | 'skip'>,
    limit: number,
  ): Promise<OpenedTable | null> {
    const { hubId, id, name, revision, columns } = seen;
    const slots = columns.map(({ slot }) => `, r.${slot}`).join('');
    const [from, order] = place.descending ? ['<= l.last_row_id - ?', 'DESC'] : ['> ?', 'ASC'];
    // SQLite does not turn a cross join. An outer join would do, too, but MariaDB sorts its rows.
    const sql =
      `SELECT l.last_row_id, l.row_count, r.row_id${slots} FROM list l CROSS JOIN list_row r ` +
      'WHERE l.hub_id = ? AND l.id = ? AND l.name_key = ? AND l.revision = ? AND l.deleted_at IS NULL ' +
      `AND r.list_no = l.no AND r.row_id ${from} ORDER BY r.row_id ${order} LIMIT ?`;
    const parameters = [hubId, id, nameKey(name), revision, place.skip, limit];
    const rows = await this.database.query<RowRecord & Counters>(sql, parameters);
    if (!rows[0]) {
      return null;
    }
    const table = { ...seen, lastRowId: rows[0].last_row_id, rowCount: rows[0].row_count };
    return { table, rows: place.skip === 0 || hasNoGaps(table) ? rows : undefined };
  }

  /** Whether the list is still as it was read: only then do several statements about its rows speak of the same columns. */
  async isUnchanged({ hubId, id, revision }: ListTable): Promise<boolean> {
    const sql = 'SELECT revision FROM list WHERE hub_id = ? AND id = ? AND revision = ? AND deleted_at IS NULL';
    return (await this.database.query(sql, [hubId, id, revision])).length > 0;
  }

  /** One row, all columns of the list, and how often it was changed; null when it is not there, or the list has changed. */
  async findRow(table: ListTable, rowId: number): Promise<RevisedRow | null> {
    const columns = ['row_id', 'revision', ...table.columns.map(({ slot }) => slot)].join(', ');
    const sql = `SELECT ${columns} FROM list_row WHERE list_no = ${LIST_NO_AS_READ} AND row_id = ?`;
    return (await this.database.query<RevisedRow>(sql, [...asRead(table), rowId]))[0] ?? null;
  }

  /** At most `limit` rows, all columns of the list. */
  read(table: ListTable, place: RowPlace, limit: number): Promise<RowRecord[]> {
    return this.select(table, place, limit, ['row_id', ...table.columns.map(({ slot }) => slot)].join(', '));
  }

  /** How long the texts of these rows are. No database reads the texts themselves for it, or hands them over. */
  sizes(table: ListTable, place: RowPlace, limit: number): Promise<RowSize[]> {
    const texts = table.columns.filter(({ type }) => type === 'String');
    const size = texts.map(({ slot }) => `COALESCE(OCTET_LENGTH(${slot}), 0)`).join(' + ');
    return this.select(table, place, limit, `row_id, ${size || '0'} AS size`);
  }

  private async select<T extends { readonly row_id: number }>(
    table: ListTable,
    place: RowPlace,
    limit: number,
    columns: string,
  ): Promise<T[]> {
    if ('ids' in place && place.ids.length === 0) {
      return [];
    }
    const { sql, parameters } = 'ids' in place ? byIds(place.ids) : byId(table, place, limit);
    const statement = `SELECT ${columns} FROM list_row WHERE list_no = ${LIST_NO_AS_READ}${sql}`;
    const found = await this.database.query<T>(statement, [...asRead(table), ...parameters]);
    return 'ids' in place ? inOrder(found, place.ids) : found;
  }

  private async findNamed(hubId: string, key: string): Promise<TableRow | undefined> {
    return (await this.database.query<TableRow>(`${TABLE} ${NAMED}`, [hubId, key]))[0];
  }

  /**
   * Servers lock the entry of the index by which they find a row, and then the row. Everybody else goes by the id, and
   * so do the statements that write: whoever came by the name would wait for them the other way round.
   */
  private async lockNamed(tx: EntityManager, hubId: string, key: string): Promise<TableRow | undefined> {
    const seen = this.seen.get(hubId + key)?.id;
    const row = seen === undefined ? undefined : await this.lockIfNamed(tx, hubId, seen, key);
    if (row) {
      return row;
    }
    const [named] = await tx.query<{ id: string }[]>(`SELECT id FROM list WHERE ${NAMED}`, [hubId, key]);
    return named && this.lockIfNamed(tx, hubId, named.id, key);
  }

  /** Asks for the name under the lock, as it may have changed before. */
  private async lockIfNamed(tx: EntityManager, hubId: string, id: string, key: string): Promise<TableRow | undefined> {
    const sql = `${TABLE} hub_id = ? AND id = ? AND deleted_at IS NULL${this.database.forUpdate}`;
    const [row] = await tx.query<TableRow[]>(sql, [hubId, id]);
    return row?.name_key === key ? row : undefined;
  }
}

function asRead({ hubId, id, revision }: ListTable): [string, string, number] {
  return [hubId, id, revision];
}

interface Clause {
  readonly sql: string;
  readonly parameters: readonly number[];
}

interface Counters {
  readonly last_row_id: number;
  readonly row_count: number;
}

interface TableRow extends Counters {
  readonly id: string;
  readonly name: string;
  readonly name_key: string | null;
  readonly column_definitions: string;
  readonly slot_work: string | null;
  readonly revision: number;
}

function toTable(hubId: string, row: TableRow): ListTable {
  return {
    hubId,
    id: row.id,
    name: row.name,
    columns: JSON.parse(row.column_definitions) as ListColumn[],
    revision: row.revision,
    lastRowId: row.last_row_id,
    rowCount: row.row_count,
    staged: stagedColumns(JSON.parse(row.slot_work ?? '[]') as SlotWork[]),
  };
}

/** Where no row was ever deleted a deep page costs as little as the first. */
export function hasNoGaps({ lastRowId, rowCount }: ListTable): boolean {
  return rowCount === lastRowId;
}

function byId(table: ListTable, place: Exclude<RowPlace, { readonly ids: readonly number[] }>, limit: number): Clause {
  const { after, skip = 0 } = 'after' in place ? place : startOf(table, place);
  const [from, direction] = place.descending ? ['<', 'DESC'] : ['>', 'ASC'];
  const sql = ` AND row_id ${from} ? ORDER BY row_id ${direction} LIMIT ?`;
  return skip === 0
    ? { sql, parameters: [after, limit] }
    : { sql: `${sql} OFFSET ?`, parameters: [after, limit, skip] };
}

/** Where no row was ever deleted the ids tell; otherwise this walks there, for whoever did not look up the gaps. */
function startOf(
  table: ListTable,
  { descending, skip }: Pick<RowRange, 'descending' | 'skip'>,
): { after: number; skip: number } {
  const direct = skip === 0 || hasNoGaps(table);
  const passed = direct ? skip : 0;
  return { after: descending ? table.lastRowId + 1 - passed : passed, skip: direct ? 0 : skip };
}

function byIds(ids: readonly number[]): Clause {
  return { sql: ` AND row_id IN (${marks(ids.length)})`, parameters: ids };
}

function inOrder<T extends { readonly row_id: number }>(rows: readonly T[], ids: readonly number[]): T[] {
  const byRowId = new Map(rows.map((row) => [row.row_id, row]));
  return ids.flatMap((id) => byRowId.get(id) ?? []);
}

export function marks(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ');
}
