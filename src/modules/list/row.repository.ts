import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { nameKey } from '../../common/name-key.js';
import { Database } from '../../database/index.js';
import { type ListColumn } from './list-columns.js';
import { type SlotValue, type SlotValues } from './row-values.js';

/** A live list, as its rows need it. */
export interface ListTable {
  readonly hubId: string;
  readonly id: string;
  readonly name: string;
  readonly columns: readonly ListColumn[];
  readonly lastRowId: number;
  readonly rowCount: number;
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

/** `row_id` and the slots that the list uses. */
export type RowRecord = Readonly<Record<string, SlotValue>> & { readonly row_id: number };

export type WriteKind = 'added' | 'changed' | 'deleted';

/** Rows are reached through their list, and a list through its hub: a foreign id yields nothing (decision 0003). */
const LIST_NO = '(SELECT no FROM list WHERE hub_id = ? AND id = ? AND deleted_at IS NULL)';

/** Texts are ordered by so many characters: at most 1000 bytes, below what servers look at when they sort. */
const SORTED_CHARACTERS = 250;

/** The hot path: SQL by hand, with only the slots that the list uses. */
@Injectable()
export class RowRepository {
  constructor(private readonly database: Database) {}

  /** The lists of the hub that live, or those among `ids`, by number. */
  summaries(hubId: string, ids: readonly string[] | null): Promise<ListSummary[]> {
    const among = ids === null ? '' : ` AND id IN (${marks(ids.length)})`;
    const sql = `SELECT number, name FROM list WHERE hub_id = ? AND deleted_at IS NULL${among} ORDER BY number`;
    return ids?.length === 0 ? Promise.resolve([]) : this.database.query(sql, [hubId, ...(ids ?? [])]);
  }

  /** Inside a transaction the list is locked: its writers follow one another. */
  async findTable(hubId: string, name: string, tx?: EntityManager): Promise<ListTable | null> {
    const sql =
      'SELECT id, name, column_definitions, last_row_id, row_count FROM list ' +
      'WHERE hub_id = ? AND name_key = ? AND deleted_at IS NULL';
    const parameters = [hubId, nameKey(name)];
    const [row] = tx
      ? await tx.query<TableRow[]>(sql + this.database.forUpdate, parameters)
      : await this.database.query<TableRow>(sql, parameters);
    return row ? toTable(hubId, row) : null;
  }

  read(table: ListTable, range: RowRange): Promise<RowRecord[]> {
    const { sql, parameters } = range.column ? this.sorted(range, range.column) : byId(table, range);
    const columns = ['row_id', ...table.columns.map(({ slot }) => slot)].join(', ');
    const statement = `SELECT ${columns} FROM list_row WHERE list_no = ${LIST_NO}${sql}`;
    return this.database.query(statement, [table.hubId, table.id, ...parameters]);
  }

  /** Adds a row to a locked list and returns its id, one above the highest that the list ever gave. */
  async insert(tx: EntityManager, table: ListTable, values: SlotValues): Promise<number> {
    const { hubId, id, columns } = table;
    const rowId = table.lastRowId + 1;
    const counters = 'UPDATE list SET last_row_id = ?, row_count = row_count + 1 WHERE hub_id = ? AND id = ?';
    await tx.query(counters, [rowId, hubId, id]);
    const slots = columns.map(({ slot }) => slot);
    const into = ['list_no', 'row_id', ...slots].join(', ');
    const insert = `INSERT INTO list_row (${into}) VALUES (${LIST_NO}, ${marks(slots.length + 1)})`;
    await tx.query(insert, [hubId, id, rowId, ...slots.map((slot) => values.get(slot) ?? null)]);
    return rowId;
  }

  async exists(tx: EntityManager, { hubId, id }: ListTable, rowId: number): Promise<boolean> {
    const sql = `SELECT row_id FROM list_row WHERE list_no = ${LIST_NO} AND row_id = ?`;
    return (await tx.query<unknown[]>(sql, [hubId, id, rowId])).length > 0;
  }

  async update(tx: EntityManager, { hubId, id }: ListTable, rowId: number, values: SlotValues): Promise<void> {
    const assignments = [...values.keys()].map((slot) => `${slot} = ?`).join(', ');
    const sql = `UPDATE list_row SET ${assignments} WHERE list_no = ${LIST_NO} AND row_id = ?`;
    await tx.query(sql, [...values.values(), hubId, id, rowId]);
  }

  async remove(tx: EntityManager, { hubId, id }: ListTable, rowId: number): Promise<void> {
    await tx.query(`DELETE FROM list_row WHERE list_no = ${LIST_NO} AND row_id = ?`, [hubId, id, rowId]);
    await tx.query('UPDATE list SET row_count = row_count - 1 WHERE hub_id = ? AND id = ?', [hubId, id]);
  }

  /** One more write of this kind by this key today. */
  async countWrite(tx: EntityManager, table: ListTable, keyId: string, day: number, kind: WriteKind): Promise<void> {
    const collision =
      this.database.kind === 'sqlite'
        ? 'ON CONFLICT (hub_id, list_id, key_id, day) DO UPDATE SET'
        : 'ON DUPLICATE KEY UPDATE';
    const counters = (['added', 'changed', 'deleted'] as const).map((one) => (one === kind ? 1 : 0));
    const sql =
      'INSERT INTO list_write_count (hub_id, list_id, key_id, day, added, changed, deleted) ' +
      `VALUES (${marks(7)}) ${collision} ${kind} = list_write_count.${kind} + 1`;
    await tx.query(sql, [table.hubId, table.id, keyId, day, ...counters]);
  }

  /** Empty cells first when ascending, bytewise, ties by id: the same on every database. */
  private sorted({ descending, skip, take }: RowRange, { slot, type }: ListColumn): Clause {
    const start = `SUBSTR(${slot}, 1, ${SORTED_CHARACTERS})`;
    const bytes = this.database.kind === 'sqlite' ? start : `CAST(${start} AS BINARY)`;
    const order = `${type === 'String' ? bytes : slot} ${descending ? 'DESC' : 'ASC'}, row_id`;
    return { sql: ` ORDER BY ${order} LIMIT ? OFFSET ?`, parameters: [take, skip] };
  }
}

interface Clause {
  readonly sql: string;
  readonly parameters: readonly number[];
}

interface TableRow {
  readonly id: string;
  readonly name: string;
  readonly column_definitions: string;
  readonly last_row_id: number;
  readonly row_count: number;
}

function toTable(hubId: string, row: TableRow): ListTable {
  return {
    hubId,
    id: row.id,
    name: row.name,
    columns: JSON.parse(row.column_definitions) as ListColumn[],
    lastRowId: row.last_row_id,
    rowCount: row.row_count,
  };
}

/** Where no row was ever deleted the ids have no gaps, and a deep page costs as little as the first. */
function byId({ lastRowId, rowCount }: ListTable, { descending, skip, take }: RowRange): Clause {
  const order = `ORDER BY row_id ${descending ? 'DESC' : 'ASC'}`;
  if (skip > 0 && rowCount < lastRowId) {
    return { sql: ` ${order} LIMIT ? OFFSET ?`, parameters: [take, skip] };
  }
  return descending
    ? { sql: ` AND row_id <= ? ${order} LIMIT ?`, parameters: [lastRowId - skip, take] }
    : { sql: ` AND row_id > ? ${order} LIMIT ?`, parameters: [skip, take] };
}

function marks(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ');
}
