import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database } from '../../database/index.js';
import { INDEX_TABLES } from './index-entries.js';
import { ListIndexRepository } from './list-index.repository.js';

/** A deleted list of which something is left. */
export interface SweepTarget {
  readonly hubId: string;
  readonly id: string;
}

@Injectable()
export class ListSweepRepository {
  constructor(
    private readonly database: Database,
    private readonly indexes: ListIndexRepository,
  ) {}

  /** Of any hub, or of this one. */
  async findTarget(hubId?: string): Promise<SweepTarget | null> {
    const own = hubId === undefined ? '' : ' AND hub_id = ?';
    const sql = `SELECT hub_id AS hubId, id FROM list
      WHERE deleted_at IS NOT NULL AND row_count > 0${own} ORDER BY no LIMIT 1`;
    const [target] = await this.database.query<SweepTarget>(sql, hubId === undefined ? [] : [hubId]);
    return target ?? null;
  }

  /**
   * Removes at most `limit` rows, entries of indexes or counts of gaps in one short transaction. A list that lives,
   * again or still, is left alone.
   */
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
      const rows = await removeSome(tx, 'list_row', 'row_id', list.no, limit);
      const more = rows > 0 || (await this.removeBelongings(tx, list.no, limit));
      const left = more ? Math.max(1, list.row_count - rows) : 0;
      await tx.query('UPDATE list SET row_count = ? WHERE no = ?', [left, list.no]);
      if (left === 0 && list.number < 0) {
        // Never a list of its own: the rows that a clearing took away from one.
        await tx.query('DELETE FROM list WHERE no = ?', [list.no]);
      }
    });
  }

  /** False when nothing was left. */
  private async removeBelongings(tx: EntityManager, listNo: number, limit: number): Promise<boolean> {
    for (const index of INDEX_TABLES) {
      if (await this.indexes.wipe(tx, index, { listNo }, limit)) {
        return true;
      }
    }
    return (await removeSome(tx, 'list_row_gap', 'block', listNo, limit)) > 0;
  }
}

/** Those with the lowest keys; returns how many. */
async function removeSome(
  tx: EntityManager,
  table: string,
  key: string,
  listNo: number,
  limit: number,
): Promise<number> {
  const some = `SELECT ${key} AS found FROM ${table} WHERE list_no = ? ORDER BY ${key} LIMIT ?`;
  const found = await tx.query<{ found: number }[]>(some, [listNo, limit]);
  if (found.length > 0) {
    await tx.query(`DELETE FROM ${table} WHERE list_no = ? AND ${key} <= ?`, [listNo, found[found.length - 1].found]);
  }
  return found.length;
}
