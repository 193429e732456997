import { Injectable } from '@nestjs/common';
import {
  allowedIds,
  authorizeData,
  BOX_DATA,
  DATA_RIGHTS,
  type DataRight,
  mayTouchData,
  type Principal,
} from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { Database } from '../../database/index.js';
import { shown } from './box-state.js';
import { type Box } from './box.entity.js';
import { BoxNotFoundError } from './box.errors.js';
import { BoxRepository } from './box.repository.js';
import { BoxWriteRepository, type BoxWriteKind } from './box-write.repository.js';
import { type ShownBox } from './dto/box.response.js';

const DAY_MILLISECONDS = 86_400_000;

/** The boxes that a caller's group and scopes let it touch. */
@Injectable()
export class BoxAccess {
  constructor(
    private readonly boxes: BoxRepository,
    private readonly writes: BoxWriteRepository,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Those that the caller may read, by their box ids. */
  async list(principal: Principal): Promise<ShownBox[]> {
    const ids = allowedIds(principal, 'read', BOX_DATA, 'boxId');
    const now = this.clock.now();
    return (await this.boxes.listSome(principal.hubId, ids)).map((box) => shown(box, now));
  }

  /** Rights first, then existence: a box on which the caller has no right at all is as if it were not there. */
  async get(principal: Principal, right: DataRight, boxId: string): Promise<Box> {
    const box = await this.boxes.findByBoxId(principal.hubId, boxId);
    const data = box && ({ kind: BOX_DATA, hubId: box.hubId, boxId: box.id } as const);
    if (!data || !DATA_RIGHTS.some((any) => mayTouchData(principal, any, data))) {
      throw new BoxNotFoundError();
    }
    authorizeData(principal, right, data);
    return box;
  }

  /** Whether it may know what the box has, and not only use what it knows of. */
  mayRead(principal: Principal, { hubId, id }: Box): boolean {
    return mayTouchData(principal, 'read', { kind: BOX_DATA, hubId, boxId: id });
  }

  /** Counts before the box is asked: a run whose answer is lost has happened. */
  async count({ record }: Principal, box: Box, kind: BoxWriteKind): Promise<void> {
    const day = Math.floor(this.clock.now() / DAY_MILLISECONDS);
    await this.database.transaction((tx) => this.writes.count(tx, box, record.subjectId, day, kind));
  }
}
