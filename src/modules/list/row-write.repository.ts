import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database } from '../../database/index.js';
import { LIST_NO, type ListTable, marks } from './row.repository.js';
import { type SlotValues } from './row-values.js';
import { stagedValues } from './slot-work.js';

const WRITE_KINDS = ['added', 'changed', 'deleted', 'cleared'] as const;
export type WriteKind = (typeof WRITE_KINDS)[number];

/** Writes rows of a list that the caller's transaction has locked. */
@Injectable()
export class RowWriteRepository {
  constructor(private readonly database: Database) {}

  /** Adds a row to a locked list and returns its id, one above the highest that the list ever gave. */
  async insert(tx: EntityManager, table: ListTable, values: SlotValues): Promise<number> {
    const { hubId, id, columns } = table;
    const rowId = table.lastRowId + 1;
    const counters = 'UPDATE list SET last_row_id = ?, row_count = row_count + 1 WHERE hub_id = ? AND id = ?';
    await tx.query(counters, [rowId, hubId, id]);
    const staged = stagedValues(table.staged, values, true);
    const slots = [...columns.map(({ slot }) => slot), ...staged.keys()];
    const into = ['list_no', 'row_id', ...slots].join(', ');
    const insert = `INSERT INTO list_row (${into}) VALUES (${LIST_NO}, ${marks(slots.length + 1)})`;
    await tx.query(insert, [hubId, id, rowId, ...slots.map((slot) => values.get(slot) ?? staged.get(slot) ?? null)]);
    return rowId;
  }

  /** How often the row was changed; null when it is not there. */
  async findRevision(tx: EntityManager, { hubId, id }: ListTable, rowId: number): Promise<number | null> {
    const sql = `SELECT revision FROM list_row WHERE list_no = ${LIST_NO} AND row_id = ?`;
    return (await tx.query<{ revision: number }[]>(sql, [hubId, id, rowId]))[0]?.revision ?? null;
  }

  async update(tx: EntityManager, table: ListTable, rowId: number, named: SlotValues): Promise<void> {
    const { hubId, id } = table;
    const values = new Map([...named, ...stagedValues(table.staged, named, false)]);
    const assignments = ['revision = revision + 1', ...[...values.keys()].map((slot) => `${slot} = ?`)].join(', ');
    const sql = `UPDATE list_row SET ${assignments} WHERE list_no = ${LIST_NO} AND row_id = ?`;
    await tx.query(sql, [...values.values(), hubId, id, rowId]);
  }

  async remove(tx: EntityManager, { hubId, id }: ListTable, rowId: number): Promise<void> {
    await tx.query(`DELETE FROM list_row WHERE list_no = ${LIST_NO} AND row_id = ?`, [hubId, id, rowId]);
    await tx.query('UPDATE list SET row_count = row_count - 1 WHERE hub_id = ? AND id = ?', [hubId, id]);
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
