import { Injectable } from '@nestjs/common';
import { Brackets, type EntityManager, In, IsNull } from 'typeorm';
import { isId } from '../../common/ids.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { applyPage, Database } from '../../database/index.js';
import { AlertSubscription, type SubscriptionState } from './alert-subscription.entity.js';

const SORTS = { id: 'id', 'events.created': 'createdAt' };
export const SUBSCRIPTION_SORTS = Object.keys(SORTS);

export type SubscriptionCounter = 'delivered' | 'failed' | 'dropped';

@Injectable()
export class SubscriptionRepository {
  constructor(private readonly database: Database) {}

  list(hubId: string, query: ResourceQuery): Promise<AlertSubscription[]> {
    const { state, group } = query.filter;
    const builder = this.database.reader
      .createQueryBuilder(AlertSubscription, 's')
      .where('s.hubId = :hubId AND s.deletedAt IS NULL', { hubId });
    if (state) {
      builder.andWhere('s.state IN (:...state)', { state });
    }
    if (group) {
      builder.andWhere('s.groupId IN (:...group)', { group });
    }
    return applyPage(builder, query, SORTS).getMany();
  }

  /** A malformed id finds nothing, on every database. */
  async find(
    hubId: string,
    id: string,
    manager: EntityManager = this.database.reader,
  ): Promise<AlertSubscription | null> {
    return isId(id) ? manager.findOneBy(AlertSubscription, { hubId, id, deletedAt: IsNull() }) : null;
  }

  /** Those that are told of the alerts of a group, in the order of their making. */
  findSubscribed(tx: EntityManager, hubId: string, groupId: string): Promise<AlertSubscription[]> {
    return tx
      .createQueryBuilder(AlertSubscription, 's')
      .where("s.hubId = :hubId AND s.deletedAt IS NULL AND s.state <> 'off'", { hubId })
      .andWhere(new Brackets((or) => or.where('s.groupId IS NULL').orWhere('s.groupId = :groupId', { groupId })))
      .orderBy('s.id', 'ASC')
      .getMany();
  }

  /** In the order of their making, with `off` ones. */
  findSome(tx: EntityManager, hubId: string, limit: number): Promise<AlertSubscription[]> {
    return tx.find(AlertSubscription, { where: { hubId, deletedAt: IsNull() }, order: { id: 'ASC' }, take: limit });
  }

  countOf(tx: EntityManager, hubId: string): Promise<number> {
    return tx.countBy(AlertSubscription, { hubId, deletedAt: IsNull() });
  }

  async insert(tx: EntityManager, subscription: AlertSubscription): Promise<void> {
    await tx.insert(AlertSubscription, subscription);
  }

  /** Only these columns: what is counted meanwhile stays counted. */
  async update(tx: EntityManager, { id }: AlertSubscription, columns: Partial<AlertSubscription>): Promise<void> {
    await tx.update(AlertSubscription, { id }, columns);
  }

  async count(tx: EntityManager, ids: readonly string[], counter: SubscriptionCounter, by = 1): Promise<void> {
    if (ids.length > 0) {
      await tx.increment(AlertSubscription, { id: In([...ids]) }, counter, by);
    }
  }

  async noteFailure(tx: EntityManager, id: string, lastFailure: string, now: number): Promise<void> {
    const counted = { failed: () => 'failed + 1', failures: () => 'failures + 1' };
    await tx.update(AlertSubscription, { id }, { ...counted, lastFailure, lastFailedAt: now });
  }

  /** Whether it was in that state, and so has moved. */
  async move(
    tx: EntityManager,
    { id }: AlertSubscription,
    from: SubscriptionState,
    to: SubscriptionState,
    now: number,
  ): Promise<boolean> {
    const moved = { state: to, stateChangedAt: now, updatedAt: now, revision: () => 'revision + 1' };
    const { affected } = await tx.update(AlertSubscription, { id, state: from, deletedAt: IsNull() }, moved);
    return affected === 1;
  }
}
