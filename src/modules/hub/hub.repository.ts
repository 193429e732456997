import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull } from 'typeorm';
import { Database } from '../../database/index.js';
import { Hub } from './hub.entity.js';

@Injectable()
export class HubRepository {
  constructor(private readonly database: Database) {}

  find(id: string, manager: EntityManager = this.database.reader): Promise<Hub | null> {
    return manager.findOneBy(Hub, { id, deletedAt: IsNull() });
  }

  findByNameKey(nameKey: string, manager: EntityManager): Promise<Hub | null> {
    return manager.findOneBy(Hub, { nameKey, deletedAt: IsNull() });
  }

  async insert(tx: EntityManager, hub: Hub): Promise<void> {
    await tx.insert(Hub, hub);
  }

  findMany(ids: readonly string[]): Promise<Hub[]> {
    return ids.length === 0
      ? Promise.resolve([])
      : this.database.reader.findBy(Hub, { id: In([...ids]), deletedAt: IsNull() });
  }

  list(): Promise<Hub[]> {
    return this.database.reader.find(Hub, { where: { deletedAt: IsNull() }, order: { id: 'ASC' } });
  }

  async update(tx: EntityManager, { id, name, nameKey, identifier, state, stateChangedAt, security, updatedAt }: Hub) {
    await tx.update(Hub, { id }, { name, nameKey, identifier, state, stateChangedAt, security, updatedAt });
  }

  count(): Promise<number> {
    return this.database.reader.countBy(Hub, {});
  }

  /** The next number of a list of this hub. The hub's row must be locked. */
  async takeListNumber(tx: EntityManager, hubId: string): Promise<number> {
    await tx.increment(Hub, { id: hubId }, 'lastListNumber', 1);
    const { lastListNumber } = await tx.findOneByOrFail(Hub, { id: hubId });
    return lastListNumber;
  }
}
