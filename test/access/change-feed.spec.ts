import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  AccessChange,
  AccessCounter,
  ChangeFeed,
  ChangePurge,
  Mutations,
  platformPrincipal,
  PrincipalCache,
  recordChanges,
  RESTORE_SETTLES_MS,
} from '../../src/access/index.js';
import { newId } from '../../src/common/ids.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { useHeldApp } from '../support/held-app.js';
import { hold, poll, statementsOf, tamper } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';

const WHOAMI = '/v1/hubs/current/whoami';
const DAY = 24 * 3_600_000;

let app: TestApp;
let hub: TestHub;
let caller: Client;

// Each test may spoil the history of the whole database: each has one of its own.
beforeEach(async () => {
  app.clock.advance(RESTORE_SETTLES_MS);
  await poll(app);
  hub = await app.create.hub();
  caller = app.as((await app.create.ownerKey(hub)).secret);
  await poll(app);
  await caller.get(WHOAMI).expect(200);
});

useHeldApp((started) => {
  app = started;
});

const isCached = async () => (await statementsOf(app, () => caller.get(WHOAMI).expect(200))) === 0;
const rows = () => app.database.reader.find(AccessChange, { order: { seq: 'ASC' } });
const lastNumber = async () => (await app.database.reader.findOneByOrFail(AccessCounter, { id: 1 })).lastSeq;

/** So many changes that touch nobody here, as another node would have committed them. */
function changeElsewhere(count = 1): Promise<void> {
  const changes = Array.from({ length: count }, () => ({ kind: 'key' as const, id: newId() }));
  return app.database.transaction((tx) => recordChanges(tx, hub.id, changes, app.clock.now()));
}

describe('a poll', () => {
  it('drops nothing when nothing changed, and sends one statement', async () => {
    expect(await statementsOf(app, () => poll(app))).toBe(1);
    expect(await isCached()).toBe(true);
  });

  it('drops nothing that was not touched', async () => {
    await changeElsewhere(3);
    await poll(app);
    await changeElsewhere();
    await poll(app);

    expect(await isCached()).toBe(true);
  });

  it('reads on until it has read everything, however much there is', async () => {
    await changeElsewhere(2500);
    await app.database.transaction((tx) => recordChanges(tx, hub.id, [{ kind: 'hub', id: hub.id }], app.clock.now()));
    await poll(app);
    expect(await isCached()).toBe(false);

    expect(await statementsOf(app, () => poll(app))).toBe(1);
  });

  it('drops everything for a change of a kind that it does not know', async () => {
    const change = { kind: 'newer-kind' as 'key', id: newId() };
    await app.database.transaction((tx) => recordChanges(tx, hub.id, [change], app.clock.now()));
    await poll(app);

    expect(await isCached()).toBe(false);
  });

  it('hears of every one of 300 changes made by 20 at once', async () => {
    const before = await lastNumber();
    let making = true;
    const listening = (async () => {
      while (making) {
        await poll(app);
        await nextTurn();
      }
    })();
    const maker = async () => {
      for (let turn = 0; turn < 5; turn += 1) {
        await changeElsewhere(3);
      }
    };
    await Promise.all(Array.from({ length: 20 }, maker));
    making = false;
    await listening;

    const numbers = (await rows()).map(({ seq }) => seq).filter((seq) => seq > before);
    expect(numbers).toEqual(Array.from({ length: 300 }, (_, index) => before + index + 1));
    expect(await lastNumber()).toBe(before + 300);
    expect(await isCached()).toBe(true);
  });

  it('fails while the counter is missing, and so lets the lease lapse', async () => {
    const counter = await app.database.reader.findOneByOrFail(AccessCounter, { id: 1 });
    await tamper(app, ['DELETE FROM access_counter']);
    await expect(poll(app)).rejects.toThrow('counter is missing');
    await app.database.transaction((tx) => tx.insert(AccessCounter, counter));
    await poll(app);

    expect(await isCached()).toBe(true);
  });
});

