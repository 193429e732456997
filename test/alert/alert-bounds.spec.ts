import { beforeAll, describe, expect, it } from 'vitest';
import { type TestHub } from '../support/factory.js';
import { leavesAlone, ownedHub } from '../support/management.js';
import { hold, tamper } from '../support/stillness.js';
import { useTestApp } from '../support/test-app.js';
import { AlertPurge, HubAlerts, NEW_KEPT_DAYS, SOLVED_KEPT_DAYS } from '../../src/modules/alert/index.js';
import { ALERTS_OF_GROUP_MAX, ALERTS_OF_HUB_MAX } from '../../src/modules/alert/alert-store.js';
import { ALERTS_PER_HUB_MAX, ALERTS_PER_KEY_MAX, AlertRate } from '../../src/modules/alert/alert-rate.js';
import { ALERTS, messagesOf, reporter, send, SOLVE } from './support/alerts.js';

const test = useTestApp();
beforeAll(() => hold(test.app));

const DAY_MILLISECONDS = 86_400_000;
const ALERT = { type: 'Info', message: 'one more' };

async function storedIn({ id }: TestHub): Promise<number[]> {
  const sql = 'SELECT `stored` FROM alert_count WHERE hub_id = ? ORDER BY group_id';
  return (await test.app.database.query<{ stored: number }>(sql, [id])).map(({ stored }) => stored);
}

/** As if the group had so many alerts; those that are really there are the oldest of them. */
const pretend = (groupId: string, stored: number): Promise<void> =>
  tamper(test.app, ['UPDATE alert_count SET `stored` = ? WHERE group_id = ?', [stored, groupId]]);

/** Makes what is there older by so many days. */
const age = ({ id }: TestHub, days: number): Promise<void> =>
  tamper(test.app, ['UPDATE alert SET created_at = created_at - ? WHERE hub_id = ?', [days * DAY_MILLISECONDS, id]]);

describe('a group, or a hub, that has as many alerts as can be', () => {
  it('409: takes no more while none of the group’s is solved, and says so; nothing changes', async () => {
    const hub = await test.app.create.hub();
    const { caller, groupId } = await reporter(test.app, hub);
    await send(caller, 'kept');
    await pretend(groupId, ALERTS_OF_GROUP_MAX);

    const answer = await leavesAlone(test.app, hub, () => caller.post(ALERTS, ALERT).expect(409));

    expect(answer.body).toMatchObject({ code: '409.alerts-full', extra: { maximum: ALERTS_OF_GROUP_MAX } });
    expect(await messagesOf(caller)).toEqual(['kept']);
  });

  it('200: makes room by its oldest solved ones, of whatever type', async () => {
    const hub = await test.app.create.hub();
    const { caller, groupId } = await reporter(test.app, hub);
    for (let count = 0; count < 25; count += 1) {
      await send(caller, `old ${count}`, ['Info', 'Warning', 'Problem'][count % 3]);
      test.app.clock.advance(1);
    }
    await caller.put(SOLVE, { all: true }).expect(200);
    await pretend(groupId, ALERTS_OF_GROUP_MAX);

    await caller.post(ALERTS, ALERT).expect(200);

    expect(await messagesOf(caller)).toEqual(['one more', 'old 24', 'old 23', 'old 22', 'old 21', 'old 20']);
    expect(await storedIn(hub)).toEqual([ALERTS_OF_GROUP_MAX + 1 - 20]);
  });

  it('never at the cost of another group', async () => {
    const hub = await test.app.create.hub();
    const [loud, quiet] = [await reporter(test.app, hub), await reporter(test.app, hub)];
    await send(quiet.caller, 'quiet');
    await quiet.caller.put(SOLVE, { all: true }).expect(200);
    await pretend(quiet.groupId, ALERTS_OF_HUB_MAX);

    expect((await loud.caller.post(ALERTS, ALERT).expect(409)).body).toMatchObject({
      extra: { maximum: ALERTS_OF_HUB_MAX },
    });
    expect(await messagesOf(quiet.caller)).toEqual(['quiet']);
  });

  it('counts what comes and goes, also when much comes at once', async () => {
    const hub = await test.app.create.hub();
    const { caller } = await reporter(test.app, hub);
    const sent = await Promise.all(Array.from({ length: 10 }, (_, count) => send(caller, `at once ${count}`)));
    await Promise.all(
      sent.slice(0, 4).map(({ NotificationID }) => caller.delete(ALERTS, { notificationId: NotificationID })),
    );

    expect(await storedIn(hub)).toEqual([6]);
    expect(await messagesOf(caller)).toHaveLength(6);
  });
});

