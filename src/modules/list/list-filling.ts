import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { creatorOf, type Mutation } from '../../access/index.js';
import { newId } from '../../common/ids.js';
import { nameKey } from '../../common/name-key.js';
import { bornOf, Database, uniqueOr } from '../../database/index.js';
import { type ListColumn } from './list-columns.js';
import { List } from './list.entity.js';
import { ListNameTakenError } from './list.errors.js';
import { stagedColumns } from './slot-work.js';
import { RowGapRepository } from './row-gap.repository.js';

export interface HiddenListInput {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly columns: readonly ListColumn[];
}

/**
 * Lists that are filled before anybody sees them. Such a list has no `nameKey`, and everything that looks for lists
 * passes it by; then it gets its name, or takes the place of another list, in one transaction.
 */
@Injectable()
export class ListFilling {
  constructor(
    private readonly database: Database,
    private readonly gaps: RowGapRepository,
  ) {}

  /** A list that lives, hidden or not, locked until the transaction ends. */
  async lock(tx: EntityManager, hubId: string, id: string): Promise<List | null> {
    const sql = 'SELECT no FROM list WHERE hub_id = ? AND id = ? AND deleted_at IS NULL';
    const found = await tx.query<unknown[]>(sql + this.database.forUpdate, [hubId, id]);
    return found.length > 0 ? tx.findOneBy(List, { hubId, id, deletedAt: IsNull() }) : null;
  }

  /** As it is committed now, hidden or not. */
  find(hubId: string, id: string): Promise<List | null> {
    return this.database.reader.findOneBy(List, { hubId, id, deletedAt: IsNull() });
  }

  /** Whether a list of this name is seen in the hub. */
  async isTaken(tx: EntityManager, hubId: string, name: string): Promise<boolean> {
    return tx.existsBy(List, { hubId, nameKey: nameKey(name) });
  }

  async begin(
    { tx, actor, now }: Pick<Mutation, 'tx' | 'actor' | 'now'>,
    { id, number, name, columns }: HiddenListInput,
  ): Promise<List> {
    const list = Object.assign(new List(), {
      id,
      hubId: actor.hubId,
      number,
      name: name.trim(),
      nameKey: null,
      description: null,
      columns: [...columns],
      lastColumnId: columns.length,
      lastRowId: 0,
      rowCount: 0,
      revision: 1,
      ...bornOf(creatorOf(actor), now),
    });
    await tx.insert(List, list);
    return list;
  }

  /** A hidden list with the columns of this locked one. So many row ids are set aside in it, for the rows to come. */
  async beginBeside(
    { tx, now }: Pick<Mutation, 'tx' | 'now'>,
    list: List,
    number: number,
    rows: number,
  ): Promise<List> {
    const { no, ...same } = list;
    const columns = list.columns.map((column) => withIndexReady(column));
    const own = { id: newId(now), number, nameKey: null, rowCount: 0, columns, slotWork: null };
    const hidden = Object.assign(new List(), { ...same, ...own });
    await tx.insert(List, hidden);
    const reserved = { from: list.lastRowId + 1, to: list.lastRowId + rows };
    await tx.update(List, { no }, { lastRowId: reserved.to });
    await this.gaps.addRange(tx, list, reserved);
    await this.gaps.addRange(tx, hidden, { from: 1, to: list.lastRowId });
    return hidden;
  }

  /** Everybody sees it from now on. @throws ListNameTakenError */
  async show(tx: EntityManager, { hubId, id, name }: List, now: number): Promise<void> {
    await uniqueOr(
      'uq_list_name',
      () => tx.update(List, { hubId, id }, { nameKey: nameKey(name), createdAt: now, updatedAt: now }),
      () => new ListNameTakenError(name),
    );
  }

  /**
   * The rows of the hidden list become those of the other one; what that one had are the rows of a deleted list, which
   * the sweeper removes. Both are locked. The counts of writes stay with the list, and need a parent on the way.
   */
  async takeOver(tx: EntityManager, hidden: List, list: List, now: number): Promise<void> {
    const { hubId, id } = list;
    const { no, lastRowId, rowCount, ...same } = list;
    const between = newId(now);
    await moveCounts(tx, hubId, id, hidden.id);
    await tx.update(List, { no }, { id: between, number: -2 * hidden.no, nameKey: null });
    await moveCounts(tx, hubId, hidden.id, between);
    const taken = {
      ...same,
      columns: hidden.columns,
      lastRowId: Math.max(lastRowId, hidden.lastRowId),
      revision: list.revision + 1,
      updatedAt: now,
    };
    await tx.update(List, { no: hidden.no }, { ...taken, rowCount: hidden.rowCount });
    await moveCounts(tx, hubId, between, id);
    const ended = {
      id: hidden.id,
      number: hidden.number,
      createdAt: now,
      updatedAt: now,
      deletedAt: now,
      rowCount: rowCount + 1,
    };
    await tx.update(List, { no }, ended);
    await this.gaps.addRange(tx, list, { from: hidden.lastRowId + 1, to: taken.lastRowId });
  }

  /** Nobody will see it: the sweeper removes its rows. */
  async giveUp(tx: EntityManager, hubId: string, id: string, now: number): Promise<void> {
    await tx.update(List, { hubId, id, nameKey: IsNull(), deletedAt: IsNull() }, { updatedAt: now, deletedAt: now });
  }
}

/**
 * Whether rows that were written for the one list fit the other: neither has a column on its way. How far an index has
 * come makes no difference.
 */
export function haveSameColumns(one: List, other: List): boolean {
  const staged = [one, other].some(({ slotWork }) => stagedColumns(slotWork ?? []).length > 0);
  return (
    !staged && JSON.stringify(one.columns.map(withIndexReady)) === JSON.stringify(other.columns.map(withIndexReady))
  );
}

/** What the indexes of an empty list are, where every row is entered as it comes. */
function withIndexReady({ index, ...column }: ListColumn): ListColumn {
  return index === undefined || index.state === 'dropping' ? column : { ...column, index: { state: 'ready' } };
}

async function moveCounts(tx: EntityManager, hubId: string, from: string, to: string): Promise<void> {
  await tx.query('UPDATE list_write_count SET list_id = ? WHERE hub_id = ? AND list_id = ?', [to, hubId, from]);
}
