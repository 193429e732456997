import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull } from 'typeorm';
import { isId } from '../../common/ids.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { applyPage, Database } from '../../database/index.js';
import { Role } from './role.entity.js';

const SORTS = { id: 'id', name: 'name', identifier: 'identifier', rank: 'rank', 'events.created': 'createdAt' };

@Injectable()
export class RoleRepository {
  constructor(private readonly database: Database) {}

  list(hubId: string, query: ResourceQuery): Promise<Role[]> {
    const builder = this.database.reader
      .createQueryBuilder(Role, 'r')
      .where('r.hubId = :hubId AND r.deletedAt IS NULL', { hubId });
    if (query.filter.identifier) {
      builder.andWhere('r.identifier IN (:...identifiers)', { identifiers: query.filter.identifier });
    }
    return applyPage(builder, query, SORTS).getMany();
  }

  /** A malformed id finds nothing: servers overlook blanks at its end, SQLite what follows a NUL. */
  async find(hubId: string, id: string, manager: EntityManager = this.database.reader): Promise<Role | null> {
    return isId(id) ? manager.findOneBy(Role, { hubId, id, deletedAt: IsNull() }) : null;
  }

  findByDefault(hubId: string, defaultOf: string, manager: EntityManager): Promise<Role | null> {
    return manager.findOne(Role, { where: { hubId, defaultOf, deletedAt: IsNull() }, order: { id: 'ASC' } });
  }

  /** Also deleted ones: a tombstone's role is still its role. */
  findMany(hubId: string, ids: readonly string[]): Promise<Role[]> {
    return this.database.reader.findBy(Role, { hubId, id: In([...ids]) });
  }

  async insert(tx: EntityManager, roles: Role | Role[]): Promise<void> {
    await tx.insert(Role, roles);
  }

  async update(tx: EntityManager, role: Role): Promise<void> {
    const { id, hubId, ...columns } = role;
    await tx.update(Role, { hubId, id }, columns);
  }

  /** Keys that hold the role, at most `limit`. By table name: the api-key module lies above this one. */
  async keysHolding(tx: EntityManager, hubId: string, id: string, limit: number): Promise<string[]> {
    const sql = `SELECT id FROM api_key WHERE hub_id = ? AND role_id = ? AND deleted_at IS NULL ORDER BY id LIMIT ${limit}`;
    const rows = (await tx.query(sql, [hubId, id])) as { id: string }[];
    return rows.map((row) => row.id);
  }
}

export const ROLE_SORTS = Object.keys(SORTS);
