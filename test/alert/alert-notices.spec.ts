import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useTestApp } from '../support/test-app.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { listening, subscribe, waiting, work } from '../webhook/support.js';
import { ALERTS, ALL_ALERTS, reporter, send, SOLVE } from './support/alerts.js';

const test = useTestApp({ environment: { OUTBOUND_LOOPBACK: 'allow' } });
let receiver: WebhookReceiver;

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(() => receiver.stop());

/** What has arrived, by message and whether it was solved; in no order, as webhooks come. */
const told = (): unknown[] => receiver.bodies.map(({ Description, Solved }) => [Description, Solved]);

describe('subscribers', () => {
  it('are told of an alert, and once that it was solved, in the words of its answer', async () => {
    const { hub, owner } = await listening(test.app);
    await subscribe(owner, receiver.url);
    const { caller } = await reporter(test.app, hub);
    const body = { type: 'Problem', message: 'Line 2 stands still', boxId: 'PB0000PT', boxName: 'Line 2' };

    const { body: sent } = await caller.post(ALERTS, body).expect(200);
    await work(test.app);
    await caller.put(SOLVE, { notificationId: sent.NotificationID }).expect(200);
    await caller.put(SOLVE, { notificationId: sent.NotificationID }).expect(200);
    await work(test.app);

    const payload = {
      NotificationID: sent.NotificationID,
      Description: 'Line 2 stands still',
      Priority: 2,
      BoxName: 'Line 2',
      BoxRequestUrl: '',
      BoxDeviceID: 'PB0000PT',
      Solved: false,
      CreateTime: sent.CreateTime,
    };
    expect(receiver.bodies).toEqual([payload, { ...payload, Solved: true }]);
  });

  it('are told of each that was solved with all, or by a manager; of none that was deleted', async () => {
    const { hub, owner } = await listening(test.app);
    const { caller } = await reporter(test.app, hub);
    await send(caller, 'one');
    await send(caller, 'two');
    const byManager = await send(caller, 'three');
    const deleted = await send(caller, 'four');
    await subscribe(owner, receiver.url);

    await owner.post(`${ALL_ALERTS}/${byManager.NotificationID}/solve`).expect(200);
    await owner.delete(`${ALL_ALERTS}/${deleted.NotificationID}`).expect(200);
    await caller.put(SOLVE, { all: true }).expect(200);
    await caller.delete(ALERTS, { all: true }).expect(200);
    await work(test.app);

    expect(new Set(told().map((one) => JSON.stringify(one)))).toEqual(
      new Set(['["one",true]', '["two",true]', '["three",true]']),
    );
    expect(receiver.bodies).toHaveLength(3);
  });

  it('hear nothing of other groups, of other hubs, and of what was refused', async () => {
    const { hub, owner } = await listening(test.app);
    const other = await listening(test.app);
    const [own, beside] = [await reporter(test.app, hub), await reporter(test.app, hub)];
    await subscribe(owner, receiver.url, { group_id: own.groupId });

    await send(beside.caller, 'beside');
    await send((await reporter(test.app, other.hub)).caller, 'elsewhere');
    await own.caller.post(ALERTS, { type: 'Fatal', message: 'refused' }).expect(422);
    expect(await waiting(test.app, hub.id)).toBe(0);
    await send(own.caller, 'own');
    await work(test.app);

    expect(told()).toEqual([['own', false]]);
  });
});
