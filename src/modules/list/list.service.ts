import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { authorize, creatorOf, type Mutation, Mutations, type Principal } from '../../access/index.js';
import { newId } from '../../common/ids.js';
import { nameKey } from '../../common/name-key.js';
import { Precondition } from '../../common/precondition.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { bornOf } from '../../database/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { HubService } from '../hub/index.js';
import { type Job, JobService } from '../job/index.js';
import { layColumns, type ListColumn, type NewColumn } from './list-columns.js';
import { componentOf, factsOf } from './list-facts.js';
import { ListSweeper } from './list-sweeper.js';
import { List } from './list.entity.js';
import { ListNotFoundError } from './list.errors.js';
import { type ColumnsOfList, ListRepository } from './list.repository.js';

export interface ListInput {
  readonly name: string;
  readonly description?: string | null;
  readonly columns: readonly NewColumn[];
}

/** The structure of lists; their rows are the business of `RowService`. */
@Injectable()
export class ListService {
  constructor(
    private readonly lists: ListRepository,
    private readonly hubs: HubService,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
    private readonly jobs: JobService,
    private readonly sweeper: ListSweeper,
  ) {}

  list(principal: Principal, query: ResourceQuery): Promise<List[]> {
    return this.lists.list(principal.hubId, query);
  }

  async get(principal: Principal, id: string): Promise<List> {
    const list = await this.lists.find(principal.hubId, id);
    if (!list) {
      throw new ListNotFoundError();
    }
    authorize(principal, 'read', list);
    return list;
  }

  create(principal: Principal, input: ListInput): Promise<List> {
    return this.mutations.run(principal, 'lists-manage', async (mutation) => {
      const { tx, actor } = mutation;
      const columns = layColumns(input.columns);
      const number = await this.hubs.takeListNumber(tx, actor.hubId);
      const list = newList(mutation, input, columns, number);
      authorize(actor, 'create', list);
      await this.lists.insert(tx, list);
      await this.activity.recordChange(mutation, 'hub.list.create', componentOf(list), {}, factsOf(list));
      return list;
    });
  }

  /** The list is gone with the commit, its name is free, and the job is done; its rows are removed afterwards, a few at a time. */
  async delete(principal: Principal, id: string, precondition = Precondition.NONE): Promise<Job> {
    const done = await this.mutations.run(principal, 'lists-manage', async (mutation) => {
      const { tx, actor } = mutation;
      const list = await this.lists.find(actor.hubId, id, tx);
      if (!list) {
        throw new ListNotFoundError();
      }
      authorize(actor, 'delete', list);
      precondition.assertHolds(list);
      await this.end(mutation, list);
      return this.jobs.completed(mutation, 'hub.list.delete', componentOf(list));
    });
    this.sweeper.wake();
    return done;
  }

  /** Deleted from now on; who calls has asked whether it may be, and sees to its rows. */
  async end(mutation: Mutation, list: List): Promise<void> {
    const { tx, now } = mutation;
    Object.assign(list, { nameKey: null, deletedAt: now, updatedAt: now, revision: list.revision + 1 });
    await this.lists.markDeleted(tx, list);
    await this.activity.recordChange(mutation, 'hub.list.delete', componentOf(list), factsOf(list), {});
  }

  /** Which of these ids are live lists of the hub, for whoever grants rights on them. */
  findIds(tx: EntityManager, hubId: string, ids: readonly string[]): Promise<Set<string>> {
    return this.lists.findIds(tx, hubId, ids);
  }

  /** The columns of these lists by the list's id, for whoever grants rights on single ones; of live lists of the hub only. */
  columnsOf(tx: EntityManager, hubId: string, ids: readonly string[]): Promise<Map<string, ColumnsOfList>> {
    return this.lists.columnsOf(tx, hubId, ids);
  }
}

function newList({ actor, now }: Mutation, input: ListInput, columns: ListColumn[], number: number): List {
  return Object.assign(new List(), {
    id: newId(now),
    hubId: actor.hubId,
    number,
    name: input.name.trim(),
    nameKey: nameKey(input.name),
    description: input.description ?? null,
    columns,
    slotWork: [],
    lastColumnId: columns.length,
    lastRowId: 0,
    rowCount: 0,
    revision: 1,
    ...bornOf(creatorOf(actor), now),
  });
}
