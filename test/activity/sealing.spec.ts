import { afterEach, describe, expect, it, vi } from 'vitest';
import { UsageLog, platformPrincipal } from '../../src/access/index.js';
import { Config, readEnvironment } from '../../src/config/index.js';
import { type Database, withLock } from '../../src/database/index.js';
import { ActivityHead } from '../../src/modules/activity/activity-head.entity.js';
import { ActivityRecorder, ChainVerifier, Sealer } from '../../src/modules/activity/index.js';
import { SealRepository } from '../../src/modules/activity/seal.repository.js';
import { Seals } from '../../src/modules/activity/seals.js';
import { type TestHub } from '../support/factory.js';
import { ServerProcess } from '../support/server-process.js';
import { useHeldApp } from '../support/held-app.js';
import { hold, statementsOf, tamper } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';
import { anchorOf, broken, logged, record, rowsOf, seal, sealedHub, verify } from './support/chain.js';

let app: TestApp;

useHeldApp((started) => {
  app = started;
});
afterEach(() => {
  vi.restoreAllMocks();
});

const positions = async (hub: TestHub) => (await rowsOf(app, hub)).map(({ seal_position }) => seal_position);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Runs `work` with a second node that is as still as the first. */
async function withNode<T>(work: (node: TestApp) => Promise<T>): Promise<T> {
  const node = await app.secondNode();
  try {
    await hold(node);
    return await work(node);
  } finally {
    await node.stop();
  }
}

describe('the sealer', () => {
  it('gives every row of a hub its place in the order of ids, and the hub a head, in one run', async () => {
    const hub = await app.create.hub();
    await record(app, hub, 5);
    expect(await verify(app, hub)).toMatchObject({ sealed: 0, head: null, unsealed: { count: 5 }, broken: null });
    await seal(app);

    const rows = await rowsOf(app, hub);
    expect(rows.map(({ seal_position }) => seal_position)).toEqual([1, 2, 3, 4, 5]);
    expect(rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id).toSorted());
    expect(await verify(app, hub)).toEqual({
      id: hub.id,
      name: hub.name,
      sealed: 5,
      head: {
        position: 5,
        seal: Buffer.from(rows[4]?.seal ?? '').toString('hex'),
        sealedAt: app.clock.now(),
      },
      unsealed: { count: 0, since: null },
      broken: null,
    });
  });

  it('goes on from the head, and leaves the seals that there are alone', async () => {
    const hub = await sealedHub(app, 3);
    const before = await rowsOf(app, hub);
    await record(app, hub, 2);
    await seal(app);

    expect((await rowsOf(app, hub)).slice(0, 3)).toEqual(before);
    expect(await verify(app, hub)).toMatchObject({ sealed: 5, head: { position: 5 }, broken: null });
  });

  it('keeps a chain for each hub', async () => {
    const [one, other] = [await app.create.hub(), await app.create.hub()];
    await record(app, one, 2);
    await record(app, other, 3);
    await seal(app);

    expect([await positions(one), await positions(other)]).toEqual([
      [1, 2],
      [1, 2, 3],
    ]);
    expect((await anchorOf(app, one)).seal).not.toBe((await anchorOf(app, other)).seal);
  });

  it('seals more rows than fit into one transaction', async () => {
    const hub = await sealedHub(app, 210);

    expect(await positions(hub)).toEqual(upTo(210));
    expect(await broken(app, hub)).toBeNull();
  });

  it('seals rows that are long in shorter transactions', async () => {
    const hub = await app.create.hub();
    await record(app, hub, 12, 'x'.repeat(200_000));
    await record(app, hub, 1, 'x'.repeat(700_000));
    await record(app, hub, 110);
    const append = vi.spyOn(app.nest.get(SealRepository), 'append');
    await seal(app);

    const sizes = append.mock.calls.map(([, , links]) => links.length);
    expect(sizes.slice(0, 7)).toEqual([2, 2, 2, 2, 2, 2, 1]);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
    expect(await positions(hub)).toEqual(upTo(123));
    expect(await broken(app, hub)).toBeNull();
  });

  it('seals a row that committed late after those that were there before it', async () => {
    const hub = await app.create.hub();
    const { nest, database, clock } = app;
    await record(app, hub, 1);
    const early = clock.now();
    clock.advance(1000);
    await record(app, hub, 2);
    await seal(app);
    await database.transaction((tx) =>
      nest.get(ActivityRecorder).record(tx, platformPrincipal(hub.id), early, { event: 'hub.late', component: null }),
    );
    await seal(app);

    expect((await rowsOf(app, hub)).map(({ event }) => event).at(-1)).toBe('hub.late');
    expect(await broken(app, hub)).toBeNull();
  });

  it('sends one statement when there is nothing to seal, and takes no lock', async () => {
    await seal(app);
    const lock = vi.spyOn(app.database.engine, 'tryLock');

    expect(await statementsOf(app, () => seal(app))).toBe(1);
    expect(lock).not.toHaveBeenCalled();
  });

  it('writes each head into the log once a run', async () => {
    const hub = await app.create.hub();
    await record(app, hub, 120);
    const log = logged('log');
    await seal(app);

    const { position, seal: text } = await anchorOf(app, hub);
    expect(log.lines()).toEqual([{ hub: hub.id, position, seal: text }]);
    expect(position).toBe(120);
  });

  it('does not wait for another node that is sealing, and says nothing', async () => {
    const hub = await app.create.hub();
    const logs = [logged('warn'), logged('error')];
    await withNode(async ({ database }) => {
      await record(app, hub, 1);
      await withLock(database, 'seal', () => seal(app));
      expect(await positions(hub)).toEqual([null]);
    });
    await seal(app);

    expect(await positions(hub)).toEqual([1]);
    expect(logs.flatMap((log) => log.lines())).toEqual([]);
  });

  it('says once that the database does not answer, and seals when it does again', async () => {
    const hub = await app.create.hub();
    await record(app, hub, 1);
    const errors = logged('error');
    const query = vi.spyOn(app.database, 'query').mockRejectedValue(new Error('no connection'));
    await seal(app);
    await seal(app);
    query.mockRestore();
    expect(errors.lines()).toEqual([expect.stringContaining('no connection')]);
    await seal(app);

    expect(await positions(hub)).toEqual([1]);
  });
});

