import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { isId } from '../../common/ids.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { applyPage, containing, Database, uniqueOr } from '../../database/index.js';
import { nameKey } from '../../common/name-key.js';
import { GroupNameTakenError } from './group.errors.js';
import { UserGroup } from './user-group.entity.js';

const SORTS = { id: 'id', name: 'nameKey', 'events.created': 'createdAt' };
export const GROUP_SORTS = Object.keys(SORTS);

@Injectable()
export class GroupRepository {
  constructor(private readonly database: Database) {}

  list(hubId: string, query: ResourceQuery): Promise<UserGroup[]> {
    const builder = this.database.reader
      .createQueryBuilder(UserGroup, 'g')
      .where('g.hubId = :hubId AND g.deletedAt IS NULL', { hubId });
    if (query.filter.search) {
      builder.andWhere("g.nameKey LIKE :search ESCAPE '!'", { search: containing(nameKey(query.filter.search[0])) });
    }
    return applyPage(builder, query, SORTS).getMany();
  }

  /** A malformed id finds nothing: servers overlook blanks at its end, SQLite what follows a NUL. */
  async find(hubId: string, id: string, manager: EntityManager = this.database.reader): Promise<UserGroup | null> {
    return isId(id) ? manager.findOneBy(UserGroup, { hubId, id, deletedAt: IsNull() }) : null;
  }

  /** @throws GroupNameTakenError */
  async insert(tx: EntityManager, group: UserGroup): Promise<void> {
    await unlessTaken(group, () => tx.insert(UserGroup, group));
  }

  /** @throws GroupNameTakenError */
  async update(tx: EntityManager, group: UserGroup): Promise<void> {
    const { id, hubId, ...columns } = group;
    await unlessTaken(group, () => tx.update(UserGroup, { hubId, id }, columns));
  }

  /** Keys that belong to the group, at most `limit`. By table name: the api-key module lies above this one. */
  async keysIn(tx: EntityManager, hubId: string, id: string, limit: number): Promise<string[]> {
    // In the order of an index: by id alone, SQLite would go through all keys of the hub.
    const sql =
      `SELECT id FROM api_key WHERE hub_id = ? AND group_id = ? AND state IN ('live', 'inactive') ` +
      `ORDER BY state, id LIMIT ${limit}`;
    const rows = (await tx.query(sql, [hubId, id])) as { id: string }[];
    return rows.map((row) => row.id).sort();
  }
}

function unlessTaken({ name }: UserGroup, write: () => Promise<unknown>): Promise<unknown> {
  return uniqueOr('uq_user_group_name', write, () => new GroupNameTakenError(name));
}
