import { afterEach, describe, expect, it, vi } from 'vitest';
import { newId } from '../../src/common/ids.js';
import { ActivityHead } from '../../src/modules/activity/activity-head.entity.js';
import { ChainVerifier } from '../../src/modules/activity/index.js';
import { SealRepository } from '../../src/modules/activity/seal.repository.js';
import { type TestHub } from '../support/factory.js';
import { useHeldApp } from '../support/held-app.js';
import { tamper } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';
import { anchorOf, broken, record, rowsOf, seal, sealedHub, type StoredRow, verify } from './support/chain.js';

type Statement = [sql: string, parameters: unknown[]];

let app: TestApp;

useHeldApp((started) => {
  app = started;
});
afterEach(() => {
  vi.restoreAllMocks();
});

const at = (rows: readonly StoredRow[], position: number): StoredRow => {
  const found = rows.find(({ seal_position }) => seal_position === position);
  if (!found) {
    throw new Error(`No row has position ${position}.`);
  }
  return found;
};
const set = (column: string, value: unknown, { id }: StoredRow): Statement => [
  `UPDATE activity SET ${column} = ? WHERE id = ?`,
  [value, id],
];
const remove = ({ id }: StoredRow): Statement => ['DELETE FROM activity WHERE id = ?', [id]];
const flip = (bytes: Uint8Array | null): Buffer => {
  const flipped = Buffer.from(bytes ?? '');
  flipped[7] = (flipped[7] ?? 0) ^ 1;
  return flipped;
};
const setHead = (column: string, value: unknown, { id }: TestHub): Statement => [
  `UPDATE activity_head SET ${column} = ? WHERE hub_id = ?`,
  [value, id],
];
/** A copy of a row with other values. */
const copy = (row: StoredRow, changed: Record<string, unknown>): Statement => {
  const values = { ...row, id: newId(), ...changed };
  const marks = Object.keys(values).map(() => '?');
  return [`INSERT INTO activity (${Object.keys(values).join()}) VALUES (${marks.join()})`, Object.values(values)];
};
const headOf = (hub: TestHub) => app.database.reader.findOneByOrFail(ActivityHead, { hubId: hub.id });
const setBackTo = (head: ActivityHead) => app.database.transaction((tx) => tx.save(ActivityHead, head));

/** What somebody who can write into the database does, at which position it is found, and as what. */
interface Tampering {
  readonly name: string;
  readonly act: (rows: readonly StoredRow[], hub: TestHub) => Statement[];
  readonly position: number;
  readonly problem: RegExp;
}

const NOT_SEALED = /not what was sealed/;
const column = (name: string, value: (row: StoredRow) => unknown): Tampering => ({
  name: `the column ${name} of a row is changed`,
  act: (rows) => [set(name, value(at(rows, 3)), at(rows, 3))],
  position: 3,
  problem: NOT_SEALED,
});

const TAMPERINGS: Tampering[] = [
  column('body', ({ body }) => body.replace('platform', 'Platform')),
  column('body', ({ body }) => `${body} `),
  column('body', () => 'no JSON'),
  column('id', () => newId()),
  column('event', () => 'hub.other'),
  column('status', () => 'alert'),
  column('actor_type', () => 'account'),
  column('actor_id', () => newId()),
  column('component_type', () => null),
  column('component_id', ({ id }) => id),
  column('created_at', ({ created_at }) => Number(created_at) + 1),
  column('created_at', () => '1152921504606846977'),
  column('seal', ({ seal: bytes }) => flip(bytes)),
  column('seal', () => null),
  {
    name: 'a row in the middle is removed',
    act: (rows) => [remove(at(rows, 3))],
    position: 3,
    problem: /the row is missing; the next one is [0-9a-f]{24} at position 4/,
  },
  { name: 'the first row is removed', act: (rows) => [remove(at(rows, 1))], position: 1, problem: /missing/ },
  {
    name: 'the tail is removed',
    act: (rows) => [remove(at(rows, 5)), remove(at(rows, 6))],
    position: 5,
    problem: /the rows from here to position 6, the end of the chain, are missing/,
  },
  { name: 'every row is removed', act: (rows) => rows.map(remove), position: 1, problem: /to position 6/ },
  {
    name: 'two rows are swapped',
    act: (rows) => [
      set('seal_position', null, at(rows, 2)),
      set('seal_position', 2, at(rows, 4)),
      set('seal_position', 4, at(rows, 2)),
    ],
    position: 2,
    problem: NOT_SEALED,
  },
  {
    name: 'two rows are swapped with their seals',
    act: (rows) => [
      set('seal_position', null, at(rows, 2)),
      set('seal_position', 2, at(rows, 4)),
      set('seal_position', 4, at(rows, 2)),
      set('seal', at(rows, 2).seal, at(rows, 4)),
      set('seal', at(rows, 4).seal, at(rows, 2)),
    ],
    position: 2,
    problem: NOT_SEALED,
  },
  {
    name: 'a row is taken out of the chain, to be sealed again',
    act: (rows) => [set('seal_position', null, at(rows, 3)), set('seal', null, at(rows, 3))],
    position: 3,
    problem: /missing/,
  },
  { name: 'a position is 0', act: (rows) => [set('seal_position', 0, at(rows, 3))], position: 0, problem: /no seal/ },
  {
    name: 'a position is below 0',
    act: (rows) => [set('seal_position', -9, at(rows, 3))],
    position: -9,
    problem: /no seal/,
  },
  {
    name: 'a position is beyond what JavaScript counts',
    act: (rows) => [set('seal_position', '1152921504606846977', at(rows, 3))],
    position: 3,
    problem: /missing/,
  },
  {
    name: 'a row is replaced by a copy of another',
    act: (rows) => [remove(at(rows, 5)), copy(at(rows, 2), { seal_position: 5 })],
    position: 5,
    problem: /not what was sealed: its body is that of row [0-9a-f]{24}: a replay/,
  },
  {
    name: 'a copy of a row is put at the end, sealed',
    act: (rows) => [copy(at(rows, 6), { seal_position: 7 })],
    position: 7,
    problem: /a replay/,
  },
];

