import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { ConflictError } from '../../common/errors/index.js';
import { Database } from '../../database/index.js';
import { type JobFacts, type JobHandler, JobHandlers } from '../job/index.js';
import { convert } from './column-conversion.js';
import { brokenRule, defaultOf } from './column-rules.js';
import { type ListColumn } from './list-columns.js';
import { ListIndexes } from './list-indexes.js';
import { nextChunk } from './list-sweeper.js';
import { type List } from './list.entity.js';
import { ListRepository } from './list.repository.js';
import { SlotRepository, type SlotOfRow } from './slot.repository.js';
import { type ClearingSlot, type FailedWork, type SlotWork, type StagedColumn, staysInSlot } from './slot-work.js';

/** The job that gives the rows of a list the values of a new or changed column, and wipes what a column leaves behind. */
export const LIST_COLUMN_JOB = 'hub.list.update';

const FIRST_ROWS = 100;
/** Fewer would not be faster: what is slow then is the transaction itself. */
const ROWS_MIN = 50;
/** Of one statement with its own value for each row. */
const ROWS_MAX = 400;

/**
 * Works on the slots of a list a part at a time, while writers go on: they write the slots of columns on their way,
 * too (`stagedValues`). How far it is stands in the list, so that any node goes on after a crash. The list shows the
 * new column, whole, with the commit of the last part.
 */
@Injectable()
export class SlotWorker implements JobHandler, OnModuleInit {
  private rows = FIRST_ROWS;

  constructor(
    private readonly lists: ListRepository,
    private readonly slots: SlotRepository,
    private readonly indexes: ListIndexes,
    private readonly handlers: JobHandlers,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.handlers.register(LIST_COLUMN_JOB, this);
  }

  /** @throws ConflictError when the work was given up: the list is then as it was before it */
  async work(job: JobFacts): Promise<'more' | 'done'> {
    const began = this.clock.monotonic();
    const left = await this.database.transaction((tx) => this.step(tx, job));
    this.rows = Math.max(ROWS_MIN, Math.min(ROWS_MAX, nextChunk(this.rows, this.clock.monotonic() - began)));
    if (left?.kind === 'failed') {
      throw new ConflictError(left.failed);
    }
    // A column that is indexed is built its index when it is there.
    return left ? 'more' : this.indexes.work(job);
  }

  /** Returns what is left of the job's work; null when it is done, or the list is gone. */
  private async step(tx: EntityManager, job: JobFacts): Promise<SlotWork | null> {
    const list = await this.lists.lock(tx, job.hubId, job.componentId);
    const one = list?.slotWork?.find((work) => work.job === job.id);
    if (!list || !one || one.kind === 'failed') {
      return one ?? null;
    }
    const next = one.kind === 'stage' ? await this.stage(tx, list, one) : await this.clear(tx, list, one);
    list.slotWork = (list.slotWork ?? []).flatMap((work) => (work === one ? (next ?? []) : work));
    await this.lists.storeStructure(tx, list);
    return next;
  }

  private async stage(tx: EntityManager, list: List, staged: StagedColumn): Promise<SlotWork | null> {
    const { column, from, after } = staged;
    if (from === null) {
      const part = { value: defaultOf(column), after, limit: this.rows };
      const last = await this.slots.fill(tx, list.no, column.slot, part);
      return last === null ? this.show(list, staged) : { ...staged, after: last };
    }
    const rows = await this.slots.readLocked(tx, list.no, from, after, this.rows);
    const last = rows.at(-1);
    if (!last) {
      return this.show(list, staged);
    }
    const values = converted(rows, staged);
    if ('refused' in values) {
      const failed = `${values.refused} The column ${column.name} is as it was. Change the row, or ask with ${values.instead}.`;
      return staysInSlot(staged)
        ? { kind: 'failed', job: staged.job, failed }
        : { kind: 'clear', job: staged.job, slot: column.slot, after: 0, failed };
    }
    if (!staysInSlot(staged)) {
      await this.slots.write(tx, list.no, column.slot, values.rows);
    }
    return { ...staged, after: last.row_id };
  }

  /** From the commit on the column is what was asked for. What it was before is wiped. */
  private show(list: List, staged: StagedColumn): ClearingSlot | null {
    const { job, column, from } = staged;
    const shown = (one: ListColumn): ListColumn => (staysInSlot(staged) ? { ...column, index: one.index } : column);
    list.columns = from
      ? list.columns.map((one) => (one.id === column.id ? shown(one) : one))
      : [...list.columns, column];
    list.revision += 1;
    list.updatedAt = this.clock.now();
    return from && !staysInSlot(staged) ? { kind: 'clear', job, slot: from.slot, after: 0 } : null;
  }

  private async clear(tx: EntityManager, list: List, work: ClearingSlot): Promise<ClearingSlot | FailedWork | null> {
    const { job, slot, after, failed } = work;
    // What an index has left of it would be found again in the next column with this slot.
    if (await this.indexes.wipe(tx, list.no, slot, this.rows)) {
      return work;
    }
    const last = await this.slots.fill(tx, list.no, slot, { value: null, after, limit: this.rows });
    if (last !== null) {
      return { ...work, after: last };
    }
    return failed === undefined ? null : { kind: 'failed', job, failed };
  }
}

/** The values of rows as the column will have them; or what is wrong with one, and what the caller could ask for instead. */
type Converted = { readonly rows: SlotOfRow[] } | { readonly refused: string; readonly instead: string };

function converted(rows: readonly SlotOfRow[], { column, from, empties, forced }: StagedColumn): Converted {
  const values: SlotOfRow[] = [];
  for (const { row_id, value } of rows) {
    const kept = from ? convert(value, from.type, column.type) : undefined;
    if (kept === undefined && !empties) {
      const refused = `Row ${row_id} came to hold a value that ${column.type} cannot hold.`;
      return { refused, instead: 'on_failure "empty"' };
    }
    const broken = forced === true ? null : brokenRule(column, kept ?? null);
    if (broken) {
      const refused = `Row ${row_id} came to hold a value that breaks the rule ${broken.rule}. ${broken.detail}`;
      return { refused, instead: 'force' };
    }
    values.push({ row_id, value: kept ?? null });
  }
  return { rows: values };
}
