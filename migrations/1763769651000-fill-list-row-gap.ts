import { type MigrationInterface, type QueryRunner } from 'typeorm';

const LISTS_AT_ONCE = 500;
const BLOCK_ROWS = 1000;
const BLOCKS_AT_ONCE = 1000;

interface StoredList {
  readonly no: number;
  readonly last_row_id: number;
}

/** Lists that have lost rows already: for each block of 1 000 row ids, how many of them are no more. */
export class FillListRowGap1763769651000 implements MigrationInterface {
  readonly name = 'FillListRowGap1763769651000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const some =
      'SELECT no, last_row_id FROM list WHERE deleted_at IS NULL AND row_count < last_row_id AND no > ? ' +
      `ORDER BY no LIMIT ${LISTS_AT_ONCE}`;
    for (let last = 0; ;) {
      const lists = (await queryRunner.query(some, [last])) as StoredList[];
      for (const list of lists) {
        await fill(queryRunner, { no: list.no, last_row_id: Number(list.last_row_id) });
      }
      if (lists.length < LISTS_AT_ONCE) {
        return;
      }
      last = lists[lists.length - 1].no;
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DELETE FROM list_row_gap');
  }
}

/** A thousand blocks at a time, so that the longest list does not need more memory than that. */
async function fill(queryRunner: QueryRunner, { no, last_row_id: lastRowId }: StoredList): Promise<void> {
  await queryRunner.query('DELETE FROM list_row_gap WHERE list_no = ?', [no]);
  const blocks = Math.ceil(lastRowId / BLOCK_ROWS);
  for (let from = 0; from < blocks; from += BLOCKS_AT_ONCE) {
    const to = Math.min(blocks, from + BLOCKS_AT_ONCE);
    const there = await rowsPerBlock(queryRunner, no, from, to);
    const gaps: number[][] = [];
    for (let block = from; block < to; block += 1) {
      const missing = Math.min(BLOCK_ROWS, lastRowId - block * BLOCK_ROWS) - (there.get(block) ?? 0);
      if (missing > 0) {
        gaps.push([no, block, missing]);
      }
    }
    await insert(queryRunner, gaps);
  }
}

/** `/` of integers is one on SQLite and a decimal on servers: without a remainder both give the same. */
async function rowsPerBlock(
  queryRunner: QueryRunner,
  no: number,
  from: number,
  to: number,
): Promise<Map<number, number>> {
  const block = `(row_id - 1 - (row_id - 1) % ${BLOCK_ROWS}) / ${BLOCK_ROWS}`;
  const sql =
    `SELECT ${block} AS block, COUNT(*) AS there FROM list_row ` +
    `WHERE list_no = ? AND row_id > ? AND row_id <= ? GROUP BY ${block}`;
  const found = (await queryRunner.query(sql, [no, from * BLOCK_ROWS, to * BLOCK_ROWS])) as Record<string, unknown>[];
  return new Map(found.map((row) => [Number(row['block']), Number(row['there'])]));
}

async function insert(queryRunner: QueryRunner, gaps: readonly number[][]): Promise<void> {
  if (gaps.length > 0) {
    const sql = `INSERT INTO list_row_gap (list_no, block, missing) VALUES ${gaps.map(() => '(?, ?, ?)').join(', ')}`;
    await queryRunner.query(sql, gaps.flat());
  }
}
