import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database } from '../../database/index.js';
import { type ColumnType, type SlotValue } from './cell-values.js';
import { MATCHED_LENGTH_MAX } from './column-pattern.js';
import { marks } from './row.repository.js';

/** Texts are read so far: whatever rule or conversion looks at one, a longer text is no different from this much of it. */
const READ_LENGTH = MATCHED_LENGTH_MAX + 1;

export interface SlotOfRow {
  readonly row_id: number;
  readonly value: SlotValue;
}

/** One slot of many rows, by the number of their list; whoever writes has locked the list. */
@Injectable()
export class SlotRepository {
  constructor(private readonly database: Database) {}

  /** The beginnings of the values of at most so many rows behind `after`, by id; of the list that lives. */
  read(hubId: string, listId: string, source: Source, after: number, limit: number): Promise<SlotOfRow[]> {
    const list = '(SELECT no FROM list WHERE hub_id = ? AND id = ? AND deleted_at IS NULL)';
    return this.database.query(selection(source, list), [hubId, listId, after, limit]);
  }

  readLocked(tx: EntityManager, listNo: number, source: Source, after: number, limit: number): Promise<SlotOfRow[]> {
    return tx.query(selection(source, '?'), [listNo, after, limit]);
  }

  /** In one statement. */
  async write(tx: EntityManager, listNo: number, slot: string, values: readonly SlotOfRow[]): Promise<void> {
    if (values.length === 0) {
      return;
    }
    const cases = values.map(() => 'WHEN ? THEN ?').join(' ');
    const sql = `UPDATE list_row SET ${slot} = CASE row_id ${cases} END
      WHERE list_no = ? AND row_id IN (${marks(values.length)})`;
    const ids = values.map(({ row_id }) => row_id);
    await tx.query(sql, [...values.flatMap(({ row_id, value }) => [row_id, value]), listNo, ...ids]);
  }

  /** The same value for at most so many rows behind `after`. Returns the last of them; null when there was none left. */
  async fill(
    tx: EntityManager,
    listNo: number,
    slot: string,
    { value, after, limit }: { readonly value: SlotValue; readonly after: number; readonly limit: number },
  ): Promise<number | null> {
    const some = 'SELECT row_id FROM list_row WHERE list_no = ? AND row_id > ? ORDER BY row_id LIMIT ?';
    const last = (await tx.query<{ row_id: number }[]>(some, [listNo, after, limit])).at(-1)?.row_id;
    if (last === undefined) {
      return null;
    }
    const sql = `UPDATE list_row SET ${slot} = ? WHERE list_no = ? AND row_id > ? AND row_id <= ?`;
    await tx.query(sql, [value, listNo, after, last]);
    return last;
  }
}

interface Source {
  readonly slot: string;
  readonly type: ColumnType;
}

function selection({ slot, type }: Source, listNo: string): string {
  const value = type === 'String' ? `SUBSTR(${slot}, 1, ${READ_LENGTH})` : slot;
  return `SELECT row_id, ${value} AS value FROM list_row WHERE list_no = ${listNo} AND row_id > ? ORDER BY row_id LIMIT ?`;
}
