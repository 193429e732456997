import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, type SelectQueryBuilder } from 'typeorm';
import { nameKey } from '../../common/name-key.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { applyPage, containing, Database } from '../../database/index.js';
import { Hub, type HubState } from './hub.entity.js';

/** A hub that is being deleted reads like none. */
const THERE: HubState[] = ['live', 'inactive'];
/** Few enough for a piece of work that nothing waits for. */
const SECRETS_AT_ONCE = 1000;
const HUB_SORTS = { id: 'id' };

@Injectable()
export class HubRepository {
  constructor(private readonly database: Database) {}

  find(id: string, manager: EntityManager = this.database.reader): Promise<Hub | null> {
    return manager.findOneBy(Hub, { id, state: In(THERE) });
  }

  /** One whose deletion has begun and not ended. */
  findDeleting(tx: EntityManager, id: string): Promise<Hub | null> {
    return tx.findOneBy(Hub, { id, state: 'deleting' });
  }

  findUndeleted(id: string): Promise<Hub | null> {
    return this.database.reader.findOneBy(Hub, { id, deletedAt: IsNull() });
  }

  findByNameKey(key: string, manager: EntityManager): Promise<Hub | null> {
    return manager.findOneBy(Hub, { nameKey: key, deletedAt: IsNull() });
  }

  async insert(tx: EntityManager, hub: Hub): Promise<void> {
    await tx.insert(Hub, hub);
  }

  findMany(ids: readonly string[]): Promise<Hub[]> {
    return ids.length === 0
      ? Promise.resolve([])
      : this.database.reader.findBy(Hub, { id: In([...ids]), state: In(THERE) });
  }

  list(): Promise<Hub[]> {
    return this.database.reader.find(Hub, { where: { deletedAt: IsNull() }, order: { id: 'ASC' } });
  }

  /** The hubs that an account is a member of. By table name: memberships are a module above this one. */
  listOfAccount(accountId: string, query: ResourceQuery): Promise<Hub[]> {
    const own = 'h.id IN (SELECT m.hub_id FROM membership m WHERE m.member_id = :accountId)';
    return this.filtered(own, { accountId }, query).getMany();
  }

  /** The hub, or nothing when the filters do not fit it. */
  listOne(hubId: string, query: ResourceQuery): Promise<Hub[]> {
    return this.filtered('h.id = :hubId', { hubId }, query).getMany();
  }

  async update(tx: EntityManager, hub: Hub): Promise<void> {
    const { id, name, nameKey: key, identifier, state, stateChangedAt, security, updatedAt, deletedAt } = hub;
    const columns = { name, nameKey: key, identifier, state, stateChangedAt, security, updatedAt, deletedAt };
    await tx.update(Hub, { id }, columns);
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

  /** Whether a session proved a second factor at its sign-in. By table name: sessions are a module above this one. */
  async hasSecondFactor(tx: EntityManager, sessionId: string): Promise<boolean> {
    const sql = 'SELECT id FROM account_session WHERE id = ? AND second_factor = 1';
    return (await tx.query<unknown[]>(sql, [sessionId])).length > 0;
  }

  /**
   * Destroys the copies of secrets that the hub kept, in pieces, so that SQLite is not long at one. By table name: secrets
   * of keys are a module above this one.
   */
  async forgetSecrets(tx: EntityManager, hubId: string): Promise<void> {
    const kept = `SELECT id FROM api_secret WHERE hub_id = ? AND sealed IS NOT NULL AND id > ?
      ORDER BY id LIMIT ${SECRETS_AT_ONCE}`;
    const forget = 'UPDATE api_secret SET sealed = NULL WHERE hub_id = ? AND sealed IS NOT NULL AND id > ? AND id <= ?';
    for (let before = ''; ;) {
      const last = (await tx.query<{ id: string }[]>(kept, [hubId, before])).at(-1);
      if (!last) {
        return;
      }
      await tx.query(forget, [hubId, before, last.id]);
      before = last.id;
    }
  }

  private filtered(where: string, parameters: object, query: ResourceQuery): SelectQueryBuilder<Hub> {
    const { identifier, search, state } = query.filter;
    const builder = this.database.reader.createQueryBuilder(Hub, 'h').where(where, parameters);
    builder.andWhere('h.state IN (:...there)', { there: THERE });
    if (state) {
      builder.andWhere('h.state IN (:...states)', { states: state });
    }
    if (identifier) {
      builder.andWhere('h.identifier IN (:...identifiers)', { identifiers: identifier });
    }
    if (search) {
      builder.andWhere("h.nameKey LIKE :search ESCAPE '!'", { search: containing(nameKey(search[0])) });
    }
    return applyPage(builder, query, HUB_SORTS);
  }
}