describe('tampering is found, and the first broken row is named', () => {
  it.each(TAMPERINGS)('when $name', async ({ act, position, problem }) => {
    const hub = await sealedHub(app, 6);
    const rows = await rowsOf(app, hub);
    expect(await broken(app, hub)).toBeNull();
    await tamper(app, ...act(rows, hub));

    const found = await broken(app, hub);
    expect(found).toMatchObject({ position, problem: expect.stringMatching(problem) });
    const there = (await rowsOf(app, hub)).find(({ seal_position }) => Number(seal_position) === position);
    expect(found?.rowId).toBe(there?.id ?? null);
    await record(app, hub, 1);
    await seal(app);
    expect(await broken(app, hub)).toMatchObject({ position });
  });

  it('when a row is moved to another hub', async () => {
    const [from, to] = [await sealedHub(app, 4), await sealedHub(app, 2)];
    const rows = await rowsOf(app, from);
    await tamper(app, set('hub_id', to.id, at(rows, 3)));

    expect(await broken(app, from)).toMatchObject({ position: 3, rowId: null });
    const problem = expect.stringContaining(`its body is that of a row of hub ${from.id}`);
    expect(await broken(app, to)).toMatchObject({ position: 3, rowId: at(rows, 3).id, problem });
  });

  it('when a row waits for its seal with the body of another', async () => {
    const hub = await sealedHub(app, 4);
    const copied = at(await rowsOf(app, hub), 2);
    await tamper(app, copy(copied, { seal_position: null, seal: null }));
    const problem = `its body is that of row ${copied.id}: a replay`;
    expect(await broken(app, hub)).toEqual({ position: null, rowId: expect.any(String), problem });
    await seal(app);

    expect(await broken(app, hub)).toEqual({ position: 5, rowId: expect.any(String), problem });
  });

  it.each([
    ['column event', (row: StoredRow) => set('event', 'hub.other', row)],
    ['column actor_id', (row: StoredRow) => set('actor_id', newId(), row)],
    ['column component_id', (row: StoredRow) => set('component_id', newId(), row)],
  ])('when the %s of a row is changed before it is sealed', async (words, change) => {
    const hub = await app.create.hub();
    await record(app, hub, 1);
    const [row] = await rowsOf(app, hub);
    await tamper(app, change(row as StoredRow));
    await seal(app);

    expect(await broken(app, hub)).toMatchObject({
      position: 1,
      rowId: row?.id,
      problem: expect.stringContaining(words),
    });
  });

  it('in one hub, and leaves the reports of others as they were', async () => {
    const [damaged, healthy] = [await sealedHub(app, 3), await sealedHub(app, 3)];
    await tamper(app, remove(at(await rowsOf(app, damaged), 2)));

    const reports = await app.nest.get(ChainVerifier).verify();
    const brokenOf = ({ id }: TestHub) => reports.find((report) => report.id === id)?.broken;
    expect([brokenOf(damaged)?.position, brokenOf(healthy)]).toEqual([2, null]);
  });
});