describe('two transactions that are open at once', () => {
  const gate = () => {
    let open: () => void = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    return { open, opened };
  };

  it('take their numbers one after the other, so that the one that commits late is not skipped', async () => {
    const before = await lastNumber();
    const [taken, commit] = [gate(), gate()];
    let secondTook = false;
    const first = app.database.transaction(async (tx) => {
      await recordChanges(tx, hub.id, [{ kind: 'hub', id: hub.id }], app.clock.now());
      taken.open();
      await commit.opened;
    });
    await taken.opened;
    const second = app.database.transaction(async (tx) => {
      await recordChanges(tx, hub.id, [{ kind: 'key', id: newId() }], app.clock.now());
      secondTook = true;
    });
    await poll(app);
    await poll(app);
    const meanwhile = [secondTook, await lastNumber(), await isCached()];
    commit.open();
    await Promise.all([first, second]);

    expect(meanwhile).toEqual([false, before, true]);
    await poll(app);
    expect(await isCached()).toBe(false);
    expect((await rows()).slice(-2).map(({ seq, subjectId }) => [seq, subjectId === hub.id])).toEqual([
      [before + 1, true],
      [before + 2, false],
    ]);
  });

  it('use up no number when they roll back', async () => {
    const before = await lastNumber();
    const failing = app.database.transaction(async (tx) => {
      await recordChanges(tx, hub.id, [{ kind: 'hub', id: hub.id }], app.clock.now());
      throw new Error('no');
    });
    await expect(Promise.all([failing, changeElsewhere()])).rejects.toThrow('no');
    await changeElsewhere();

    expect(await lastNumber()).toBe(before + 2);
    await poll(app);
    expect(await isCached()).toBe(true);
  });
});

describe('a database that was restored', () => {
  /** How history may differ from the one that was read; some other thing than our caller was touched in it. */
  const RESTORED: [string, () => Promise<void>][] = [
    [
      'goes back behind the cursor',
      async () =>
        tamper(
          app,
          ['DELETE FROM access_change WHERE seq = ?', [await lastNumber()]],
          ['UPDATE access_counter SET last_seq = last_seq - 1'],
        ),
    ],
    [
      'goes back to the very beginning',
      () => tamper(app, ['DELETE FROM access_change'], ['UPDATE access_counter SET last_seq = 0']),
    ],
    [
      'has the same numbers with other changes',
      async () => tamper(app, ['UPDATE access_change SET nonce = ? WHERE seq = ?', [newId(), await lastNumber()]]),
    ],
    [
      'has gone on from another past',
      async () => {
        await tamper(app, ['UPDATE access_change SET nonce = ? WHERE seq = ?', [newId(), await lastNumber()]]);
        await changeElsewhere(5);
      },
    ],
    ['has another epoch', () => tamper(app, ['UPDATE access_counter SET epoch = ?', [newId()]])],
    [
      'no longer has the row of the cursor',
      async () => {
        const read = await lastNumber();
        await changeElsewhere();
        await tamper(app, ['DELETE FROM access_change WHERE seq <= ?', [read]]);
      },
    ],
    ['has lost all changes but not the counter', () => tamper(app, ['DELETE FROM access_change'])],
  ];

  it.each(RESTORED)('and %s drops everything', async (_, restore) => {
    await changeElsewhere();
    await poll(app);
    expect(await isCached()).toBe(true);
    await restore();
    await poll(app);

    expect(app.nest.get(PrincipalCache).keys.size).toBe(0);
    expect(await isCached()).toBe(false);
  });

  it.each(RESTORED)('and %s is followed from there on', async (_, restore) => {
    await changeElsewhere();
    await poll(app);
    await restore();
    await poll(app);
    await changeElsewhere();
    await poll(app);
    app.clock.advance(RESTORE_SETTLES_MS);
    await poll(app);
    await caller.get(WHOAMI).expect(200);
    await changeElsewhere();
    await poll(app);
    expect(await isCached()).toBe(true);

    await app.database.transaction((tx) => recordChanges(tx, hub.id, [{ kind: 'hub', id: hub.id }], app.clock.now()));
    await poll(app);
    expect(await isCached()).toBe(false);
  });

  it.each(RESTORED)(
    'and %s is not trusted from one poll to the next while its tables may still come back',
    async (_, restore) => {
      await changeElsewhere();
      await poll(app);
      await restore();
      await poll(app);
      // Read after the feed is back and before the keys are.
      await caller.get(WHOAMI).expect(200);
      await tamper(app, ["UPDATE api_key SET state = 'inactive' WHERE hub_id = ?", [hub.id]]);
      app.clock.advance(RESTORE_SETTLES_MS - 1);
      await poll(app);

      expect((await caller.get(WHOAMI)).status).toBe(401);
    },
  );

  it('to before a key was made is another history, also when nothing else happened since', async () => {
    const before = await lastNumber();
    const made = app.as((await app.create.ownerKey(hub)).secret);
    await poll(app);
    await made.get(WHOAMI).expect(200);
    await tamper(
      app,
      ['DELETE FROM api_secret WHERE hub_id = ?', [hub.id]],
      ['DELETE FROM access_change WHERE seq > ?', [before]],
      ['UPDATE access_counter SET last_seq = ?', [before]],
    );
    await poll(app);

    expect((await made.get(WHOAMI)).status).toBe(401);
  });

  it('with a higher counter and none of the changes that were read drops everything', async () => {
    await changeElsewhere();
    await poll(app);
    const read = await lastNumber();
    await tamper(app, ['DELETE FROM access_change'], ['UPDATE access_counter SET last_seq = ?', [read + 1000]]);
    await changeElsewhere();
    await poll(app);

    expect(await isCached()).toBe(false);
  });

  it('with a shorter history that begins late is not taken for a continued one', async () => {
    await tamper(app, ['DELETE FROM access_change'], ['UPDATE access_counter SET last_seq = 0']);
    await poll(app);
    await caller.get(WHOAMI).expect(200);
    await changeElsewhere(3);
    await tamper(app, ['DELETE FROM access_change WHERE seq < 3']);
    await poll(app);

    expect(await isCached()).toBe(false);
  });
});

