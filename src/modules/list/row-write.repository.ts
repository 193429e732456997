import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database } from '../../database/index.js';
import { RowGapRepository } from './row-gap.repository.js';
import { RowIndexRepository } from './row-index.repository.js';
import { LIST_NO, type ListTable, marks } from './row.repository.js';
import { type SlotValue, type SlotValues } from './row-values.js';
import { stagedValues } from './slot-work.js';

const WRITE_KINDS = ['added', 'changed', 'deleted', 'cleared'] as const;
export type WriteKind = (typeof WRITE_KINDS)[number];

/** Of one statement: few enough for every database, and short enough to be sent. */
const STATEMENT_VALUES_MAX = 8_000;
const STATEMENT_CHARACTERS_MAX = 1_000_000;

/** Writes rows of a list that the caller's transaction has locked, and all that follows from them in the same transaction. */
@Injectable()
export class RowWriteRepository {
  constructor(
    private readonly database: Database,
    private readonly indexes: RowIndexRepository,
    private readonly gaps: RowGapRepository,
  ) {}

  /** Adds a row to a locked list and returns its id, one above the highest that the list ever gave. */
  async insert(tx: EntityManager, table: ListTable, values: SlotValues): Promise<number> {
    const { hubId, id, columns } = table;
    const rowId = table.lastRowId + 1;
    const counters = 'UPDATE list SET last_row_id = ?, row_count = row_count + 1 WHERE hub_id = ? AND id = ?';
    await tx.query(counters, [rowId, hubId, id]);
    const staged = stagedValues(table, values, true);
    const slots = [...columns.map(({ slot }) => slot), ...staged.keys()];
    const into = ['list_no', 'row_id', ...slots].join(', ');
    const insert = `INSERT INTO list_row (${into}) VALUES (${LIST_NO}, ${marks(slots.length + 1)})`;
    await tx.query(insert, [hubId, id, rowId, ...slots.map((slot) => values.get(slot) ?? staged.get(slot) ?? null)]);
    await this.indexes.add(tx, table, { from: rowId, to: rowId });
    return rowId;
  }

  /**
   * Adds rows to a locked list in few statements and returns their ids, which follow one another in the order of `rows`.
   * `table` is the list before; who adds more in the same transaction reads it again. A part of at most some hundred
   * rows keeps within the 50 ms for which SQLite's one writer may be held.
   */
  async insertMany(tx: EntityManager, table: ListTable, rows: readonly SlotValues[]): Promise<number[]> {
    const { hubId, id, lastRowId } = table;
    if (rows.length === 0) {
      return [];
    }
    const counters = 'UPDATE list SET last_row_id = ?, row_count = row_count + ? WHERE hub_id = ? AND id = ?';
    await tx.query(counters, [lastRowId + rows.length, rows.length, hubId, id]);
    const slots = [...new Set([...table.columns, ...table.staged.map(({ column }) => column)].map(({ slot }) => slot))];
    const cells = rows.map((values, index) => {
      const whole = new Map([...stagedValues(table, values, true), ...values]);
      return [lastRowId + 1 + index, ...slots.map((slot) => whole.get(slot) ?? null)];
    });
    const into = ['list_no', 'row_id', ...slots].join(', ');
    const row = `(${LIST_NO}, ${marks(slots.length + 1)})`;
    for (const some of inStatements(cells)) {
      const parameters = some.flatMap((one) => [hubId, id, ...one]);
      await tx.query(`INSERT INTO list_row (${into}) VALUES ${some.map(() => row).join(', ')}`, parameters);
    }
    await this.indexes.add(tx, table, { from: lastRowId + 1, to: lastRowId + rows.length });
    return cells.map(([rowId]) => rowId as number);
  }

  /** How often the row was changed; null when it is not there. */
  async findRevision(tx: EntityManager, { hubId, id }: ListTable, rowId: number): Promise<number | null> {
    const sql = `SELECT revision FROM list_row WHERE list_no = ${LIST_NO} AND row_id = ?`;
    return (await tx.query<{ revision: number }[]>(sql, [hubId, id, rowId]))[0]?.revision ?? null;
  }

  async update(tx: EntityManager, table: ListTable, rowId: number, named: SlotValues): Promise<void> {
    const values = new Map([...named, ...stagedValues(table, named, false)]);
    const span = { from: rowId, to: rowId };
    const slots = new Set(named.keys());
    await this.indexes.remove(tx, table, span, slots);
    const assignments = ['revision = revision + 1', ...[...values.keys()].map((slot) => `${slot} = ?`)].join(', ');
    const sql = `UPDATE list_row SET ${assignments} WHERE list_no = ${LIST_NO} AND row_id = ?`;
    await tx.query(sql, [...values.values(), table.hubId, table.id, rowId]);
    await this.indexes.add(tx, table, span, slots);
  }

  /** The row is there. */
  async remove(tx: EntityManager, table: ListTable, rowId: number): Promise<void> {
    const { hubId, id } = table;
    await this.indexes.remove(tx, table, { from: rowId, to: rowId });
    await tx.query(`DELETE FROM list_row WHERE list_no = ${LIST_NO} AND row_id = ?`, [hubId, id, rowId]);
    await tx.query('UPDATE list SET row_count = row_count - 1 WHERE hub_id = ? AND id = ?', [hubId, id]);
    await this.gaps.add(tx, table, [rowId]);
  }

  /** So many more rows written in this way by this key today. */
  async countWrite(
    tx: EntityManager,
    table: Pick<ListTable, 'hubId' | 'id'>,
    keyId: string,
    day: number,
    kind: WriteKind,
    rows = 1,
  ): Promise<void> {
    const collision =
      this.database.kind === 'sqlite'
        ? 'ON CONFLICT (hub_id, list_id, key_id, day) DO UPDATE SET'
        : 'ON DUPLICATE KEY UPDATE';
    const counters = WRITE_KINDS.map((one) => (one === kind ? rows : 0));
    const sql =
      `INSERT INTO list_write_count (hub_id, list_id, key_id, day, ${WRITE_KINDS.join(', ')}) ` +
      `VALUES (${marks(4 + counters.length)}) ${collision} ${kind} = list_write_count.${kind} + ?`;
    await tx.query(sql, [table.hubId, table.id, keyId, day, ...counters, rows]);
  }
}

type Cells = readonly SlotValue[];

/** Parts that one statement can take each; a single row that is longer is a part of its own. */
function inStatements(rows: readonly Cells[]): Cells[][] {
  const parts: Cells[][] = [];
  let room = 0;
  for (const row of rows) {
    const length = row.reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? cell.length : 0), 0);
    const part = parts.at(-1);
    if (part && length <= room && (part.length + 1) * (row.length + 2) <= STATEMENT_VALUES_MAX) {
      part.push(row);
      room -= length;
    } else {
      parts.push([row]);
      room = STATEMENT_CHARACTERS_MAX - length;
    }
  }
  return parts;
}