describe('who sends too many in a minute', () => {
  it('429: is told when to come again, by key; nothing changes, and then it works again', async () => {
    const hub = await test.app.create.hub();
    const [loud, other] = [await reporter(test.app, hub), await reporter(test.app, hub)];
    for (let count = 0; count < ALERTS_PER_KEY_MAX; count += 1) {
      await loud.caller.post(ALERTS, ALERT).expect(200);
    }
    test.app.clock.advance(15_000);

    const answer = await leavesAlone(test.app, hub, () => loud.caller.post(ALERTS, ALERT).expect(429));

    expect(answer.body).toMatchObject({ code: '429.rate-limiting' });
    expect(answer.headers['retry-after']).toBe('45');
    await other.caller.post(ALERTS, ALERT).expect(200);
    test.app.clock.advance(45_000);
    await loud.caller.post(ALERTS, ALERT).expect(200);
  });

  it('429: also by hub, whatever the keys; other hubs go on', async () => {
    const hub = await test.app.create.hub();
    const { caller } = await reporter(test.app, hub);
    const rate = test.app.nest.get(AlertRate);
    for (let count = 1; count < ALERTS_PER_HUB_MAX; count += 1) {
      rate.take(hub.id, `key ${count % 6}`);
    }
    await caller.post(ALERTS, ALERT).expect(200);

    const answer = await leavesAlone(test.app, hub, () => caller.post(ALERTS, ALERT).expect(429));

    expect(answer.body).toMatchObject({ code: '429.rate-limiting' });
    await send((await reporter(test.app, await test.app.create.hub())).caller);
  });
});

describe('alerts that are old', () => {
  it.each([
    ['solved', SOLVED_KEPT_DAYS],
    ['new', NEW_KEPT_DAYS],
  ])('%s: are removed after %i days, and counted off', async (state, days) => {
    const hub = await test.app.create.hub();
    const { caller } = await reporter(test.app, hub);
    await send(caller, 'old');
    await (state === 'solved' ? caller.put(SOLVE, { all: true }).expect(200) : Promise.resolve());
    await age(hub, days);
    const purge = test.app.nest.get(AlertPurge);

    await purge.run();
    expect(await messagesOf(caller)).toEqual(['old']);
    await age(hub, 1);
    await send(caller, 'young');
    await purge.run();

    expect(await messagesOf(caller)).toEqual(['young']);
    expect(await storedIn(hub)).toEqual([1]);
  });
});

describe('the alerts of a hub that is deleted', () => {
  it('are wiped, and no late one comes after', async () => {
    const { hub } = await ownedHub(test.app);
    const { caller } = await reporter(test.app, hub);
    const beside = await reporter(test.app, await test.app.create.hub());
    await send(beside.caller, 'beside');
    for (let count = 0; count < 5; count += 1) {
      await send(caller);
    }
    // The node has not heard of the deletion yet.
    await tamper(test.app, ["UPDATE hub SET state = 'deleting' WHERE id = ?", [hub.id]]);
    await caller.post(ALERTS, ALERT).expect(401);
    const alerts = test.app.nest.get(HubAlerts);
    let parts = 0;
    while (await alerts.wipeSome(hub.id, 2)) {
      parts += 1;
    }

    expect(parts).toBe(3);
    expect(await test.app.database.query('SELECT id FROM alert WHERE hub_id = ?', [hub.id])).toEqual([]);
    expect(await storedIn(hub)).toEqual([]);
    expect(await messagesOf(beside.caller)).toEqual(['beside']);
  });
});