describe('two nodes that seal at once', () => {
  const bothSeal = (node: TestApp) => Promise.all([seal(app), seal(node), seal(app), seal(node)]);

  it('make one chain', async () => {
    await withNode(async (node) => {
      const hubs = await Promise.all([app.create.hub(), app.create.hub()]);
      for (let round = 0; round < 5; round += 1) {
        await Promise.all(hubs.flatMap((hub) => [record(app, hub, 3), record(node, hub, 3), bothSeal(node)]));
      }
      await seal(app);
      await seal(node);

      for (const hub of hubs) {
        expect(await positions(hub)).toEqual(upTo(30));
        expect(await broken(app, hub)).toBeNull();
      }
    });
  });

  it('make one chain also when the lock that keeps them apart is lost', async () => {
    await withNode(async (node) => {
      for (const { engine } of [app.database, node.database]) {
        vi.spyOn(engine, 'tryLock').mockImplementation(async () => async () => {});
      }
      const hub = await app.create.hub();
      const errors = logged('error');
      for (let round = 0; round < 10; round += 1) {
        await record(app, hub, 3);
        await bothSeal(node);
      }
      await seal(app);

      expect(await positions(hub)).toEqual(upTo(30));
      expect(await broken(app, hub)).toBeNull();
      expect(errors.lines()).toEqual([]);
    });
  });

  it('let only one go on from a head', async () => {
    const hub = await sealedHub(app, 1);
    await record(app, hub, 1);
    const repository = app.nest.get(SealRepository);
    const [head, before] = [await repository.findHead(hub.id), await rowsOf(app, hub)];
    if (!head) {
      throw new Error('The hub has no head.');
    }
    await seal(app);
    const after = await rowsOf(app, hub);
    const link = { id: after[1]?.id ?? '', position: 2, seal: Buffer.alloc(32, 1) };

    expect(await repository.append(head, { ...head, ...link }, [link])).toBe(false);
    expect(await repository.append({ position: 0, seal: head.seal }, head, [link])).toBe(false);
    expect(await rowsOf(app, hub)).toEqual(after);
    expect(after).not.toEqual(before);
  });
});

