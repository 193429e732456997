import { expect, it } from 'vitest';
import fc from 'fast-check';
import { newId } from '../../src/common/ids.js';
import { type TestHub } from '../support/factory.js';
import { useHeldApp } from '../support/held-app.js';
import { tamper } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';
import { broken, record, rowsOf, seal, type StoredRow } from './support/chain.js';

type Statement = [sql: string, parameters: unknown[]];

let app: TestApp;

useHeldApp((started) => {
  app = started;
});

/** What is done to the row at `first`; `second` is another row of the chain, `place` any number. */
interface Target {
  readonly rows: readonly StoredRow[];
  readonly first: StoredRow;
  readonly second: StoredRow;
  readonly place: number;
}

const update = (column: string, value: unknown, { id }: StoredRow): Statement => [
  `UPDATE activity SET ${column} = ? WHERE id = ?`,
  [value, id],
];
const remove = ({ id }: StoredRow): Statement => ['DELETE FROM activity WHERE id = ?', [id]];
const positionOf = ({ seal_position }: StoredRow): number => Number(seal_position);
const changed = (text: string, place: number): string => {
  const index = place % text.length;
  const other = text[index] === 'x' ? 'y' : 'x';
  return text.slice(0, index) + other + text.slice(index + 1);
};
const insert = (row: StoredRow): Statement => {
  const marks = Object.keys(row).map(() => '?');
  return [`INSERT INTO activity (${Object.keys(row).join()}) VALUES (${marks.join()})`, Object.values(row)];
};

/** Each with the position at which it must be found; null is a row that is not sealed. */
const TAMPERINGS: Record<string, (target: Target) => [Statement[], number | null]> = {
  'a column of text': ({ first, place }) => {
    const column = ['body', 'event', 'status', 'actor_type', 'actor_id'][place % 5] ?? 'body';
    return [[update(column, changed(String(first[column]), place), first)], positionOf(first)];
  },
  'the moment': ({ first, place }) => [
    [update('created_at', Number(first['created_at']) + 1 + place, first)],
    positionOf(first),
  ],
  'a bit of the seal': ({ first, place }) => {
    const bytes = Buffer.from(first.seal ?? '');
    bytes[place % 32] = (bytes[place % 32] ?? 0) ^ (1 << (place % 8));
    return [[update('seal', bytes, first)], positionOf(first)];
  },
  'one row away': ({ first }) => [[remove(first)], positionOf(first)],
  'all rows from one on away': ({ rows, first }) => [
    rows.filter((row) => positionOf(row) >= positionOf(first)).map(remove),
    positionOf(first),
  ],
  'two rows swapped': ({ first, second }) => [
    [
      update('seal_position', null, first),
      update('seal_position', positionOf(first), second),
      update('seal_position', positionOf(second), first),
    ],
    Math.min(positionOf(first), positionOf(second)),
  ],
  'the body of another row': ({ first, second }) => [[update('body', second.body, first)], positionOf(first)],
  'a sealed copy at the end': ({ rows, first }) => [
    [insert({ ...first, id: newId(), seal_position: rows.length + 1 })],
    rows.length + 1,
  ],
  'a copy that waits': ({ first }) => [[insert({ ...first, id: newId(), seal_position: null, seal: null })], null],
};

/** A chain made in several runs of the sealer, beside that of another hub. */
async function chainOf(hub: TestHub, batches: readonly number[]): Promise<StoredRow[]> {
  const other = await app.create.hub();
  for (const count of batches) {
    await record(app, hub, count);
    await record(app, other, 1);
    await seal(app);
  }
  return rowsOf(app, hub);
}

it('any one tampering with any chain is found, at the row that it touched', async () => {
  const scene = fc.record({
    batches: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }),
    first: fc.nat(),
    second: fc.nat(),
    place: fc.nat({ max: 100_000 }),
    kind: fc.constantFrom(...Object.keys(TAMPERINGS)),
  });
  const property = fc.asyncProperty(scene, async ({ batches, first, second, place, kind }) => {
    const hub = await app.create.hub();
    const rows = await chainOf(hub, batches);
    expect(await broken(app, hub)).toBeNull();
    const index = first % rows.length;
    const another = (index + 1 + (second % (rows.length - 1))) % rows.length;
    const target = { rows, first: rows[index] as StoredRow, second: rows[another] as StoredRow, place };
    const [statements, position] = TAMPERINGS[kind]?.(target) ?? [[], null];
    await tamper(app, ...statements);

    expect(await broken(app, hub)).toMatchObject({ position });
  });
  await fc.assert(property, { numRuns: 30 });
}, 120_000);
