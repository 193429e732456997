import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { newId } from '../../common/ids.js';
import { List } from './list.entity.js';

/**
 * Empties a list at once, however long it is. Rows belong to the number of their list, so the list goes on under a new
 * number, where there are none, and the old number becomes a deleted list, whose rows the sweeper removes.
 */
@Injectable()
export class ListClearRepository {
  /** Of a list that the transaction has locked. Returns how many rows it had. */
  async clear(tx: EntityManager, hubId: string, id: string, now: number): Promise<number> {
    const list = await tx.findOneByOrFail(List, { hubId, id });
    if (list.rowCount === 0) {
      return 0;
    }
    const { no, ...same } = list;
    // Numbers below zero are nobody's; the counts of writes stay with the list, and need a parent on the way.
    const ended = { nameKey: null, createdAt: now, updatedAt: now, deletedAt: now, slotWork: null };
    const between = { ...same, ...ended, id: newId(now), number: -2 * no, rowCount: 0 };
    await tx.insert(List, between);
    await moveCounts(tx, hubId, id, between.id);
    // One more than there are: the sweeper is not done before their indexes and gaps are gone, too.
    await tx.update(
      List,
      { hubId, no },
      { ...ended, id: newId(now), number: -2 * no - 1, rowCount: list.rowCount + 1 },
    );
    await tx.insert(List, { ...same, rowCount: 0 });
    await moveCounts(tx, hubId, between.id, id);
    await tx.delete(List, { hubId, id: between.id });
    return list.rowCount;
  }
}

async function moveCounts(tx: EntityManager, hubId: string, from: string, to: string): Promise<void> {
  await tx.query('UPDATE list_write_count SET list_id = ? WHERE hub_id = ? AND list_id = ?', [to, hubId, from]);
}