describe('a sealer that dies', () => {
  it.each([0, 1, 100, 101])('after %i rows leaves whole chunks, and the next one goes on', async (count) => {
    const hub = await app.create.hub();
    await withNode(async (node) => {
      await record(app, hub, 120);
      const transaction = node.database.transaction.bind(node.database) as Database['transaction'];
      let left = count;
      vi.spyOn(node.database, 'transaction').mockImplementation(((work: Parameters<typeof transaction>[0]) =>
        transaction(async (tx) => {
          const query = tx.queryRunner?.query.bind(tx.queryRunner) as (...input: unknown[]) => Promise<unknown>;
          vi.spyOn(tx.queryRunner as object as { query: typeof query }, 'query').mockImplementation((...input) => {
            if (String(input[0]).startsWith('UPDATE activity SET') && (left -= 1) < 0) {
              throw new Error('killed');
            }
            return query(...input);
          });
          return work(tx);
        })) as never);
      await seal(node);

      const sealed = (await positions(hub)).filter((position) => position !== null);
      expect(sealed.length).toBeLessThanOrEqual(count);
      expect(await verify(app, hub)).toMatchObject({ sealed: sealed.length, broken: null });
      vi.restoreAllMocks();
    });
    await seal(app);

    expect(await positions(hub)).toEqual(upTo(120));
    expect(await broken(app, hub)).toBeNull();
  });
});

describe('a server', () => {
  it('seals by itself', async () => {
    const node = await ServerProcess.start(app.config.databaseUrl);
    try {
      const hub = await app.create.hub();
      await record(app, hub, 1);
      while ((await positions(hub))[0] === null) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }

      expect(await broken(app, hub)).toBeNull();
    } finally {
      await node.stop();
    }
  }, 30_000);

  it('seals when it stops, also the refusals that it writes down last', async () => {
    const hub = await app.create.hub();
    const node = await app.secondNode();
    await hold(node);
    await record(node, hub, 2);
    const key = { ...platformPrincipal(hub.id).record, subjectType: 'api-key' } as const;
    node.nest.get(UsageLog).countRefusal(key, null, '403.invalid-ip', node.clock.now());
    await node.stop();

    const rows = await rowsOf(app, hub);
    expect(rows.map(({ seal_position }) => seal_position)).toEqual([1, 2, 3]);
    expect(rows.at(-1)?.event).toBe('hub.apikey.refused');
    expect(await broken(app, hub)).toBeNull();
  });

  it('seals for two seconds at most when it stops, and the next one goes on', async () => {
    const hub = await app.create.hub();
    const node = await app.secondNode();
    await hold(node);
    await record(app, hub, 120);
    const append = node.nest.get(SealRepository).append.bind(node.nest.get(SealRepository));
    vi.spyOn(node.nest.get(SealRepository), 'append').mockImplementation((...input) => {
      node.clock.advance(2000);
      return append(...input);
    });
    await node.nest.get(Sealer).onApplicationShutdown();

    const sealed = (await positions(hub)).filter((position) => position !== null).length;
    expect(sealed).toBeGreaterThan(0);
    expect(sealed).toBeLessThan(120);
    vi.restoreAllMocks();
    await node.stop();
    expect(await positions(hub)).toEqual(upTo(120));
  });
});

