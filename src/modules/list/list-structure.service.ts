import { Injectable } from '@nestjs/common';
import { authorize, type Mutation, Mutations, type Principal } from '../../access/index.js';
import { nameKey } from '../../common/name-key.js';
import { Precondition } from '../../common/precondition.js';
import { ActivityRecorder } from '../activity/index.js';
import { type Job, JobService } from '../job/index.js';
import { changedColumn, type ColumnChange, needsCheck } from './column-change.js';
import { isDeclared } from './index-entries.js';
import {
  assertDefinitions,
  assertIndexable,
  freeSlot,
  type ListColumn,
  type NewColumn,
  newColumn,
} from './list-columns.js';
import { componentOf, factsOf } from './list-facts.js';
import { ListIndexes } from './list-indexes.js';
import { type List } from './list.entity.js';
import {
  ColumnBusyError,
  ColumnNotFoundError,
  LastColumnError,
  ListChangedError,
  ListNotFoundError,
  RowsInTheWayError,
} from './list.errors.js';
import { ListRepository } from './list.repository.js';
import { type RowCheck, RowChecker } from './row-checker.js';
import { busySlots, stagedColumns } from './slot-work.js';
import { LIST_COLUMN_JOB } from './slot-worker.js';

export interface ListChange {
  readonly name?: string;
  readonly description?: string | null;
}

export type AddedColumn = NewColumn & { readonly fill?: boolean; readonly force?: boolean };

/** What became of a change to the columns. */
export interface ColumnOutcome {
  readonly list: List;
  /** What was found in the rows; null where nobody had to look. */
  readonly check: RowCheck | null;
  /** Null when nothing is left to do. */
  readonly job: Job | null;
}

/** How a column is to be changed. */
interface Way {
  readonly empties: boolean;
  readonly forced: boolean;
  /** Rows were written since all were looked at. */
  readonly unseen: boolean;
  readonly indexed: boolean;
}

/** Changes what a list is while its rows stay: its name, and its columns. */
@Injectable()
export class ListStructure {
  constructor(
    private readonly lists: ListRepository,
    private readonly checker: RowChecker,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
    private readonly jobs: JobService,
    private readonly indexes: ListIndexes,
  ) {}

  update(principal: Principal, id: string, input: ListChange, precondition = Precondition.NONE): Promise<List> {
    return this.change(principal, id, precondition, (_, list) => {
      if (input.name !== undefined) {
        list.name = input.name.trim();
        list.nameKey = nameKey(input.name);
      }
      list.description = input.description === undefined ? list.description : input.description;
      return Promise.resolve(list);
    });
  }

  /** With `fill` the rows that exist get the default first, and the column shows up when all have it. */
  addColumn(
    principal: Principal,
    id: string,
    input: AddedColumn,
    precondition = Precondition.NONE,
  ): Promise<ColumnOutcome> {
    return this.change(principal, id, precondition, async (mutation, list) => {
      const work = list.slotWork ?? [];
      const others = [...list.columns, ...stagedColumns(work).map(({ column }) => column)];
      const column = newColumn(others, busySlots(work), input, list.lastColumnId + 1, '');
      assertDefinitions([...others, column], '');
      list.lastColumnId = column.id;
      const fills = input.fill === true && column.default !== undefined && list.rowCount > 0;
      if (!fills) {
        assertMayBeEmpty(list, column, input.force === true);
        list.columns = [...list.columns, column];
        const indexing = input.indexed === true ? await this.indexes.declare(mutation, list, column.id) : null;
        return { list, check: null, job: indexing };
      }
      const job = await this.jobs.queue(mutation, LIST_COLUMN_JOB, componentOf(list));
      const staged = withIndex(column, input.indexed === true);
      assertIndexable([...others, staged], '/indexed');
      list.slotWork = [...work, { kind: 'stage', job: job.id, column: staged, from: null, empties: false, after: 0 }];
      return { list, check: null, job };
    });
  }

  /**
   * Renames a column, changes its rules or its type. The rows are looked at before, outside of the transaction.
   * @throws RowsInTheWayError when values would be lost, or break the rules, and the caller did not say to go on
   */
  async changeColumn(
    principal: Principal,
    id: string,
    columnId: number,
    input: ColumnChange,
    precondition = Precondition.NONE,
  ): Promise<ColumnOutcome> {
    const seen = await this.lists.find(principal.hubId, id);
    assertThere(seen);
    authorize(principal, 'update', seen);
    precondition.assertHolds(seen);
    const before = columnOf(seen, columnId);
    const planned = changedColumn(seen, before, input);
    const empties = input.on_failure === 'empty';
    const forced = input.force === true;
    const writes = await this.lists.countWrites(principal.hubId, id);
    const check = needsCheck(before, planned) ? await this.checker.check(seen, before, planned, empties) : null;
    if (input.dry_run === true) {
      return { list: seen, check, job: null };
    }
    if (check && ((check.unconvertible > 0 && !empties) || (check.breaking > 0 && !forced))) {
      throw new RowsInTheWayError(planned.name, check);
    }
    return this.change(principal, id, precondition, async (mutation, list) => {
      const column = columnOf(list, columnId);
      // What was looked at must be what is changed.
      if (!isSameButIndex(column, before)) {
        throw new ListChangedError();
      }
      const { hubId } = mutation.actor;
      const unseen = check !== null && !forced && (await this.lists.countWrites(hubId, id, mutation.tx)) !== writes;
      const way = { empties, forced, unseen, indexed: input.indexed ?? isDeclared(column) };
      const job = await this.put(mutation, list, column, changedColumn(list, column, input), way);
      return { list, check, job };
    });
  }

