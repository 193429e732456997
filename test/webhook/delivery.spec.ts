import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/common/ids.js';
import { TestApp, useTestApp } from '../support/test-app.js';
import { isSignedBy, type Received, WebhookReceiver } from '../support/webhook-receiver.js';
import { alert, allow, listening, noticeOf, shown, subscribe, SUBSCRIPTIONS, told, waiting, work } from './support.js';

const ENVIRONMENT = { OUTBOUND_LOOPBACK: 'allow' };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const test = useTestApp({ environment: ENVIRONMENT });
let receiver: WebhookReceiver;
let second: TestApp | undefined;

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(() => receiver.stop());
afterAll(() => second?.stop());

const only = (received: readonly Received[]): Received => {
  expect(received).toHaveLength(1);
  return received[0] as Received;
};

describe('an alert', () => {
  it('is told with the contract’s payload, signed', async () => {
    const { hub, owner } = await listening(test.app);
    const { id, secret } = await subscribe(owner, receiver.url);

    await alert(test.app, noticeOf(hub.id, newId()));
    await work(test.app);

    const call = only(receiver.received);
    expect(JSON.parse(call.body)).toEqual({
      NotificationID: '17',
      Description: 'Conveyor 3 stands still',
      Priority: 2,
      BoxName: 'Hall 1',
      BoxRequestUrl: 'https://hub.example.com/boxes/PB0000PT',
      BoxDeviceID: 'PB0000PT',
      Solved: false,
      CreateTime: '2026-03-01T08:00:00.000Z',
    });
    expect(call).toMatchObject({ path: '/alerts', headers: { 'content-type': 'application/json' } });
    expect(isSignedBy(call, secret)).toBe(true);
    expect(isSignedBy({ ...call, body: `${call.body} ` }, secret)).toBe(false);
    expect(isSignedBy({ ...call, headers: { ...call.headers, 'webhook-timestamp': '1' } }, secret)).toBe(false);
    expect(isSignedBy({ ...call, headers: { ...call.headers, 'webhook-id': 'x' } }, secret)).toBe(false);
    expect(Math.abs(Number(call.headers['webhook-timestamp']) - test.app.clock.now() / 1000)).toBeLessThan(60);
    expect(await waiting(test.app, hub.id)).toBe(0);
    expect((await shown(owner, id)).deliveries).toMatchObject({ delivered: 1, failed: 0, dropped: 0 });
  });

  it('that is rolled back is told to nobody', async () => {
    const { hub, owner } = await listening(test.app);
    await subscribe(owner, receiver.url);

    const undone = test.app.database.transaction(async () => {
      await alert(test.app, noticeOf(hub.id, newId()));
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await work(test.app);

    expect(receiver.received).toEqual([]);
  });

  it('is told to those who subscribed to its group, and to all groups; nobody of another hub', async () => {
    const ours = await listening(test.app);
    const theirs = await listening(test.app);
    const [group, other] = [await test.app.create.group(ours.hub), await test.app.create.group(ours.hub)];
    await subscribe(ours.owner, `${receiver.url}/all`);
    await subscribe(ours.owner, `${receiver.url}/group`, { group_id: group });
    await subscribe(ours.owner, `${receiver.url}/other`, { group_id: other });
    await subscribe(theirs.owner, `${receiver.url}/theirs`);

    await alert(test.app, noticeOf(ours.hub.id, group));
    await work(test.app);

    expect(receiver.received.map(({ path }) => path).sort()).toEqual(['/alerts/all', '/alerts/group']);
  });

  it('calls nobody within its transaction', async () => {
    const { hub, owner } = await listening(test.app);
    await subscribe(owner, receiver.url);
    await alert(test.app, noticeOf(hub.id, newId()));

    expect(receiver.received).toEqual([]);
    expect(await waiting(test.app, hub.id)).toBe(1);
  });
});

describe('a rotation', () => {
  it('signs with both secrets until it ends, then with the new one alone', async () => {
    const { hub, owner } = await listening(test.app);
    const before = await subscribe(owner, receiver.url);
    const answer = await owner.post(`${SUBSCRIPTIONS}/${before.id}/rotate`, { overlap_seconds: 3600 }).expect(201);
    const { secret } = (answer.body as { data: { secret: string } }).data;
    const signed = async (): Promise<boolean[]> => {
      receiver.received.length = 0;
      await alert(test.app, noticeOf(hub.id, newId()));
      await work(test.app);
      const call = only(receiver.received);
      return [isSignedBy(call, before.secret), isSignedBy(call, secret)];
    };

    expect(await signed()).toEqual([true, true]);
    test.app.clock.advance(HOUR_MS + 1000);
    expect(await signed()).toEqual([false, true]);
  });

  it('without overlap ends the old secret at once', async () => {
    const { hub, owner } = await listening(test.app);
    const before = await subscribe(owner, receiver.url);
    await owner.post(`${SUBSCRIPTIONS}/${before.id}/rotate`, { overlap_seconds: 0 }).expect(201);
    await alert(test.app, noticeOf(hub.id, newId()));
    await work(test.app);

    expect(isSignedBy(only(receiver.received), before.secret)).toBe(false);
  });
});

describe('a call that fails', () => {
  it.each([301, 302, 400, 404, 500, 503])('with %d is tried again, with the same id and body', async (status) => {
    const { hub, owner } = await listening(test.app);
    const { id, secret } = await subscribe(owner, receiver.url);
    receiver.answer = status;
    await alert(test.app, noticeOf(hub.id, newId()));
    await work(test.app);
    await work(test.app);
    expect(receiver.received).toHaveLength(1);
    expect((await shown(owner, id)).deliveries).toMatchObject({ failed: 1, last_failure: `status ${status}` });

    receiver.answer = 200;
    test.app.clock.advance(15_000);
    await work(test.app);

    const [first, again] = receiver.received as [Received, Received];
    expect(again.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(again.headers['webhook-timestamp']).not.toBe(first.headers['webhook-timestamp']);
    expect(again.body).toBe(first.body);
    expect(isSignedBy(again, secret)).toBe(true);
    expect((await shown(owner, id)).deliveries).toMatchObject({ delivered: 1, failed: 1 });
    expect(await waiting(test.app, hub.id)).toBe(0);
  });

  it('with 410 switches the subscription off and forgets what waits', async () => {
    const { hub, owner } = await listening(test.app);
    const { id } = await subscribe(owner, receiver.url);
    receiver.answer = 410;
    await alert(test.app, noticeOf(hub.id, newId()), 6);
    await work(test.app);

    expect(await shown(owner, id)).toMatchObject({ state: { current: 'off' } });
    expect(await waiting(test.app, hub.id)).toBe(0);
    expect(await told(test.app, hub.id, 'hub.alert-subscription.state')).toMatchObject([
      { status: 'alert', changes: { state: { before: 'active', after: 'off' } }, component: { id } },
    ]);
    const calls = receiver.received.length;
    await alert(test.app, noticeOf(hub.id, newId()));
    await work(test.app);
    expect(receiver.received).toHaveLength(calls);
  });

  it('again and again makes it failing, which is told once; a success makes it active', async () => {
    const { hub, owner } = await listening(test.app);
    const { id } = await subscribe(owner, receiver.url);
    receiver.answer = 500;
    await alert(test.app, noticeOf(hub.id, newId()));
    for (let attempt = 0; attempt < 7; attempt += 1) {
      await work(test.app);
      test.app.clock.advance(HOUR_MS);
    }
    expect(await shown(owner, id)).toMatchObject({ state: { current: 'failing' }, deliveries: { failed: 7 } });
    receiver.answer = 200;
    test.app.clock.advance(HOUR_MS);
    await work(test.app);

    expect(await shown(owner, id)).toMatchObject({ state: { current: 'active' }, deliveries: { delivered: 1 } });
    const states = (await told(test.app, hub.id, 'hub.alert-subscription.state')).map(({ changes }) => changes);
    expect(states).toEqual([
      { state: { before: 'active', after: 'failing' } },
      { state: { before: 'failing', after: 'active' } },
    ]);
  });

  it('for three days is given up, and with it a subscription that took nothing', async () => {
    const { hub, owner } = await listening(test.app);
    const { id } = await subscribe(owner, receiver.url);
    receiver.answer = 500;
    await alert(test.app, noticeOf(hub.id, newId()));
    await work(test.app);
    test.app.clock.advance(3 * DAY_MS + HOUR_MS);
    await work(test.app);

    expect(await waiting(test.app, hub.id)).toBe(0);
    expect(await shown(owner, id)).toMatchObject({ state: { current: 'off' }, deliveries: { dropped: 1 } });
  });

  it('because the network is not allowed sends nothing, and goes through once it is', async () => {
    const { hub, owner } = await listening(test.app);
    await allow(test.app, hub, '10.0.0.0/8');
    await test.app.database.transaction((tx) =>
      tx.query("DELETE FROM hub_network WHERE hub_id = ? AND cidr = '127.0.0.0/8'", [hub.id]),
    );
    const { id } = await subscribe(owner, receiver.url);
    await alert(test.app, noticeOf(hub.id, newId()));
    await work(test.app);
    expect(receiver.received).toEqual([]);
    expect((await shown(owner, id)).deliveries).toMatchObject({ failed: 1, last_failure: 'network-refused' });

    await allow(test.app, hub);
    test.app.clock.advance(15_000);
    await work(test.app);
    expect(receiver.received).toHaveLength(1);
  });
});

describe('several nodes', () => {
  it('never send one message at the same time, and lose none', async () => {
    const { hub, owner } = await listening(test.app);
    await subscribe(owner, receiver.url);
    second ??= await test.app.secondNode(ENVIRONMENT);
    await alert(test.app, noticeOf(hub.id, newId()), 30);

    await Promise.all([work(test.app), work(second)]);

    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(30);
    expect(ids).toHaveLength(30);
  });

  it('go on with what a dead one had claimed', async () => {
    const { hub, owner } = await listening(test.app);
    await subscribe(owner, receiver.url);
    await alert(test.app, noticeOf(hub.id, newId()));
    const claimed = 'UPDATE webhook_delivery SET attempts = 1, next_attempt_at = ? WHERE hub_id = ?';
    await test.app.database.transaction((tx) => tx.query(claimed, [test.app.clock.now() + 120_000, hub.id]));
    await work(test.app);
    expect(receiver.received).toEqual([]);

    test.app.clock.advance(121_000);
    await work(test.app);
    expect(receiver.received).toHaveLength(1);
  });
});
