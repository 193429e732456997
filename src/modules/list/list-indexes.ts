import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Mutation } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { Database } from '../../database/index.js';
import { type Job, type JobFacts, type JobHandler, JobHandlers, JobService } from '../job/index.js';
import { indexTableOf, isDeclared, slotNumber } from './index-entries.js';
import { type ColumnIndex, INDEXES_MAX, type ListColumn } from './list-columns.js';
import { ListIndexRepository } from './list-index.repository.js';
import { nextChunk } from './list-sweeper.js';
import { type List } from './list.entity.js';
import { TooManyIndexesError } from './list.errors.js';
import { ListRepository } from './list.repository.js';

/** The job that builds or removes the indexes of a list. */
export const LIST_INDEX_JOB = 'hub.list.index';

const FIRST_ROWS = 200;
/** Entries are narrow: so many take a few milliseconds at most. A server that is slow to commit is not slow by the row. */
const ROWS_MIN = 100;

/**
 * Declares columns as indexed, or no longer. What has to be done to the rows is a job: a part at a time, while writers
 * go on. How far it is stands in the column's definition, so that any node goes on after a crash.
 */
@Injectable()
export class ListIndexes implements JobHandler, OnModuleInit {
  private rows = FIRST_ROWS;

  constructor(
    private readonly lists: ListRepository,
    private readonly indexes: ListIndexRepository,
    private readonly jobs: JobService,
    private readonly handlers: JobHandlers,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.handlers.register(LIST_INDEX_JOB, this);
  }

  /**
   * From the commit on the column counts as indexed, and is used as such as soon as the job has given every row its
   * entry. Changes `list.columns` and nothing else: the caller got the list by `ListRepository.lock`, stores it with the
   * rest of the change in the same transaction, and records the change.
   * @returns the job; null when the index is there already, or there are no rows to index
   * @throws TooManyIndexesError that points at `source`
   */
  async declare(mutation: Mutation, list: List, columnId: number, source = '/indexed'): Promise<Job | null> {
    const column = columnOf(list, columnId);
    if (column.index?.state === 'ready') {
      return null;
    }
    if (!isDeclared(column)) {
      if (list.columns.filter(isDeclared).length >= INDEXES_MAX) {
        throw new TooManyIndexesError(INDEXES_MAX, source);
      }
      const fresh = column.index === undefined && list.lastRowId === 0;
      setIndex(list, columnId, { state: fresh ? 'ready' : 'clearing' });
      if (fresh) {
        return null;
      }
    }
    return this.queue(mutation, list);
  }

  /**
   * From the commit on nobody uses the index any more; the job removes its entries. As `declare` it changes
   * `list.columns` only. Whoever drops the column itself wipes its entries with its slot: see `wipe`.
   * @returns the job; null when the column has no index
   */
  async undeclare(mutation: Mutation, list: List, columnId: number): Promise<Job | null> {
    if (columnOf(list, columnId).index === undefined) {
      return null;
    }
    setIndex(list, columnId, { state: 'dropping' });
    return this.queue(mutation, list);
  }

  /**
   * As `declare`, for a column whose rows were written without its index: after it got another slot, for example.
   * @returns the job
   */
  rebuild(mutation: Mutation, list: List, columnId: number): Promise<Job> {
    columnOf(list, columnId);
    setIndex(list, columnId, { state: 'clearing' });
    return this.queue(mutation, list);
  }

  /** Removes at most `limit` entries of a slot that belongs to no column any more. False when there was none. */
  wipe(tx: EntityManager, listNo: number, column: Pick<ListColumn, 'type' | 'slot'>, limit: number): Promise<boolean> {
    return this.indexes.wipe(tx, indexTableOf(column), { listNo, slot: slotNumber(column) }, limit);
  }

  /** One part of the first index of the list that is not as it should be. */
  async work({ hubId, componentId }: JobFacts): Promise<'more' | 'done'> {
    const began = this.clock.monotonic();
    const more = await this.database.transaction((tx) => this.step(tx, hubId, componentId));
    this.rows = Math.max(ROWS_MIN, nextChunk(this.rows, this.clock.monotonic() - began));
    return more ? 'more' : 'done';
  }

  private queue(mutation: Mutation, list: List): Promise<Job> {
    return this.jobs.queue(mutation, LIST_INDEX_JOB, { type: 'list', id: list.id });
  }

  private async step(tx: EntityManager, hubId: string, listId: string): Promise<boolean> {
    const list = await this.lists.lock(tx, hubId, listId);
    const column = list?.columns.find(({ index }) => index !== undefined && index.state !== 'ready');
    if (!list || !column) {
      return false;
    }
    const next = column.index?.state === 'building' ? await this.build(tx, list, column) : await this.clear(tx, list, column);
    setIndex(list, column.id, next);
    await this.lists.storeIndexes(tx, list);
    return true;
  }

  private async build(tx: EntityManager, { no }: List, column: ListColumn): Promise<ColumnIndex> {
    const place = { after: column.index?.upTo ?? 0, limit: this.rows };
    const upTo = await this.indexes.build(tx, no, column, place);
    return upTo === null ? { state: 'ready' } : { state: 'building', upTo };
  }

  /** What an earlier index of the slot has left must be gone before writers add to it again. */
  private async clear(tx: EntityManager, { no }: List, column: ListColumn): Promise<ColumnIndex | undefined> {
    if (await this.wipe(tx, no, column, this.rows)) {
      return column.index;
    }
    return column.index?.state === 'clearing' ? { state: 'building', upTo: 0 } : undefined;
  }
}

function columnOf({ columns }: List, columnId: number): ListColumn {
  const column = columns.find(({ id }) => id === columnId);
  if (!column) {
    throw new Error(`The list has no column ${columnId}.`);
  }
  return column;
}

function setIndex(list: List, columnId: number, next: ColumnIndex | undefined): void {
  list.columns = list.columns.map((column) => {
    const { index: _before, ...rest } = column;
    return column.id === columnId ? { ...rest, ...(next && { index: next }) } : column;
  });
}