describe('a node that starts', () => {
  it('reads where history stands and hears of what comes', async () => {
    await changeElsewhere(1200);
    const node = await app.secondNode();
    try {
      await hold(node);
      const there = node.as((await app.create.ownerKey(hub)).secret);
      await there.get(WHOAMI).expect(200);
      expect(await statementsOf(node, () => there.get(WHOAMI).expect(200))).toBe(0);
      await app.nest.get(Mutations).run(platformPrincipal(hub.id), 'api-keys-manage', (mutation) => {
        mutation.changed({ kind: 'hub', id: hub.id });
        return Promise.resolve();
      });
      await poll(node);
      expect(await statementsOf(node, () => there.get(WHOAMI).expect(200))).toBe(1);
    } finally {
      await node.stop();
    }
  });

  it('polls by itself', async () => {
    const node = await app.secondNode();
    try {
      const feed = node.nest.get(ChangeFeed);
      const there = node.as((await app.create.ownerKey(hub)).secret);
      await there.get(WHOAMI).expect(200);
      await tamper(app, ["UPDATE hub SET state = 'inactive' WHERE id = ?", [hub.id]]);
      await app.database.transaction((tx) => recordChanges(tx, hub.id, [{ kind: 'hub', id: hub.id }], app.clock.now()));
      let status = 200;
      for (let attempt = 0; attempt < 200 && status === 200; attempt += 1) {
        await new Promise((resolve) => setTimeout(resolve, 25));
        ({ status } = await there.get(WHOAMI));
      }
      expect([status, feed.leaseHolds()]).toEqual([401, true]);
    } finally {
      await node.stop();
    }
  });
});

describe('the purge of old changes', () => {
  const purge = () => app.nest.get(ChangePurge).run();

  it('removes what is older than a day, in chunks, and nothing younger', async () => {
    await changeElsewhere(1700);
    app.clock.advance(DAY + 1);
    await changeElsewhere(3);
    await poll(app);
    await purge();

    expect(await rows()).toHaveLength(3);
  });

  it('keeps the newest change, however old it is, so that nodes see history go on', async () => {
    await changeElsewhere(2);
    await poll(app);
    await caller.get(WHOAMI).expect(200);
    app.clock.advance(DAY + 1);
    await poll(app);
    await purge();
    await purge();
    expect((await rows()).map(({ seq }) => seq)).toEqual([await lastNumber()]);

    await caller.get(WHOAMI).expect(200);
    await changeElsewhere();
    await poll(app);
    expect(await isCached()).toBe(true);
  });

  it('makes a node that slept longer drop everything', async () => {
    await changeElsewhere();
    await poll(app);
    await caller.get(WHOAMI).expect(200);
    await changeElsewhere();
    await tamper(app, ['UPDATE access_change SET created_at = 0 WHERE seq < ?', [await lastNumber()]]);
    await purge();
    await poll(app);

    expect(await isCached()).toBe(false);
  });

  it('does nothing where nothing ever changed', async () => {
    await tamper(app, ['DELETE FROM access_change']);
    await purge();

    expect(await rows()).toEqual([]);
  });
});
