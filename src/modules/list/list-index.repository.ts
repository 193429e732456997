import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database } from '../../database/index.js';
import { entryOf, type IndexTable, indexTableOf } from './index-entries.js';
import { type ListColumn } from './list-columns.js';

/** One column of one list, by the number of its slot; or all of them. */
export interface WipeTarget {
  readonly listNo: number;
  readonly slot?: number;
}

interface Group {
  readonly slot: number;
  readonly has_value: number;
}

interface Boundary {
  readonly value: unknown;
  readonly row_id: number;
}

/** Makes and removes whole indexes, a part at a time. Whoever calls has locked the list. */
@Injectable()
export class ListIndexRepository {
  constructor(private readonly database: Database) {}

  /**
   * Gives at most `limit` rows with ids above `after` their entries. Rows that writers have given theirs already keep
   * them. Returns the last id that was reached, or null when there was no row left.
   */
  async build(
    tx: EntityManager,
    listNo: number,
    column: ListColumn,
    { after, limit }: { readonly after: number; readonly limit: number },
  ): Promise<number | null> {
    const some = 'SELECT row_id FROM list_row WHERE list_no = ? AND row_id > ? ORDER BY row_id LIMIT ?';
    const rows = await tx.query<{ row_id: number }[]>(some, [listNo, after, limit]);
    const last = rows.at(-1)?.row_id;
    if (last === undefined) {
      return null;
    }
    const index = indexTableOf(column);
    const entry = Object.entries(entryOf(this.database.kind, column)).map(([name, value]) => `${value} AS ${name}`);
    const sql =
      `INSERT INTO ${index} (list_no, slot, has_value, value, row_id) SELECT ${entry.join(', ')} FROM list_row r ` +
      `WHERE r.list_no = ? AND r.row_id > ? AND r.row_id <= ? ${this.keeping(index)}`;
    await tx.query(sql, [listNo, after, last]);
    return last;
  }

  /** Removes at most `limit` entries. False when there was none. */
  async wipe(tx: EntityManager, index: IndexTable, { listNo, slot }: WipeTarget, limit: number): Promise<boolean> {
    const own = slot === undefined ? '' : ` AND slot = ${slot}`;
    const first = `SELECT slot, has_value FROM ${index} WHERE list_no = ?${own} ORDER BY slot, has_value LIMIT 1`;
    const [group] = await tx.query<Group[]>(first, [listNo]);
    if (group) {
      await this.wipeGroup(tx, index, [listNo, group.slot, group.has_value], limit);
    }
    return group !== undefined;
  }

  /** By the order of the primary key, in two ranges of it: no entry is looked at that is not removed. */
  private async wipeGroup(
    tx: EntityManager,
    index: IndexTable,
    group: readonly number[],
    limit: number,
  ): Promise<void> {
    const where = 'WHERE list_no = ? AND slot = ? AND has_value = ?';
    const nth = `SELECT value, row_id FROM ${index} ${where} ORDER BY value, row_id LIMIT 1 OFFSET ?`;
    const [boundary] = await tx.query<Boundary[]>(nth, [...group, limit - 1]);
    if (!boundary) {
      await tx.query(`DELETE FROM ${index} ${where}`, [...group]);
      return;
    }
    await tx.query(`DELETE FROM ${index} ${where} AND value < ?`, [...group, boundary.value]);
    const ties = `DELETE FROM ${index} ${where} AND value = ? AND row_id <= ?`;
    await tx.query(ties, [...group, boundary.value, boundary.row_id]);
  }

  /** A row that was written while the index is built has its entry, and it is the same: it is made from the same row. */
  private keeping(index: IndexTable): string {
    return this.database.kind === 'sqlite'
      ? 'ON CONFLICT DO NOTHING'
      : `ON DUPLICATE KEY UPDATE ${index}.list_no = ${index}.list_no`;
  }
}
