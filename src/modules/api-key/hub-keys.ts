import { Injectable } from '@nestjs/common';
import { type Mutation } from '../../access/index.js';
import { ApiKeyService } from './api-key.service.js';
import { HubKeyRepository } from './hub-key.repository.js';

/** The keys of a hub all together, for what makes and ends whole hubs. */
@Injectable()
export class HubKeys {
  constructor(
    private readonly hubs: HubKeyRepository,
    private readonly keys: ApiKeyService,
  ) {}

  /** Whether the caller is a key with the root role that the server's own command line made. */
  async isRootOfServer({ tx, actor }: Pick<Mutation, 'tx' | 'actor'>): Promise<boolean> {
    const { role, subjectId } = actor.record;
    return role.root && (await this.hubs.isOfServer(tx, actor.hubId, subjectId));
  }

  /** The keys that have not ended, beside the one that asks. */
  countOthers({ tx, actor }: Mutation): Promise<number> {
    return this.hubs.countOthers(tx, actor.hubId, actor.record.subjectId);
  }

  /** Ends at most so many keys, each with its secrets and its activity. Returns how many there were to end. */
  async endSome(mutation: Mutation, limit: number): Promise<number> {
    const some = await this.hubs.findSome(mutation.tx, mutation.actor.hubId, limit);
    for (const key of some) {
      await this.hubs.endSecrets(mutation.tx, key, mutation.now);
      await this.keys.end(mutation, key);
    }
    return some.length;
  }
}
