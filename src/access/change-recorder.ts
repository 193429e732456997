import { type EntityManager } from 'typeorm';
import { newId } from '../common/ids.js';
import { AccessChange, AccessCounter } from './access-change.entity.js';
import { type Dependency } from './dependency.js';

/**
 * Writes what a transaction changed to the feed. Call it last before commit: the counter row stays locked from here to
 * the commit, so numbers become visible in order and no reader can skip one that commits late.
 */
export async function recordChanges(
  tx: EntityManager,
  hubId: string,
  changes: readonly Dependency[],
  now: number,
): Promise<void> {
  if (changes.length === 0) {
    return;
  }
  await tx.increment(AccessCounter, { id: 1 }, 'lastSeq', changes.length);
  const { lastSeq } = await tx.findOneByOrFail(AccessCounter, { id: 1 });
  const first = lastSeq - changes.length + 1;
  const rows = changes.map(({ kind, id }, index) => ({
    seq: first + index,
    nonce: newId(),
    hubId,
    kind,
    subjectId: id,
    createdAt: now,
  }));
  await tx.insert(AccessChange, rows);
}
