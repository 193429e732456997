import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import { type Period } from './period.js';
import { SEALED_COLUMNS, type SealedRow } from './seal.repository.js';
import { type SealedColumns } from './seals.js';

/** Rows of one statement: short for SQLite's readers, and all that an export keeps in memory. */
const PAGE_ROWS = 100;
const MEASURED_ROWS = 1000;
const ALL_TIME = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };

/** Places in a hub's chain, both included. */
export interface Stretch {
  readonly first: number;
  readonly last: number;
}

interface Measured {
  readonly id: string;
  readonly created_at: string;
  readonly position: string | null;
}

/** Reads a hub's activities for an export, a page at a time and each page outside any transaction. */
@Injectable()
export class ExportRepository {
  constructor(private readonly database: Database) {}

  /**
   * The shortest stretch of the chain, up to `end`, that has every row of the period; null when it has none. Rows are
   * sealed a little out of the order of their times, so that it may have rows from just outside.
   */
  async findStretch(hubId: string, period: Period, end: number): Promise<Stretch | null> {
    if (period.from === null && period.to === null) {
      return end > 0 ? { first: 1, last: end } : null;
    }
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for await (const rows of this.measure(hubId, bounds(period))) {
      const places = rows.flatMap(({ position }) => (position === null ? [] : [Number(position)]));
      const inChain = places.filter((position) => position <= end);
      first = Math.min(first, ...inChain);
      last = Math.max(last, ...inChain);
    }
    // Without a start the chain begins at its beginning, whoever removed its first rows.
    return last < first ? null : { first: period.from === null ? 1 : first, last: period.to === null ? end : last };
  }

  /** The seal at this place; null when no row has it. */
  async findSeal(hubId: string, position: number): Promise<Buffer | null> {
    const sql = 'SELECT seal FROM activity WHERE hub_id = ? AND seal_position = ?';
    const [row] = await this.database.query<{ seal: Uint8Array | null }>(sql, [hubId, position]);
    return row?.seal ? Buffer.from(row.seal) : null;
  }

  /** The rows of a stretch in the order of the chain, as they are stored. */
  async *sealed(hubId: string, { first, last }: Stretch): AsyncGenerator<SealedRow> {
    const columns = `${SEALED_COLUMNS}, CAST(seal_position AS CHAR) AS position, seal`;
    // From the very first on, also those whose position is impossible.
    let where =
      first === 1 ? 'seal_position IS NOT NULL AND seal_position <= ?' : 'seal_position <= ? AND seal_position >= ?';
    let parameters = first === 1 ? [last] : [last, first];
    for (let full = true; full;) {
      const sql = `SELECT ${columns} FROM activity WHERE hub_id = ? AND ${where} ORDER BY seal_position LIMIT ${PAGE_ROWS}`;
      const rows = await this.database.query<SealedRow & { position: string }>(sql, [hubId, ...parameters]);
      yield* rows.map((row) => ({ ...row, position: Number(row.position) }));
      where = 'seal_position <= ? AND seal_position > ?';
      parameters = [last, Number(rows.at(-1)?.position)];
      full = rows.length === PAGE_ROWS;
    }
  }

  /**
   * The rows of the period that the chain does not have up to `end`, by id. One statement asks for those without a
   * seal and those beyond `end`: a row that gets its seal meanwhile is then neither lost nor there twice.
   */
  async *unsealed(hubId: string, period: Period, end: number): AsyncGenerator<SealedColumns> {
    const { from, to } = bounds(period);
    // Sums and COALESCE keep a database from taking the index of times or ids here, and so from reading the whole hub.
    const rows = `SELECT ${SEALED_COLUMNS} FROM activity
      WHERE hub_id = ? AND activity.created_at + 0 >= ? AND activity.created_at + 0 < ?`;
    const sql = `SELECT * FROM (${rows} AND seal_position IS NULL AND id > ? ORDER BY id LIMIT ${PAGE_ROWS}) waiting
      UNION ALL SELECT * FROM (${rows} AND seal_position > ? AND COALESCE(id, '') > ?) later
      ORDER BY id LIMIT ${PAGE_ROWS}`;
    for (let [after, full] = ['', true]; full;) {
      const parameters = [hubId, from, to, after, hubId, from, to, end, after];
      const page = await this.database.query<SealedColumns>(sql, parameters);
      yield* page;
      after = page.at(-1)?.id ?? '';
      full = page.length === PAGE_ROWS;
    }
  }

  private async *measure(hubId: string, { from, to }: typeof ALL_TIME): AsyncGenerator<readonly Measured[]> {
    const sql = `SELECT id, CAST(created_at AS CHAR) AS created_at, CAST(seal_position AS CHAR) AS position
      FROM activity WHERE hub_id = ? AND activity.created_at >= ? AND activity.created_at < ?
        AND (activity.created_at > ? OR (activity.created_at = ? AND id > ?))
      ORDER BY activity.created_at, id LIMIT ${MEASURED_ROWS}`;
    for (let [time, after, full] = [String(from), '', true]; full;) {
      const rows = await this.database.query<Measured>(sql, [hubId, time, to, time, time, after]);
      yield rows;
      const end = rows.at(-1);
      [time, after, full] = [end?.created_at ?? time, end?.id ?? after, rows.length === MEASURED_ROWS];
    }
  }
}

function bounds({ from, to }: Period): typeof ALL_TIME {
  return { from: from ?? ALL_TIME.from, to: to ?? ALL_TIME.to };
}
