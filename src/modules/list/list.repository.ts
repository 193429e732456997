import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, Not } from 'typeorm';
import { isId } from '../../common/ids.js';
import { nameKey } from '../../common/name-key.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { applyPage, containing, Database, uniqueOr } from '../../database/index.js';
import { List } from './list.entity.js';
import { ListNameTakenError } from './list.errors.js';

const SORTS = { id: 'id', name: 'nameKey', number: 'number', 'events.created': 'createdAt' };
export const LIST_SORTS = Object.keys(SORTS);

/** A list that has no name key is being filled (`ListFilling`), or was deleted. */
const SEEN = { deletedAt: IsNull(), nameKey: Not(IsNull()) };
export type ColumnsOfList = Readonly<Pick<List, 'columns' | 'lastColumnId'>>;

@Injectable()
export class ListRepository {
  constructor(private readonly database: Database) {}

  list(hubId: string, query: ResourceQuery): Promise<List[]> {
    const builder = this.database.reader
      .createQueryBuilder(List, 'l')
      .where('l.hubId = :hubId AND l.deletedAt IS NULL AND l.nameKey IS NOT NULL', { hubId });
    if (query.filter.search) {
      builder.andWhere("l.nameKey LIKE :search ESCAPE '!'", { search: containing(nameKey(query.filter.search[0])) });
    }
    return applyPage(builder, query, SORTS).getMany();
  }

  /** A malformed id finds nothing; servers would overlook blanks at its end. */
  async find(hubId: string, id: string, manager: EntityManager = this.database.reader): Promise<List | null> {
    return isId(id) ? manager.findOneBy(List, { hubId, id, ...SEEN }) : null;
  }

  /** Its writers and whoever changes its columns wait until the transaction ends. */
  async lock(tx: EntityManager, hubId: string, id: string): Promise<List | null> {
    const sql = 'SELECT no FROM list WHERE hub_id = ? AND id = ? AND deleted_at IS NULL';
    const locked = isId(id) ? await tx.query<unknown[]>(sql + this.database.forUpdate, [hubId, id]) : [];
    return locked.length > 0 ? this.find(hubId, id, tx) : null;
  }

  /** Which of these are lists of the hub that live. */
  async findIds(tx: EntityManager, hubId: string, ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) {
      return new Set();
    }
    const where = { hubId, id: In(ids.filter(isId)), ...SEEN };
    const found = await tx.find(List, { select: { id: true }, where });
    return new Set(found.map(({ id }) => id));
  }

  /** Of those among the ids that are lists of the hub that live, by id. */
  async columnsOf(tx: EntityManager, hubId: string, ids: readonly string[]): Promise<Map<string, ColumnsOfList>> {
    if (ids.length === 0) {
      return new Map();
    }
    const select = { id: true, columns: true, lastColumnId: true } as const;
    const found = await tx.find(List, { select, where: { hubId, id: In(ids.filter(isId)), deletedAt: IsNull() } });
    return new Map(found.map(({ id, columns, lastColumnId }) => [id, { columns, lastColumnId }]));
  }

  /** The database decides a race for a name: its constraint, not a look before, is the rule. @throws ListNameTakenError */
  async insert(tx: EntityManager, list: List): Promise<void> {
    await uniqueOr(
      'uq_list_name',
      () => tx.insert(List, list),
      () => new ListNameTakenError(list.name),
    );
  }

  /** How often its rows were written so far. While it is the same, no row came to hold anything new. */
  async countWrites(hubId: string, id: string, manager: EntityManager = this.database.reader): Promise<number> {
    const sql = 'SELECT SUM(added + changed) AS writes FROM list_write_count WHERE hub_id = ? AND list_id = ?';
    const [row] = await manager.query<{ writes: number | string | null }[]>(sql, [hubId, id]);
    return Number(row?.writes ?? 0);
  }

  /** How far the indexes of a locked list are: not a change that anybody made, so its revision stays. */
  async storeIndexes(tx: EntityManager, { hubId, id, columns }: List): Promise<void> {
    await tx.update(List, { hubId, id }, { columns });
  }

  /** Of a locked list: its name, columns and what is to be done for them; never the row counters. @throws ListNameTakenError */
  async storeStructure(tx: EntityManager, list: List): Promise<void> {
    const { id, hubId, name, nameKey: key, description, columns, slotWork, lastColumnId, revision, updatedAt } = list;
    const values = { name, nameKey: key, description, columns, slotWork, lastColumnId, revision, updatedAt };
    await uniqueOr(
      'uq_list_name',
      () => tx.update(List, { hubId, id }, values),
      () => new ListNameTakenError(name),
    );
  }

  /**
   * Writes what a deletion changes and nothing else: the row counters belong to whoever holds the row's lock. A deleted
   * list counts one row more than it has, until the last of what it leaves behind is removed.
   */
  async markDeleted(tx: EntityManager, list: List): Promise<void> {
    const { id, hubId, nameKey: key, revision, updatedAt, deletedAt } = list;
    await tx.update(
      List,
      { hubId, id },
      { nameKey: key, revision, updatedAt, deletedAt, rowCount: () => 'row_count + 1' },
    );
  }
}
