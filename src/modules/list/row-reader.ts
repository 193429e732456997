import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Gate } from './gate.js';
import { ID_COLUMN, type ListColumn } from './list-columns.js';
import { cellValue } from './row-values.js';
import { RowOrderRepository } from './row-order.repository.js';
import {
  type ListTable,
  type RowPlace,
  type RowRange,
  type RowRecord,
  RowRepository,
  type RowSize,
} from './row.repository.js';

/** A page ends before the row that would make its JSON longer; only its first row may be longer alone. */
export const PAGE_BYTES = 4 * 1024 * 1024;

/** Read and built in well under 50 ms, and few enough for the database to find rows by their ids. */
const BATCH_CELLS = 8_000;
const BATCH_ROWS_MAX = 500;

/** So many cells of text are at most 9.6 million characters. Beyond that sizes are asked for before texts are. */
const TEXT_CELLS_UNSEEN = 96;

/** Reads that need more than one batch, in the whole process: each holds a page in memory. */
const LONG_READS_MAX = 4;

export interface ReadRows {
  readonly rows: readonly RowRecord[];
  /** Rows follow in this order, not asked for or beyond the bytes of a page. */
  readonly more: boolean;
  /** As many as the list was thought to have. Fewer are there when rows were deleted meanwhile, or columns changed. */
  readonly complete: boolean;
}

/**
 * Reads a page in batches, with a turn of the event loop between them: neither many rows nor long ones hold up the
 * requests of others. Writers may come between two batches; no row is read twice for it.
 */
@Injectable()
export class RowReader {
  private readonly longReads = new Gate(LONG_READS_MAX);
  /** One batch a turn, whoever reads: on SQLite a statement does not wait for anything. */
  private readonly turns = new Gate(1);

  constructor(
    private readonly rows: RowRepository,
    private readonly order: RowOrderRepository,
  ) {}

  /** @param first rows that were read already, at most `rowsAtFirst`, where the range is by ID */
  async read(table: ListTable, range: RowRange, first?: readonly RowRecord[]): Promise<ReadRows> {
    const page = new Page(table, range);
    const next = first ? page.addFrom(range, first) : await this.begin(page, range);
    if (next) {
      await this.longReads.run(() => this.readOn(page, next));
    }
    return { rows: page.rows, more: page.more, complete: page.full };
  }

  /** How many rows may be read of a list of which nothing else is known yet. */
  rowsAtFirst(columns: readonly ListColumn[], take: number): number {
    return Math.min(
      take,
      BATCH_ROWS_MAX,
      rowsOf(BATCH_CELLS, columns.length + 1),
      rowsOf(TEXT_CELLS_UNSEEN, textsOf(columns)),
    );
  }

  private async begin(page: Page, range: RowRange): Promise<RowPlace | null> {
    if (page.full) {
      return null;
    }
    const { table } = page;
    const place = range.column
      ? { ids: await this.order.sortedIds(table, range.column, range) }
      : await this.order.start(table, range);
    return this.readBatch(page, place);
  }

  private async readOn(page: Page, place: RowPlace): Promise<void> {
    for (let next: RowPlace | null = place; next; next = await this.readBatch(page, next)) {
      await this.turns.run(() => turn());
    }
  }

  /** Where the next batch begins, or null when the page is complete. */
  private async readBatch(page: Page, place: RowPlace): Promise<RowPlace | null> {
    const { table } = page;
    const limit = page.batchRows();
    const asked = 'ids' in place ? { ids: place.ids.slice(0, limit) } : place;
    if (limit === 0 || ('ids' in asked && asked.ids.length === 0)) {
      return null;
    }
    const seen = page.readableUnseen(limit) ? asked : { ids: page.fitting(await this.rows.sizes(table, asked, limit)) };
    return page.addFrom(place, await this.rows.read(table, seen, limit));
  }
}

/** As many rows as have so many cells together; at least one. */
function rowsOf(cells: number, cellsOfRow: number): number {
  return Math.max(1, Math.floor(cells / cellsOfRow));
}

function textsOf(columns: readonly ListColumn[]): number {
  return columns.filter(({ type }) => type === 'String').length;
}

function following(place: RowPlace, rows: readonly RowRecord[]): RowPlace | null {
  const last = rows.at(-1)?.row_id;
  if (last === undefined) {
    return null;
  }
  return 'ids' in place
    ? { ids: place.ids.slice(place.ids.indexOf(last) + 1) }
    : { after: last, descending: place.descending };
}

/** The rows so far, and how many bytes of JSON they will be. */
class Page {
  readonly rows: RowRecord[] = [];
  private readonly asked: number;
  private readonly texts: number;
  /** By column, ID first: the JSON of a cell without its value. */
  private readonly cellBytes: readonly number[];
  private bytes = 0;
  private closed = false;

  constructor(
    readonly table: ListTable,
    private readonly range: RowRange,
  ) {
    this.asked = Math.min(range.take, Math.max(0, table.rowCount - range.skip));
    this.texts = textsOf(table.columns);
    this.cellBytes = [ID_COLUMN, ...table.columns].map(({ name }) => jsonBytes({ column: name, value: 0 }));
  }

  get full(): boolean {
    return this.closed || this.rows.length >= this.asked;
  }

  /** An empty page is the last one, whatever the list counts: a client that goes on as told comes to an end. */
  get more(): boolean {
    return this.rows.length > 0 && this.range.skip + this.rows.length < this.table.rowCount;
  }

  batchRows(): number {
    const fitting = rowsOf(BATCH_CELLS, this.cellBytes.length);
    return this.full ? 0 : Math.min(this.asked - this.rows.length, BATCH_ROWS_MAX, fitting);
  }

  readableUnseen(rows: number): boolean {
    return rows * this.texts <= TEXT_CELLS_UNSEEN;
  }

  /** The first of these rows, as many as the page has room for by the bytes of their texts alone; at least one. */
  fitting(sizes: readonly RowSize[]): number[] {
    let room = PAGE_BYTES - this.bytes;
    const beyond = sizes.findIndex(({ size }) => (room -= size) < 0);
    return sizes.slice(0, beyond < 0 ? sizes.length : Math.max(1, beyond)).map(({ row_id }) => row_id);
  }

  /** Takes what was read at a place, and says where the next batch begins; null when the page is complete. */
  addFrom(place: RowPlace, rows: readonly RowRecord[]): RowPlace | null {
    return this.add(rows) ? following(place, rows) : null;
  }

  /** False when the page is complete. */
  private add(rows: readonly RowRecord[]): boolean {
    for (const row of rows) {
      const bytes = this.bytesOf(row);
      if (this.rows.length > 0 && this.bytes + bytes > PAGE_BYTES) {
        this.closed = true;
        return false;
      }
      this.bytes += bytes;
      this.rows.push(row);
    }
    return !this.full;
  }

  private bytesOf(row: RowRecord): number {
    const values = [row.row_id, ...this.table.columns.map(({ type, slot }) => cellValue(type, row[slot] ?? null))];
    return values.reduce<number>((sum, value, index) => sum + (this.cellBytes[index] ?? 0) + jsonBytes(value), 2);
  }
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
