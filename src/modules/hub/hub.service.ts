import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Creator, type Mutation, Mutations, type Principal } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/ids.js';
import { isName, nameKey } from '../../common/name-key.js';
import { slug } from '../../common/slug.js';
import { bornOf } from '../../database/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { type UpdateHubDto } from './dto/hub.dto.js';
import { Hub } from './hub.entity.js';
import { HubNameInvalidError, HubNameTakenError, HubNotFoundError } from './hub.errors.js';
import { type HubSecurity, securityOf } from './hub-security.js';
import { HubRepository } from './hub.repository.js';

@Injectable()
export class HubService {
  constructor(
    private readonly hubs: HubRepository,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
    private readonly clock: Clock,
  ) {}

  /** As it is inside the transaction, if one is given. @throws HubNotFoundError also for a deleted hub */
  async get(id: string, tx?: EntityManager): Promise<Hub> {
    const hub = await this.hubs.find(id, tx);
    if (!hub) {
      throw new HubNotFoundError();
    }
    return hub;
  }

  /** Every hub that is not deleted, in the order of their making. For the command line. */
  list(): Promise<Hub[]> {
    return this.hubs.list();
  }

  /** Those of these that are not deleted. */
  findMany(ids: readonly string[]): Promise<Hub[]> {
    return this.hubs.findMany(ids);
  }

  /** Whether the hub lets anybody in, as it is inside this transaction. */
  async isLive(tx: EntityManager, id: string): Promise<boolean> {
    return (await this.hubs.find(id, tx))?.state === 'live';
  }

  /** What the hub demands, as it is inside this transaction. */
  async security(tx: EntityManager, hubId: string): Promise<HubSecurity> {
    return securityOf((await this.get(hubId, tx)).security);
  }

  update(principal: Principal, { security }: UpdateHubDto): Promise<Hub> {
    return this.change(principal, (hub) => {
      const { rotation } = security ?? {};
      hub.security = { ...hub.security, rotation: { ...hub.security.rotation, ...given(rotation) } };
    });
  }

  /** A hub that is not live lets nobody in: none of its keys and tokens, on any node, within a second. */
  setState(principal: Principal, state: 'live' | 'inactive'): Promise<Hub> {
    return this.change(principal, (hub, mutation) => {
      if (hub.state !== state) {
        Object.assign(hub, { state, stateChangedAt: mutation.now });
        mutation.changed({ kind: 'hub', id: hub.id });
      }
    });
  }

  private change(principal: Principal, edit: (hub: Hub, mutation: Mutation) => void): Promise<Hub> {
    return this.mutations.run(principal, 'hubs-update', async (mutation) => {
      const hub = await this.get(mutation.actor.hubId, mutation.tx);
      const before = facts(hub);
      edit(hub, mutation);
      hub.updatedAt = mutation.now;
      await this.hubs.update(mutation.tx, hub);
      await this.activity.recordChange(mutation, 'hub.update', { type: 'hub', id: hub.id }, before, facts(hub));
      return hub;
    });
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
      security: {},
      lastListNumber: 0,
      ...bornOf(creator, now),
    });
  }
}

/** What the audit compares. */
function facts({ name, identifier, state, security }: Hub): Record<string, unknown> {
  return { name, identifier, state, security: securityOf(security) };
}

function given<T extends object>(input: T | undefined): Partial<T> {
  const entries = Object.entries(input ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