  /** Its values are gone for everybody at once, and wiped afterwards. */
  dropColumn(principal: Principal, id: string, columnId: number, precondition = Precondition.NONE): Promise<Job> {
    return this.change(principal, id, precondition, async (mutation, list) => {
      const { slot } = columnOf(list, columnId);
      if (list.columns.length === 1) {
        throw new LastColumnError();
      }
      const job = await this.jobs.queue(mutation, LIST_COLUMN_JOB, componentOf(list));
      list.columns = list.columns.filter((column) => column.id !== columnId);
      list.slotWork = [...(list.slotWork ?? []), { kind: 'clear', job: job.id, slot, after: 0 }];
      return job;
    });
  }

  /** At once where the values stay what they are and all were seen; else a job goes through the rows first. */
  private async put(
    mutation: Mutation,
    list: List,
    before: ListColumn,
    target: ListColumn,
    { empties, forced, unseen, indexed }: Way,
  ): Promise<Job | null> {
    const { id, slot, type } = before;
    const stage = async (column: ListColumn): Promise<Job> => {
      const job = await this.jobs.queue(mutation, LIST_COLUMN_JOB, componentOf(list));
      const work = { kind: 'stage', job: job.id, column, from: { slot, type }, empties, forced, after: 0 } as const;
      list.slotWork = [...(list.slotWork ?? []), work];
      return job;
    };
    if (target.type === type) {
      if (!unseen) {
        list.columns = list.columns.map((column) => (column.id === id ? target : column));
      }
      const indexing = indexed === isDeclared(before) ? null : await this.index(mutation, list, id, indexed);
      return unseen ? stage(target) : indexing;
    }
    const work = list.slotWork ?? [];
    const others = [...list.columns, ...stagedColumns(work).map(({ column }) => column)];
    const free = freeSlot(others, busySlots(work), target.type, '/type');
    const column = withIndex({ ...target, slot: free }, indexed);
    assertIndexable([...others.filter((one) => one.id !== id), column], '/indexed');
    return stage(column);
  }

  private index(mutation: Mutation, list: List, columnId: number, wanted: boolean): Promise<Job | null> {
    return wanted ? this.indexes.declare(mutation, list, columnId) : this.indexes.undeclare(mutation, list, columnId);
  }

  private change<T>(
    principal: Principal,
    id: string,
    precondition: Precondition,
    work: (mutation: Mutation, list: List) => Promise<T>,
  ): Promise<T> {
    return this.mutations.run(principal, 'lists-manage', async (mutation) => {
      const { tx, actor, now } = mutation;
      const list = await this.lists.lock(tx, actor.hubId, id);
      assertThere(list);
      authorize(actor, 'update', list);
      precondition.assertHolds(list);
      const before = factsOf(list);
      list.slotWork = (list.slotWork ?? []).filter(({ kind }) => kind !== 'failed');
      const result = await work(mutation, list);
      list.revision += 1;
      list.updatedAt = now;
      await this.lists.storeStructure(tx, list);
      await this.activity.recordChange(mutation, 'hub.list.update', componentOf(list), before, factsOf(list));
      return result;
    });
  }
}

/** A column on its way gets its index once the list shows it. */
function withIndex(column: ListColumn, indexed: boolean): ListColumn {
  return indexed ? { ...column, index: { state: 'clearing' } } : column;
}

/** How far an index has come changes by itself. */
function isSameButIndex({ index: _one, ...column }: ListColumn, { index: _other, ...other }: ListColumn): boolean {
  return JSON.stringify(column) === JSON.stringify(other);
}

function assertThere(list: List | null): asserts list is List {
  if (!list) {
    throw new ListNotFoundError();
  }
}

/** @throws ColumnNotFoundError @throws ColumnBusyError while a job is at it */
function columnOf({ columns, slotWork }: List, columnId: number): ListColumn {
  const column = columns.find(({ id }) => id === columnId);
  const staged = stagedColumns(slotWork ?? []).find((work) => work.column.id === columnId);
  if (staged) {
    throw new ColumnBusyError(staged.column.name, staged.job);
  }
  if (!column) {
    throw new ColumnNotFoundError();
  }
  return column;
}

/** @throws RowsInTheWayError */
function assertMayBeEmpty({ rowCount }: List, column: ListColumn, force: boolean): void {
  if (column.required === true && rowCount > 0 && !force) {
    throw new RowsInTheWayError(column.name, { rows: rowCount, unconvertible: 0, breaking: rowCount, first: [] });
  }
}
