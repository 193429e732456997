import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database } from '../../database/index.js';
import { LIST_NO, type ListTable, marks } from './row.repository.js';
import { type SlotValues } from './row-values.js';

export type WriteKind = 'added' | 'changed' | 'deleted';

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
    const slots = columns.map(({ slot }) => slot);
    const into = ['list_no', 'row_id', ...slots].join(', ');
    const insert = `INSERT INTO list_row (${into}) VALUES (${LIST_NO}, ${marks(slots.length + 1)})`;
    await tx.query(insert, [hubId, id, rowId, ...slots.map((slot) => values.get(slot) ?? null)]);
    return rowId;
  }

  /** Adds rows to a locked list, with ids that follow one another. `table` is the list as it was before. */
  async insertMany(tx: EntityManager, table: ListTable, rows: readonly SlotValues[]): Promise<number[]> {
    const { hubId, id, columns, lastRowId } = table;
    const counters = 'UPDATE list SET last_row_id = ?, row_count = row_count + ? WHERE hub_id = ? AND id = ?';
    await tx.query(counters, [lastRowId + rows.length, rows.length, hubId, id]);
    const slots = columns.map(({ slot }) => slot);
    const into = ['list_no', 'row_id', ...slots].join(', ');
    const one = `(${LIST_NO}, ${marks(slots.length + 1)})`;
    const atOnce = Math.max(1, Math.floor(8_000 / (slots.length + 3)));
    for (let begin = 0; begin < rows.length; begin += atOnce) {
      const some = rows.slice(begin, begin + atOnce);
      const values = some.flatMap((row, index) => [
        hubId,
        id,
        lastRowId + begin + index + 1,
        ...slots.map((slot) => row.get(slot) ?? null),
      ]);
      await tx.query(`INSERT INTO list_row (${into}) VALUES ${some.map(() => one).join(', ')}`, values);
    }
    return rows.map((_, index) => lastRowId + index + 1);
  }

  async exists(tx: EntityManager, { hubId, id }: ListTable, rowId: number): Promise<boolean> {
    const sql = `SELECT row_id FROM list_row WHERE list_no = ${LIST_NO} AND row_id = ?`;
    return (await tx.query<unknown[]>(sql, [hubId, id, rowId])).length > 0;
  }

  async update(tx: EntityManager, { hubId, id }: ListTable, rowId: number, values: SlotValues): Promise<void> {
    const assignments = ['revision = revision + 1', ...[...values.keys()].map((slot) => `${slot} = ?`)].join(', ');
    const sql = `UPDATE list_row SET ${assignments} WHERE list_no = ${LIST_NO} AND row_id = ?`;
    await tx.query(sql, [...values.values(), hubId, id, rowId]);
  }

  async remove(tx: EntityManager, { hubId, id }: ListTable, rowId: number): Promise<void> {
    await tx.query(`DELETE FROM list_row WHERE list_no = ${LIST_NO} AND row_id = ?`, [hubId, id, rowId]);
    await tx.query('UPDATE list SET row_count = row_count - 1 WHERE hub_id = ? AND id = ?', [hubId, id]);
  }

  /** So many more writes of this kind by this key today; one, unless said. */
  async countWrite(tx: EntityManager, table: ListTable, keyId: string, day: number, kind: WriteKind, count = 1): Promise<void> {
    const collision =
      this.database.kind === 'sqlite'
        ? 'ON CONFLICT (hub_id, list_id, key_id, day) DO UPDATE SET'
        : 'ON DUPLICATE KEY UPDATE';
    const counters = (['added', 'changed', 'deleted'] as const).map((one) => (one === kind ? count : 0));
    const sql =
      'INSERT INTO list_write_count (hub_id, list_id, key_id, day, added, changed, deleted) ' +
      `VALUES (${marks(7)}) ${collision} ${kind} = list_write_count.${kind} + ?`;
    await tx.query(sql, [table.hubId, table.id, keyId, day, ...counters, count]);
  }
}
