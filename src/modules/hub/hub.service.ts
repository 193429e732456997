import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Creator } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { isName, nameKey } from '../../common/name-key.js';
import { slug } from '../../common/slug.js';
import { bornOf } from '../../database/index.js';
import { Hub } from './hub.entity.js';
import { HubNameInvalidError, HubNameTakenError, HubNotFoundError } from './hub.errors.js';
import { HubRepository } from './hub.repository.js';

@Injectable()
export class HubService {
  constructor(
    private readonly hubs: HubRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws HubNotFoundError also for a deleted hub */
  async get(id: string): Promise<Hub> {
    const hub = await this.hubs.find(id);
    if (!hub) {
      throw new HubNotFoundError();
    }
    return hub;
  }

  /**
   * Makes a hub inside a transaction that already excludes other makers of hubs (the caller holds the installation's
   * row), so that the name stays unique without telling one tenant about another's.
   */
  async create(tx: EntityManager, name: string, creator: Creator): Promise<Hub> {
    const key = nameKey(name);
    if (!isName(name)) {
      throw new HubNameInvalidError();
    }
    if (await this.hubs.findByNameKey(key, tx)) {
      throw new HubNameTakenError(name);
    }
    const hub = this.build(name.trim(), key, creator);
    await this.hubs.insert(tx, hub);
    return hub;
  }

  /** True until the first hub is made. */
  async isEmpty(): Promise<boolean> {
    return (await this.hubs.count()) === 0;
  }

  takeListNumber(tx: EntityManager, hubId: string): Promise<number> {
    return this.hubs.takeListNumber(tx, hubId);
  }

  private build(name: string, key: string, creator: Creator): Hub {
    const now = this.clock.now();
    return Object.assign(new Hub(), {
      id: newId(now),
      identifier: slug(name),
      name,
      nameKey: key,
      state: 'live',
      stateChangedAt: now,
      security: { force_2fa: false },
      lastListNumber: 0,
      ...bornOf(creator, now),
    });
  }
}