describe('a head', () => {
  it.each<[string, (hub: TestHub, head: ActivityHead) => Statement, RegExp]>([
    ['that is gone', ({ id }) => ['DELETE FROM activity_head WHERE hub_id = ?', [id]], /is missing/],
    ['with another position', (hub) => setHead('position', 3, hub), /was changed/],
    [
      'with a position that is no number of JavaScript',
      (hub) => setHead('position', '1152921504606846977', hub),
      /was changed/,
    ],
    ['with another seal', (hub, head) => setHead('seal', flip(head.seal), hub), /was changed/],
    ['with another time', (hub, head) => setHead('sealed_at', head.sealedAt + 1, hub), /was changed/],
    ['with another mac', (hub, head) => setHead('mac', flip(head.mac), hub), /was changed/],
  ])('%s is found', async (_, change, problem) => {
    const hub = await sealedHub(app, 4);
    await tamper(app, change(hub, await headOf(hub)));

    expect(await broken(app, hub)).toMatchObject({ rowId: null, problem: expect.stringMatching(problem) });
  });

  it('of another hub is found', async () => {
    const [hub, other] = [await sealedHub(app, 4), await sealedHub(app, 4)];
    await setBackTo(Object.assign(await headOf(other), { hubId: hub.id }));

    expect(await broken(app, hub)).toMatchObject({ position: 4, problem: expect.stringContaining('was changed') });
  });

  it('that was set back while the rows stayed is found', async () => {
    const hub = await sealedHub(app, 2);
    const old = await headOf(hub);
    await record(app, hub, 2);
    await seal(app);
    await setBackTo(old);

    const problem = expect.stringContaining('set back: rows are sealed up to 4');
    expect(await broken(app, hub)).toMatchObject({ position: 3, problem });
  });
});

describe('a chain that was set back together with its head', () => {
  /** Four rows, of which the last two are taken away again as if they had never been. */
  async function setBack(): Promise<{ hub: TestHub; logged: Awaited<ReturnType<typeof anchorOf>> }> {
    const hub = await sealedHub(app, 2);
    const old = await headOf(hub);
    await record(app, hub, 2);
    await seal(app);
    const logged = await anchorOf(app, hub);
    await tamper(app, ['DELETE FROM activity WHERE hub_id = ? AND seal_position > 2', [hub.id]]);
    await setBackTo(old);
    return { hub, logged };
  }

  it('looks whole to the database alone, and is found by a head that was logged', async () => {
    const { hub, logged } = await setBack();

    expect(await broken(app, hub)).toBeNull();
    const problem = expect.stringContaining('position 4 was logged: the database was set back');
    expect(await broken(app, hub, [logged])).toMatchObject({ position: 3, rowId: null, problem });
  });

  it('is found by it also after the server has sealed on', async () => {
    const { hub, logged } = await setBack();
    await record(app, hub, 5);
    await seal(app);

    expect(await broken(app, hub)).toBeNull();
    const problem = expect.stringContaining('the past was written anew');
    expect(await broken(app, hub, [logged])).toMatchObject({ position: 4, rowId: expect.any(String), problem });
  });

  it('is found by it also when nothing of the hub is left, or the hub itself', async () => {
    const hub = await sealedHub(app, 3);
    const logged = await anchorOf(app, hub);
    await tamper(
      app,
      ['DELETE FROM activity WHERE hub_id = ?', [hub.id]],
      ['DELETE FROM activity_head WHERE hub_id = ?', [hub.id]],
    );
    expect(await broken(app, hub)).toBeNull();
    expect(await broken(app, hub, [logged])).toMatchObject({ position: 1 });
    const nobody = { ...logged, hubId: newId() };

    const reports = await app.nest.get(ChainVerifier).verify(hub.id, [nobody]);
    const problem = expect.stringContaining('the hub is not in the database');
    expect(reports.map((report) => report.broken)).toEqual([null, { position: 3, rowId: null, problem }]);
  });

  it('is not suspected when the logged head fits', async () => {
    const hub = await sealedHub(app, 3);
    const early = await anchorOf(app, hub);
    await record(app, hub, 3);
    await seal(app);

    expect(await broken(app, hub, [early, await anchorOf(app, hub)])).toBeNull();
  });
});

describe('no false alarm', () => {
  it('comes while a server seals during the verification', async () => {
    const hub = await sealedHub(app, 3);
    const repository = app.nest.get(SealRepository);
    const findHead = repository.findHead.bind(repository);
    let [times, within] = [0, false];
    vi.spyOn(repository, 'findHead').mockImplementation(async (hubId) => {
      const head = await findHead(hubId);
      if (!within && (times += 1) <= 3) {
        within = true;
        await record(app, hub, 2);
        await seal(app);
        within = false;
      }
      return head;
    });

    const report = await verify(app, hub);
    expect(report.broken).toBeNull();
    expect(report.head?.position).toBe(report.sealed);
    expect(report.sealed).toBe(9);
  });

  it('comes of rows that wait for their seal, however long', async () => {
    const hub = await sealedHub(app, 2);
    await record(app, hub, 3);
    const since = app.clock.now();
    app.clock.advance(3_600_000);

    expect(await verify(app, hub)).toMatchObject({ sealed: 2, unsealed: { count: 3, since }, broken: null });
  });

  it('comes of the changes and refusals that the server itself writes', async () => {
    const hub = await app.create.hub();
    const owner = app.as((await app.create.ownerKey(hub)).secret);
    await owner.post('/v1/hubs/current/groups', { name: 'Zeichen: ä€😀"\\' }).expect(201);
    await app.create.key({ hub });
    await seal(app);

    const report = await verify(app, hub);
    expect(report.sealed).toBeGreaterThanOrEqual(3);
    expect(report.broken).toBeNull();
  });
});
