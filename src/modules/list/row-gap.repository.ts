import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Database } from '../../database/index.js';
import { LIST_NO, type ListTable, marks } from './row.repository.js';

/** So many ids make a block: 1 to 1 000, 1 001 to 2 000 and so on. */
export const GAP_BLOCK = 1000;

const BLOCKS_AT_ONCE = 1000;

/** The row at a position in the order of ids: its id, or how many rows of its block are before and behind it. */
export type IdPlace =
  | { readonly rowId: number }
  | { readonly first: number; readonly last: number; readonly before: number; readonly behind: number };

interface Found {
  /** The first block with a gap that ends behind the position; null when none does. */
  readonly block: number | null;
  /** Ids that are missing in blocks before that one, and up to its end. */
  readonly passed: number | null;
  readonly running: number | null;
  readonly total: number | null;
  readonly missing: number | null;
  readonly last_row_id: number | null;
  readonly first_row_id: number | null;
}

/** Counts the row ids that a list gave and that are no more, so that a deep page is found without walking there. */
@Injectable()
export class RowGapRepository {
  constructor(private readonly database: Database) {}

  /** These rows of a locked list are deleted in the caller's transaction. */
  async add(tx: EntityManager, { hubId, id }: Pick<ListTable, 'hubId' | 'id'>, rowIds: Iterable<number>): Promise<void> {
    await this.insert(tx, { hubId, id }, [...countBlocks(rowIds)]);
  }

  /** No row of a locked list has, or will have, one of these ids. */
  async addRange(
    tx: EntityManager,
    list: Pick<ListTable, 'hubId' | 'id'>,
    { from, to }: { readonly from: number; readonly to: number },
  ): Promise<void> {
    const gaps: [block: number, missing: number][] = [];
    for (let first = from; first <= to; ) {
      const block = Math.floor((first - 1) / GAP_BLOCK);
      const last = Math.min((block + 1) * GAP_BLOCK, to);
      gaps.push([block, last - first + 1]);
      first = last + 1;
    }
    await this.insert(tx, list, gaps);
  }

  private async insert(
    tx: EntityManager,
    { hubId, id }: Pick<ListTable, 'hubId' | 'id'>,
    gaps: readonly (readonly [block: number, missing: number])[],
  ): Promise<void> {
    const collision =
      this.database.kind === 'sqlite'
        ? 'ON CONFLICT (list_no, block) DO UPDATE SET missing = list_row_gap.missing + excluded.missing'
        : 'ON DUPLICATE KEY UPDATE missing = list_row_gap.missing + VALUES(missing)';
    for (let start = 0; start < gaps.length; start += BLOCKS_AT_ONCE) {
      const some = gaps.slice(start, start + BLOCKS_AT_ONCE);
      const values = some.map(() => `(${LIST_NO}, ${marks(2)})`).join(', ');
      const sql = `INSERT INTO list_row_gap (list_no, block, missing) VALUES ${values} ${collision}`;
      await tx.query(
        sql,
        some.flatMap(([block, missing]) => [hubId, id, block, missing]),
      );
    }
  }

  /**
   * The row with exactly `position` rows of lower ids. Null when there is none, or when the gaps do not add up to what
   * the list says is missing: then somebody has written past us. A list that was emptied at once has no counts for the
   * ids that it gave before; they are all missing, and below its first row.
   */
  async locate({ hubId, id }: Pick<ListTable, 'hubId' | 'id'>, position: number): Promise<IdPlace | null> {
    const missing = 'l.last_row_id - l.row_count';
    const behind = `(g.block + 1) * ${GAP_BLOCK} - g.running - (${missing} - g.total) > ?`;
    const sql =
      `SELECT MIN(CASE WHEN ${behind} THEN g.block END) AS block, MIN(CASE WHEN ${behind} THEN g.running END) AS running, ` +
      `SUM(CASE WHEN ${behind} THEN 0 ELSE g.missing END) AS passed, MAX(g.total) AS total, ` +
      `MAX(${missing}) AS missing, MAX(l.last_row_id) AS last_row_id, ` +
      `(SELECT MIN(row_id) FROM list_row WHERE list_no = ${LIST_NO}) AS first_row_id FROM list l LEFT JOIN (` +
      'SELECT block, missing, SUM(missing) OVER (ORDER BY block) AS running, SUM(missing) OVER () AS total ' +
      `FROM list_row_gap WHERE list_no = ${LIST_NO}) g ON 1 = 1 WHERE l.hub_id = ? AND l.id = ? AND l.deleted_at IS NULL`;
    const list = [hubId, id];
    const parameters = [position, position, position, ...list, ...list, ...list];
    const [found] = await this.database.query<Found>(sql, parameters);
    return found ? placeOf(found, position) : null;
  }
}

function placeOf(found: Found, position: number): IdPlace | null {
  const [passed, lastRowId] = [Number(found.passed), Number(found.last_row_id)];
  const emptied = Number(found.missing) - Number(found.total);
  if (emptied < 0 || Number(found.first_row_id) <= emptied) {
    return null;
  }
  const rowId = emptied + position + passed + 1;
  if (found.block === null || rowId <= found.block * GAP_BLOCK) {
    return rowId <= lastRowId ? { rowId } : null;
  }
  const first = Math.max(found.block * GAP_BLOCK, emptied) + 1;
  const last = Math.min((found.block + 1) * GAP_BLOCK, lastRowId);
  const before = rowId - first;
  const behind = last - first - before - (Number(found.running) - passed);
  return behind < 0 ? null : { first, last, before, behind };
}

function countBlocks(rowIds: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const rowId of rowIds) {
    const block = Math.floor((rowId - 1) / GAP_BLOCK);
    counts.set(block, (counts.get(block) ?? 0) + 1);
  }
  return counts;
}
