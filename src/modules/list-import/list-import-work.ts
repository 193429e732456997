import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../common/clock.js';
import { AppError, UnavailableError } from '../../common/errors/index.js';
import { Database } from '../../database/index.js';
import { type JobFacts, type JobHandler, JobHandlers } from '../job/index.js';
import {
  ListFilling,
  nextChunk,
  RowWriteRepository,
  type SlotValues,
  stagedColumns,
  type WrittenTable,
} from '../list/index.js';
import { ImportActors } from './import-actors.js';
import { laidOut } from './import-columns.js';
import { ImportEnd } from './import-end.js';
import { type ReadRow, readRow, targets } from './import-rows.js';
import { type ListImport } from './list-import.entity.js';
import { ImportFailedError, ImportStoppedError, SupersededError } from './list-import.errors.js';
import { ListImportRepository, type Refusal, REFUSALS_MAX } from './list-import.repository.js';
import { IMPORT_ACTION } from './list-import.service.js';
import { type NumberedRow, RowStream } from './row-stream.js';

const CHECKED_AT_ONCE = 500;
/** Of one part: read in well under 50 ms. */
const PART_CELLS = 8_000;
const FIRST_CHUNK_ROWS = 100;
/** Fewer are no faster: then it is the transaction itself that takes its time. */
const CHUNK_ROWS_MIN = 50;
/** Of one part: what a transaction writes in well under 50 ms. */
const PART_BYTES = 256 * 1024;
/** Each holds a piece of its file and the rows that were read ahead: half a megabyte, seldom more. */
const READERS_MAX = 16;
const DAY_MILLISECONDS = 86_400_000;
const UNEXPECTED = 'An unexpected error stopped the import. The log of the server has it under the id of the job.';

/**
 * Brings files into lists, a part at a time. First every row is read and nothing written; then rows are written, each
 * part in one transaction with the place that it has come to, so that after a crash no row is written twice or left out.
 */
@Injectable()
export class ListImportWork implements JobHandler, OnModuleInit {
  private readonly logger = new Logger('ListImport');
  /** Those that take turns. The one that is pushed out reads its rows from the database again. */
  private readonly readers = new LRUCache<string, Reader>({ max: READERS_MAX });

  constructor(
    private readonly imports: ListImportRepository,
    private readonly actors: ImportActors,
    private readonly end: ImportEnd,
    private readonly filling: ListFilling,
    private readonly writes: RowWriteRepository,
    private readonly database: Database,
    private readonly handlers: JobHandlers,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.handlers.register(IMPORT_ACTION, this);
  }

  async work({ id, hubId }: JobFacts): Promise<'more' | 'done'> {
    const made = await this.imports.find(hubId, id);
    if (!made) {
      return 'done';
    }
    if (made.phase === 'check' || made.phase === 'write') {
      await this.attempt(made);
      return 'more';
    }
    if (await this.imports.wipeSome(made.uploadId)) {
      return 'more';
    }
    if (made.phase === 'failed') {
      throw new ImportFailedError(made.error ?? UNEXPECTED);
    }
    return 'done';
  }

  /** What a part refuses ends the import; what the database could not do just now comes again. */
  private async attempt(made: ListImport): Promise<void> {
    try {
      await (made.phase === 'check' ? this.check(made) : this.write(made));
    } catch (error) {
      this.readers.delete(made.id);
      if (error instanceof SupersededError) {
        return;
      }
      if (error instanceof UnavailableError) {
        throw error;
      }
      if (!(error instanceof AppError)) {
        this.logger.error({ job: made.id, hub: made.hubId, error: String(error) }, 'an import failed');
      }
      await this.end.fail(made, error instanceof AppError ? (error.details.detail ?? error.title) : UNEXPECTED);
    }
  }

  private async check(made: ListImport): Promise<void> {
    const reader = this.readerOf(made);
    const rows = await reader.stream.peek(fitting(made, CHECKED_AT_ONCE), PART_BYTES);
    if (rows.length === 0) {
      await this.checked(made);
      return;
    }
    const read = this.read(await this.tableOf(made), made, rows);
    const accepted = read.filter((one) => isValues(one)).length;
    const refusals = read.flatMap((one) => (isRefusal(one) ? [one.refusal] : []));
    const to = { ...behind(rows), accepted: made.accepted + accepted, refused: made.refused + refusals.length };
    await this.database.transaction(async (tx) => {
      await this.actors.admitted(tx, made);
      await this.advance(tx, made, to);
      await this.imports.addRefusals(tx, made, refusals.slice(0, Math.max(0, REFUSALS_MAX - made.refused)));
    });
    passed(reader, made, to, rows.length);
  }

