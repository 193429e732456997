import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, Not } from 'typeorm';
import { List } from './list.entity.js';

/** What is asked of all lists of a hub together, always inside a transaction. */
@Injectable()
export class HubListRepository {
  count(tx: EntityManager, hubId: string): Promise<number> {
    return tx.countBy(List, { hubId, deletedAt: IsNull(), nameKey: Not(IsNull()) });
  }

  findSome(tx: EntityManager, hubId: string, limit: number): Promise<List[]> {
    return tx.find(List, { where: { hubId, deletedAt: IsNull() }, order: { no: 'ASC' }, take: limit });
  }
}
