import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, type SelectQueryBuilder } from 'typeorm';
import { isId } from '../../common/ids.js';
import { nameKey } from '../../common/name-key.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { applyPage, containing, Database } from '../../database/index.js';
import { Role } from './role.entity.js';

const SORTS = {
  id: 'id',
  name: 'nameKey',
  identifier: 'identifier',
  rank: 'rank',
  'events.created': 'createdAt',
  'events.updated': 'updatedAt',
};
export const ROLE_SORTS = Object.keys(SORTS);

/** How many hold a role now. */
export interface RoleCounts {
  readonly members: number;
  readonly apiKeys: number;
}

/** Ids of those who hold a role, and of the invites that would give it. */
export interface RoleHolders {
  readonly apiKeys: readonly string[];
  readonly members: readonly string[];
  readonly invites: readonly string[];
}

interface Holding {
  readonly table: string;
  readonly condition: string;
}

/** By table name: their modules lie above this one. */
const KEYS: Holding = { table: 'api_key', condition: "state IN ('live', 'inactive')" };
const MEMBERS: Holding = { table: 'membership', condition: "state = 'accepted'" };
const INVITES: Holding = { table: 'membership', condition: "state = 'pending'" };

@Injectable()
export class RoleRepository {
  constructor(private readonly database: Database) {}

  /** Live roles; deleted ones only when the filter asks for them. */
  list(hubId: string, query: ResourceQuery): Promise<Role[]> {
    const { state, identifier, search } = query.filter;
    const builder = this.database.reader.createQueryBuilder(Role, 'r').where('r.hubId = :hubId', { hubId });
    whereState(builder, state ?? ['live']);
    if (identifier) {
      builder.andWhere('r.identifier IN (:...identifiers)', { identifiers: identifier });
    }
    if (search) {
      builder.andWhere("r.nameKey LIKE :search ESCAPE '!'", { search: containing(nameKey(search[0])) });
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

  /** One statement for each kind of holder, however many roles. */
  async countHolders(hubId: string, ids: readonly string[]): Promise<Map<string, RoleCounts>> {
    const [members, keys] = [await this.count(MEMBERS, hubId, ids), await this.count(KEYS, hubId, ids)];
    return new Map(ids.map((id) => [id, { members: members.get(id) ?? 0, apiKeys: keys.get(id) ?? 0 }]));
  }

  async insert(tx: EntityManager, roles: Role | Role[]): Promise<void> {
    await tx.insert(Role, roles);
  }

  async update(tx: EntityManager, role: Role): Promise<void> {
    const { id, hubId, ...columns } = role;
    await tx.update(Role, { hubId, id }, columns);
  }

  /** Who holds the role, or is to hold it: ids, at most `limit` of each kind. */
  async holders(tx: EntityManager, hubId: string, id: string, limit: number): Promise<RoleHolders> {
    const idsOf = async ({ table, condition }: Holding): Promise<string[]> => {
      // In the order of an index: by id alone, SQLite would go through all keys of the hub.
      const sql = `SELECT id FROM ${table} WHERE hub_id = ? AND role_id = ? AND ${condition} ORDER BY state, id LIMIT ${limit}`;
      const rows = (await tx.query(sql, [hubId, id])) as { id: string }[];
      return rows.map((row) => row.id).sort();
    };
    return { apiKeys: await idsOf(KEYS), members: await idsOf(MEMBERS), invites: await idsOf(INVITES) };
  }

  /** By members, or by invites that wait. */
  async isHeldByPeople(tx: EntityManager, hubId: string, id: string): Promise<boolean> {
    const { members, invites } = await this.holders(tx, hubId, id, 1);
    return members.length > 0 || invites.length > 0;
  }

  private async count(
    { table, condition }: Holding,
    hubId: string,
    ids: readonly string[],
  ): Promise<Map<string, number>> {
    if (ids.length === 0) {
      return new Map();
    }
    const sql =
      `SELECT role_id AS id, COUNT(*) AS count FROM ${table} WHERE hub_id = ? AND ${condition} ` +
      `AND role_id IN (${ids.map(() => '?').join(', ')}) GROUP BY role_id`;
    const rows = await this.database.query<{ id: string; count: number }>(sql, [hubId, ...ids]);
    return new Map(rows.map(({ id, count }) => [id, Number(count)]));
  }
}

/** States that no role is ever in find nothing. */
function whereState(builder: SelectQueryBuilder<Role>, states: readonly string[]): void {
  const parts = [
    ...(states.includes('live') ? ['r.deletedAt IS NULL'] : []),
    ...(states.includes('deleted') ? ['r.deletedAt IS NOT NULL'] : []),
  ];
  builder.andWhere(parts.length > 0 ? `(${parts.join(' OR ')})` : '1 = 0');
}
