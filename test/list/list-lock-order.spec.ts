import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ListFilling } from '../../src/modules/list/index.js';
import { ListRepository } from '../../src/modules/list/list.repository.js';
import { useTestApp } from '../support/test-app.js';
import { onServer } from '../support/test-database.js';
import { IndexedList, valuesOf } from './support/indexed-list.js';

const test = useTestApp();
const WAITING = `SELECT COUNT(*) AS waiting FROM information_schema.innodb_trx
  WHERE trx_state = 'LOCK WAIT' AND trx_query LIKE ?`;
const LOOKS_MAX = 80;
/** InnoDB tells anew who waits only when nobody has asked for a tenth of a second. */
const BETWEEN_LOOKS_MS = 150;

/** Until a transaction waits for the lock of this list. */
async function somebodyWaits({ id }: IndexedList): Promise<void> {
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const [row] = await test.app.database.query<{ waiting: unknown }>(WAITING, [`%${id}%`]);
    if (Number(row?.waiting) > 0) {
      return;
    }
    await sleep(BETWEEN_LOOKS_MS);
  }
  throw new Error('Nobody waits for the list.');
}

// SQLite has one writer, which waits for nobody.
describe.runIf(onServer)('whoever writes rows and whoever changes the list itself', () => {
  it.each([
    ['an edit of the list', ListRepository],
    ['an import', ListFilling],
  ] as const)('take their locks in one order, so that neither is begun anew: %s', async (_, by) => {
    const list = await IndexedList.make(test.app, [{ name: 'Text', type: 'String', indexed: true }]);
    await list.add({ Text: 'before' });
    const attempts = { writer: 0, other: 0 };
    let tellLocked = (): void => {};
    const locked = new Promise<void>((resolve) => (tellLocked = resolve));
    const other = locked.then(() =>
      test.app.database.transaction((tx) => {
        attempts.other += 1;
        return test.app.nest.get<ListRepository | ListFilling>(by).lock(tx, list.hub.id, list.id);
      }),
    );
    await list.write(async (writes, tx, table) => {
      attempts.writer += 1;
      tellLocked();
      if (attempts.writer === 1) {
        await somebodyWaits(list);
      }
      await writes.update(tx, table, 1, valuesOf(table, { Text: 'after' }));
    });
    expect(await other).toMatchObject({ id: list.id });
    expect(attempts).toEqual({ writer: 1, other: 1 });
  });
});
