import { Injectable } from '@nestjs/common';
import { type Mutation } from '../../access/index.js';
import { HubListRepository } from './hub-list.repository.js';
import { ListService } from './list.service.js';
import { ListSweepRepository } from './list-sweep.repository.js';

/** The lists of a hub all together, for what ends whole hubs. */
@Injectable()
export class HubLists {
  constructor(
    private readonly hubs: HubListRepository,
    private readonly lists: ListService,
    private readonly sweep: ListSweepRepository,
  ) {}

  /** The lists that are not deleted. */
  count({ tx, actor }: Mutation): Promise<number> {
    return this.hubs.count(tx, actor.hubId);
  }

  /** Ends at most so many lists, each with its activity; their rows are wiped after. Returns how many there were. */
  async endSome(mutation: Mutation, limit: number): Promise<number> {
    const some = await this.hubs.findSome(mutation.tx, mutation.actor.hubId, limit);
    for (const list of some) {
      await this.lists.end(mutation, list);
    }
    return some.length;
  }

  /** Wipes at most so many rows of one ended list of the hub, in a transaction of its own; false when none is left. */
  async wipeSome(hubId: string, limit: number): Promise<boolean> {
    const target = await this.sweep.findTarget(hubId);
    if (target) {
      await this.sweep.removeRows(target, limit);
    }
    return target !== null;
  }
}