  /** Every row was read: whether the list changes at all is decided here. */
  private async checked(made: ListImport): Promise<void> {
    const { refused, rowTotal, accepted, onError } = made;
    if (refused > 0 && (onError === 'refuse' || accepted === 0)) {
      throw new ImportStoppedError(
        `${refused} of ${rowTotal} rows were refused, and nothing was written: see GET /v1/hubs/current/lists/imports/${made.id}.`,
      );
    }
    this.readers.delete(made.id);
    await this.end.beginWriting(made);
  }

  private async write(made: ListImport): Promise<void> {
    const reader = this.readerOf(made);
    const rows = await reader.stream.peek(fitting(made, reader.chunkRows), PART_BYTES);
    if (rows.length === 0) {
      this.readers.delete(made.id);
      await this.end.complete(made);
      return;
    }
    let began = 0;
    const to = await this.database.transaction((tx) => {
      began = this.clock.monotonic();
      return this.writeRows(tx, made, rows);
    });
    reader.chunkRows = Math.max(CHUNK_ROWS_MIN, nextChunk(rows.length, this.clock.monotonic() - began));
    passed(reader, made, to, rows.length);
  }

  private async writeRows(
    tx: Parameters<ImportActors['admitted']>[0],
    made: ListImport,
    rows: readonly NumberedRow[],
  ): Promise<Partial<ListImport>> {
    const actor = await this.actors.admitted(tx, made);
    const list = await this.filling.lock(tx, made.hubId, made.hiddenId ?? made.listId);
    if (!list) {
      throw new ImportStoppedError('The list was deleted during the import.');
    }
    const table = Object.assign(list, { staged: stagedColumns(list.slotWork ?? []) });
    const read = this.read(table, made, rows);
    const values = read.flatMap((one) => (isValues(one) ? [one.values] : []));
    if (made.onError === 'refuse' && read.some((one) => isRefusal(one))) {
      throw new ImportStoppedError(`The rules of the list were changed during the import. ${told(made)}`);
    }
    const to = { ...behind(rows), written: made.written + values.length };
    await this.advance(tx, made, to);
    await this.writes.insertMany(tx, table, values);
    if (made.mode === 'append' && values.length > 0) {
      const day = Math.floor(this.clock.now() / DAY_MILLISECONDS);
      await this.writes.countWrite(tx, list, actor.record.subjectId, day, 'added', values.length);
    }
    return to;
  }

  private read(table: WrittenTable, made: ListImport, rows: readonly NumberedRow[]): ReadRow[] {
    const into = targets(table.columns, made.columns);
    return rows.map((row) => readRow(table, into, row, row.rowNo));
  }

  private async tableOf({ mode, columns, hubId, listId }: ListImport): Promise<WrittenTable> {
    if (mode === 'create') {
      return { columns: laidOut(columns), staged: [] };
    }
    const list = await this.filling.find(hubId, listId);
    if (!list) {
      throw new ImportStoppedError('The list was deleted during the import.');
    }
    return { columns: list.columns, staged: stagedColumns(list.slotWork ?? []) };
  }

  private async advance(
    tx: Parameters<ImportActors['admitted']>[0],
    made: ListImport,
    to: Partial<ListImport>,
  ): Promise<void> {
    if (!(await this.imports.advance(tx, made, to))) {
      throw new SupersededError();
    }
  }

  /** The rows that were read ahead are kept from part to part as long as nobody else moves the place. */
  private readerOf(made: ListImport): Reader {
    const place = placeOf(made);
    const known = this.readers.get(made.id);
    if (known?.place === place) {
      return known;
    }
    const reader = { place, stream: new RowStream(this.imports, made), chunkRows: FIRST_CHUNK_ROWS };
    this.readers.set(made.id, reader);
    return reader;
  }
}

/** One import under way on this node. */
interface Reader {
  place: string;
  readonly stream: RowStream;
  chunkRows: number;
}

function passed(reader: Reader, { id, phase, nextOffset }: ListImport, to: Partial<ListImport>, rows: number): void {
  reader.stream.pass(rows);
  reader.place = placeOf({ id, phase, nextOffset, ...to });
}

/** So many rows, or fewer where they are wide. */
function fitting({ columns }: ListImport, rows: number): number {
  return Math.max(1, Math.min(rows, Math.floor(PART_CELLS / columns.length)));
}

function told({ written }: ListImport): string {
  return written > 0 ? `${written} rows had been written by then.` : 'Nothing was written.';
}

function placeOf({ id, phase, nextOffset }: Pick<ListImport, 'id' | 'phase' | 'nextOffset'>): string {
  return `${id}:${phase}:${nextOffset}`;
}

function behind(rows: readonly NumberedRow[]): { nextOffset: number; nextRow: number } {
  const last = rows[rows.length - 1];
  return { nextOffset: last.end, nextRow: last.rowNo + 1 };
}

function isValues(row: ReadRow): row is { readonly values: SlotValues } {
  return row !== 'blank' && 'values' in row;
}

function isRefusal(row: ReadRow): row is { readonly refusal: Refusal } {
  return row !== 'blank' && 'refusal' in row;
}
