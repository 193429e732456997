import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull } from 'typeorm';
import { isId } from '../../common/ids.js';
import { nameKey } from '../../common/name-key.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { applyPage, containing, Database, uniqueOr } from '../../database/index.js';
import { Variable } from './variable.entity.js';
import { VariableNameTakenError } from './variable.errors.js';

const SORTS = { id: 'id', name: 'nameKey', 'events.created': 'createdAt' };
export const VARIABLE_SORTS = Object.keys(SORTS);

@Injectable()
export class VariableRepository {
  constructor(private readonly database: Database) {}

  list(hubId: string, query: ResourceQuery): Promise<Variable[]> {
    const builder = this.database.reader
      .createQueryBuilder(Variable, 'v')
      .where('v.hubId = :hubId AND v.deletedAt IS NULL', { hubId });
    if (query.filter.search) {
      builder.andWhere("v.nameKey LIKE :search ESCAPE '!'", { search: containing(nameKey(query.filter.search[0])) });
    }
    return applyPage(builder, query, SORTS).getMany();
  }

  /** All of the hub, or those among `ids`, by name. */
  async findAll(hubId: string, ids: readonly string[] | null): Promise<Variable[]> {
    if (ids?.length === 0) {
      return [];
    }
    const among = ids === null ? {} : { id: In(ids.filter(isId)) };
    return this.database.reader.find(Variable, {
      where: { hubId, ...among, deletedAt: IsNull() },
      order: { nameKey: 'ASC' },
    });
  }

  /** A malformed id finds nothing, on every database. */
  async find(hubId: string, id: string, manager: EntityManager = this.database.reader): Promise<Variable | null> {
    return isId(id) ? this.findOne(manager, { hubId, id }) : null;
  }

  /** Inside a transaction the variable is locked: its writers follow one another. */
  findByName(hubId: string, name: string, manager: EntityManager = this.database.reader): Promise<Variable | null> {
    return this.findOne(manager, { hubId, nameKey: nameKey(name) });
  }

  /** Which of these are variables of the hub that live. */
  async findIds(tx: EntityManager, hubId: string, ids: readonly string[]): Promise<Set<string>> {
    const where = { hubId, id: In(ids.filter(isId)), deletedAt: IsNull() };
    const found = ids.length === 0 ? [] : await tx.find(Variable, { select: { id: true }, where });
    return new Set(found.map(({ id }) => id));
  }

  findSome(tx: EntityManager, hubId: string, limit: number): Promise<Variable[]> {
    return tx.find(Variable, { where: { hubId, deletedAt: IsNull() }, order: { id: 'ASC' }, take: limit });
  }

  count(tx: EntityManager, hubId: string): Promise<number> {
    return tx.countBy(Variable, { hubId, deletedAt: IsNull() });
  }

  /** The database decides a race for a name: its constraint is the rule. @throws VariableNameTakenError */
  async insert(tx: EntityManager, variable: Variable): Promise<void> {
    await unlessTaken(variable, () => tx.insert(Variable, variable));
  }

  /** @throws VariableNameTakenError */
  async update(tx: EntityManager, variable: Variable): Promise<void> {
    const { id, hubId, ...columns } = variable;
    await unlessTaken(variable, () => tx.update(Variable, { hubId, id }, columns));
  }

  private findOne(manager: EntityManager, by: { hubId: string; id?: string; nameKey?: string }): Promise<Variable | null> {
    const locks = this.database.kind !== 'sqlite' && manager !== this.database.reader;
    const where = { ...by, deletedAt: IsNull() };
    return manager.findOne(Variable, { where, ...(locks ? { lock: { mode: 'pessimistic_write' } } : {}) });
  }
}

function unlessTaken({ name }: Variable, write: () => Promise<unknown>): Promise<unknown> {
  return uniqueOr('uq_variable_name', write, () => new VariableNameTakenError(name));
}
