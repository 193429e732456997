import { Injectable } from '@nestjs/common';
import { type Mutation } from '../../access/index.js';
import { VariableRepository } from './variable.repository.js';
import { VariableService } from './variable.service.js';

/** The variables of a hub all together, for what ends whole hubs. */
@Injectable()
export class HubVariables {
  constructor(
    private readonly variables: VariableRepository,
    private readonly service: VariableService,
  ) {}

  /** Ends at most so many, each with its activity and without its value. Returns how many there were. */
  async endSome(mutation: Mutation, limit: number): Promise<number> {
    const some = await this.variables.findSome(mutation.tx, mutation.actor.hubId, limit);
    for (const variable of some) {
      await this.service.end(mutation, variable);
    }
    return some.length;
  }
}
