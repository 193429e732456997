import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';

/** A deleted list that still has rows. */
export interface SweepTarget {
  readonly hubId: string;
  readonly id: string;
}

@Injectable()
export class ListSweepRepository {
  constructor(private readonly database: Database) {}

  /** Of any hub, or of this one. */
  async findTarget(hubId?: string): Promise<SweepTarget | null> {
    const own = hubId === undefined ? '' : ' AND hub_id = ?';
    const sql = `SELECT hub_id AS hubId, id FROM list
      WHERE deleted_at IS NOT NULL AND row_count > 0${own} ORDER BY no LIMIT 1`;
    const [target] = await this.database.query<SweepTarget>(sql, hubId === undefined ? [] : [hubId]);
    return target ?? null;
  }

  /** Removes at most `limit` rows in one short transaction. A list that lives, again or still, is left alone. */
  removeRows({ hubId, id }: SweepTarget, limit: number): Promise<void> {
    return this.database.transaction(async (tx) => {
      const lock = `SELECT no, number, row_count FROM list WHERE hub_id = ? AND id = ? AND deleted_at IS NOT NULL`;
      const [list] = await tx.query<{ no: number; number: number; row_count: number }[]>(
        lock + this.database.forUpdate,
        [hubId, id],
      );
      if (!list) {
        return;
      }
      const some = 'SELECT row_id FROM list_row WHERE list_no = ? ORDER BY row_id LIMIT ?';
      const rows = await tx.query<{ row_id: number }[]>(some, [list.no, limit]);
      const last = rows.at(-1)?.row_id ?? 0;
      await tx.query('DELETE FROM list_row WHERE list_no = ? AND row_id <= ?', [list.no, last]);
      const left = rows.length < limit ? 0 : Math.max(1, list.row_count - rows.length);
      await tx.query('UPDATE list SET row_count = ? WHERE no = ?', [left, list.no]);
      if (left === 0 && list.number < 0) {
        // Never a list of its own: the rows that a clearing took away from one.
        await tx.query('DELETE FROM list WHERE no = ?', [list.no]);
      }
    });
  }
}
