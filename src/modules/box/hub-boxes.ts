import { Injectable } from '@nestjs/common';
import { type Mutation } from '../../access/index.js';
import { BoxRepository } from './box.repository.js';
import { BoxService } from './box.service.js';

/** The boxes of a hub all together, for what ends whole hubs. */
@Injectable()
export class HubBoxes {
  constructor(
    private readonly boxes: BoxRepository,
    private readonly service: BoxService,
  ) {}

  /** The boxes that are not deleted. */
  count({ tx, actor }: Mutation): Promise<number> {
    return this.boxes.count(tx, actor.hubId);
  }

  /** Ends at most so many boxes, each with its activity. Returns how many there were. */
  async endSome(mutation: Mutation, limit: number): Promise<number> {
    const some = await this.boxes.findSome(mutation.tx, mutation.actor.hubId, limit);
    for (const box of some) {
      await this.service.end(mutation, box);
    }
    return some.length;
  }
}