describe('a hub whose chain cannot be trusted', () => {
  const damages: [string, (hubId: string) => [sql: string, parameters: unknown[]], RegExp][] = [
    ['its head is gone', (id) => ['DELETE FROM activity_head WHERE hub_id = ?', [id]], /head is missing/],
    [
      'its head was forged',
      (id) => ['UPDATE activity_head SET position = 1 WHERE hub_id = ?', [id]],
      /changed by somebody else/,
    ],
    [
      'rows stand beyond its head',
      (id) => ['UPDATE activity SET seal_position = 4 WHERE hub_id = ? AND seal_position = 2', [id]],
      /beyond its head/,
    ],
  ];

  it.each(damages)(
    'because %s is not sealed, is told of once a minute, and holds up no other',
    async (_, sql, words) => {
      const [damaged, healthy] = [await sealedHub(app, 3), await app.create.hub()];
      await tamper(app, sql(damaged.id));
      const before = await rowsOf(app, damaged);
      await record(app, damaged, 1);
      await record(app, healthy, 2);
      const errors = logged('error');
      await seal(app);
      await seal(app);
      expect(errors.lines()).toEqual([expect.stringMatching(words)]);
      expect(errors.lines()).toEqual([expect.stringContaining(damaged.id)]);
      app.clock.advance(60_000);
      await seal(app);
      expect(errors.about(damaged)).toHaveLength(2);

      const after = await rowsOf(app, damaged);
      expect(after.filter(({ seal_position }) => seal_position !== null)).toEqual(
        before.filter(({ seal_position }) => seal_position !== null),
      );
      expect(await positions(healthy)).toEqual([1, 2]);
    },
  );

  it('is sealed again when it is mended', async () => {
    const hub = await sealedHub(app, 2);
    const head = await app.database.reader.findOneByOrFail(ActivityHead, { hubId: hub.id });
    await app.database.transaction((tx) => tx.delete(ActivityHead, { hubId: hub.id }));
    await record(app, hub, 1);
    await seal(app);
    await app.database.transaction((tx) => tx.insert(ActivityHead, head));
    app.clock.advance(60_000);
    await seal(app);

    expect(await positions(hub)).toEqual([1, 2, 3]);
    expect(await broken(app, hub)).toBeNull();
  });

  it('is not sealed with another HUBGATE_SECRET', async () => {
    const hub = await sealedHub(app, 2);
    await record(app, hub, 1);
    const config = new Config(readEnvironment({ HUBGATE_SECRET: 'another-secret-for-tests-0123456789abcdef' }));
    const rows = app.nest.get(SealRepository);
    const errors = logged('error');
    await new Sealer(rows, new Seals(config), app.database, app.clock).flush();

    expect(errors.about(hub)).toEqual([expect.stringContaining('another HUBGATE_SECRET made it')]);
    expect((await verify(app, hub)).unsealed.count).toBe(1);
    const [report] = await new ChainVerifier(rows, new Seals(config)).verify(hub.id);
    expect(report?.broken).toMatchObject({ position: 1, problem: expect.stringContaining('not what was sealed') });
  });

  it('that went back is sealed on from there, with a warning', async () => {
    const hub = await sealedHub(app, 2);
    const old = await app.database.reader.findOneByOrFail(ActivityHead, { hubId: hub.id });
    await record(app, hub, 2);
    await seal(app);
    await tamper(app, ['DELETE FROM activity WHERE hub_id = ? AND seal_position > 2', [hub.id]]);
    await app.database.transaction((tx) => tx.save(ActivityHead, old));
    await record(app, hub, 1);
    const warnings = logged('warn');
    await seal(app);

    expect(warnings.lines()).toEqual([expect.stringMatching(/went back from position 4 .* to 2/)]);
    expect(await positions(hub)).toEqual([1, 2, 3]);
    expect(await broken(app, hub)).toBeNull();
  });
});
