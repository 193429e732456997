import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull } from 'typeorm';
import { isId } from '../../common/ids.js';
import { nameKey } from '../../common/name-key.js';
import { type ResourceQuery } from '../../common/query/index.js';
import { applyPage, containing, Database, uniqueOr } from '../../database/index.js';
import { BoxReport } from './box-report.entity.js';
import { Box } from './box.entity.js';
import { BoxIdTakenError } from './box.errors.js';

const SORTS = { id: 'id', box_id: 'boxIdKey', name: 'nameKey', group: 'group', 'events.created': 'createdAt' };
export const BOX_SORTS = Object.keys(SORTS);

/** Box ids are compared without case; they are ASCII. */
export function boxIdKey(boxId: string): string {
  return boxId.toLowerCase();
}

@Injectable()
export class BoxRepository {
  constructor(private readonly database: Database) {}

  list(hubId: string, query: ResourceQuery): Promise<Box[]> {
    const { search, group } = query.filter;
    const builder = this.database.reader
      .createQueryBuilder(Box, 'b')
      .where('b.hubId = :hubId AND b.deletedAt IS NULL', { hubId });
    if (search) {
      const pattern = containing(nameKey(search[0]));
      builder.andWhere("(b.nameKey LIKE :pattern ESCAPE '!' OR b.boxIdKey LIKE :pattern ESCAPE '!')", { pattern });
    }
    if (group) {
      builder.andWhere('b.group = :group', { group: group[0] });
    }
    return applyPage(builder, query, SORTS).getMany();
  }

  /** Live boxes by the box id, all or those of these ids. */
  async listSome(hubId: string, ids: readonly string[] | null): Promise<Box[]> {
    if (ids?.length === 0) {
      return [];
    }
    const where = { hubId, deletedAt: IsNull(), ...(ids && { id: In([...ids]) }) };
    return this.database.reader.find(Box, { where, order: { boxIdKey: 'ASC' } });
  }

  /** A malformed id finds nothing: servers overlook blanks at its end, SQLite what follows a NUL. */
  async find(hubId: string, id: string, manager: EntityManager = this.database.reader): Promise<Box | null> {
    return isId(id) ? manager.findOneBy(Box, { hubId, id, deletedAt: IsNull() }) : null;
  }

  /** By what integrators call it; a text that no box id can be must not reach a comparison that overlooks blanks. */
  async findByBoxId(hubId: string, boxId: string): Promise<Box | null> {
    return /^[\x21-\x7e]{1,64}$/.test(boxId)
      ? this.database.reader.findOneBy(Box, { hubId, boxIdKey: boxIdKey(boxId) })
      : null;
  }

  /** Which of these are boxes of the hub that live. */
  async findIds(tx: EntityManager, hubId: string, ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) {
      return new Set();
    }
    const where = { hubId, id: In(ids.filter(isId)), deletedAt: IsNull() };
    const found = await tx.find(Box, { select: { id: true }, where });
    return new Set(found.map(({ id }) => id));
  }

  count(tx: EntityManager, hubId: string): Promise<number> {
    return tx.countBy(Box, { hubId, deletedAt: IsNull() });
  }

  findSome(tx: EntityManager, hubId: string, limit: number): Promise<Box[]> {
    return tx.find(Box, { where: { hubId, deletedAt: IsNull() }, order: { id: 'ASC' }, take: limit });
  }

  /** The database decides a race for a box id. @throws BoxIdTakenError */
  async insert(tx: EntityManager, box: Box): Promise<void> {
    await unlessTaken(box, () => tx.insert(Box, box));
    const nothing = { functions: null, functionsAt: null, variables: null, variablesAt: null };
    await tx.insert(BoxReport, { hubId: box.hubId, boxId: box.id, ...nothing, screenshot: null, screenshotAt: null });
  }

  /** Writes what people decide; what the box is known by belongs to its reports and calls. @throws BoxIdTakenError */
  async update(tx: EntityManager, box: Box): Promise<void> {
    const { id, hubId, state: _state, stateAt: _at, runtimeVersion: _version, lastSeenAt: _seen, ...columns } = box;
    await unlessTaken(box, () => tx.update(Box, { hubId, id }, columns));
  }

  /** What a deleted box told is nobody's business any more. */
  async forget(tx: EntityManager, { hubId, id }: Box): Promise<void> {
    await tx.delete(BoxReport, { hubId, boxId: id });
  }
}

function unlessTaken({ boxId }: Box, write: () => Promise<unknown>): Promise<unknown> {
  return uniqueOr('uq_box_box_id', write, () => new BoxIdTakenError(boxId));
}
