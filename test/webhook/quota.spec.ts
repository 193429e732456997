import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/common/ids.js';
import { backOffMs } from '../../src/modules/webhook/back-off.js';
import { PER_MINUTE_MAX, WAITING_MAX } from '../../src/modules/webhook/webhook-outbox.js';
import { useTestApp } from '../support/test-app.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { alert, listening, noticeOf, shown, subscribe, SUBSCRIPTIONS, told, waiting, work } from './support.js';

const test = useTestApp({ environment: { OUTBOUND_LOOPBACK: 'allow' } });
const DROP = 'hub.alert-subscription.drop';
const MINUTE_MS = 60_000;
let receiver: WebhookReceiver;

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
  // At the beginning of a minute, so that none ends within a test.
  test.app.clock.advance(MINUTE_MS - (test.app.clock.now() % MINUTE_MS));
});
afterEach(() => receiver.stop());

async function setQuota(hubId: string, column: 'minute_count' | 'day_count', count: number): Promise<void> {
  const now = test.app.clock.now();
  const sql = `UPDATE webhook_quota SET minute = ?, day = ?, ${column} = ? WHERE hub_id = ?`;
  const at = [Math.floor(now / MINUTE_MS), Math.floor(now / 86_400_000)];
  await test.app.database.transaction((tx) => tx.query(sql, [...at, count, hubId]));
}

describe('a hub’s quota', () => {
  it('of a minute drops the rest, and the activity says how many', async () => {
    const { hub, owner } = await listening(test.app);
    const { id } = await subscribe(owner, receiver.url);
    await setQuota(hub.id, 'minute_count', PER_MINUTE_MAX - 2);
    await alert(test.app, noticeOf(hub.id, newId()), 5);

    expect(await waiting(test.app, hub.id)).toBe(2);
    await work(test.app);
    expect(receiver.received).toHaveLength(2);
    expect(await told(test.app, hub.id, DROP)).toMatchObject([{ status: 'alert', annotations: { dropped: 3 } }]);
    expect((await shown(owner, id)).deliveries).toMatchObject({ delivered: 2, dropped: 3 });

    test.app.clock.advance(MINUTE_MS);
    await alert(test.app, noticeOf(hub.id, newId()));
    await work(test.app);
    expect(receiver.received).toHaveLength(3);
    expect(await told(test.app, hub.id, DROP)).toHaveLength(1);
  });

  it('of a day drops the rest', async () => {
    const { hub, owner } = await listening(test.app);
    await subscribe(owner, receiver.url);
    await setQuota(hub.id, 'day_count', 50_000);
    await alert(test.app, noticeOf(hub.id, newId()));

    expect(await waiting(test.app, hub.id)).toBe(0);
  });

  it('of what waits drops the rest', async () => {
    const { hub, owner } = await listening(test.app);
    const { id } = await subscribe(owner, receiver.url);
    const later = test.app.clock.now() + 86_400_000;
    await test.app.database.transaction(async (tx) => {
      for (let at = 0; at < WAITING_MAX; at += 500) {
        const rows = Array.from({ length: 500 }, () => [newId(), hub.id, id, '{}', 1, later, later - 1]);
        const marks = rows.map(() => '(?, ?, ?, ?, ?, ?, ?)').join(', ');
        const columns = 'id, hub_id, subscription_id, body, attempts, next_attempt_at, created_at';
        await tx.query(`INSERT INTO webhook_delivery (${columns}) VALUES ${marks}`, rows.flat());
      }
    });
    await alert(test.app, noticeOf(hub.id, newId()));

    expect(await waiting(test.app, hub.id)).toBe(WAITING_MAX);
  });

  it('refuses a test beyond it', async () => {
    const { hub, owner } = await listening(test.app);
    const { id } = await subscribe(owner, receiver.url);
    await setQuota(hub.id, 'minute_count', PER_MINUTE_MAX);

    await owner.post(`${SUBSCRIPTIONS}/${id}/test`).expect(429);
    expect(await waiting(test.app, hub.id)).toBe(0);
  });

  it('tells of drops at most every ten minutes, and of all of them', async () => {
    const { hub, owner } = await listening(test.app);
    await subscribe(owner, receiver.url);
    for (const _ of [1, 2, 3]) {
      await setQuota(hub.id, 'minute_count', PER_MINUTE_MAX);
      await alert(test.app, noticeOf(hub.id, newId()), 2);
      await work(test.app);
    }
    expect(await told(test.app, hub.id, DROP)).toMatchObject([{ annotations: { dropped: 2 } }]);

    test.app.clock.advance(11 * MINUTE_MS);
    await work(test.app);
    expect((await told(test.app, hub.id, DROP)).map(({ annotations }) => annotations)).toEqual([
      { dropped: 2 },
      { dropped: 4 },
    ]);
  });
});

describe('one hub with much to send', () => {
  it('does not keep another from its turn, also while its receiver is slow', async () => {
    const busy = await listening(test.app);
    const quiet = await listening(test.app);
    await subscribe(busy.owner, `${receiver.url}/busy`);
    await subscribe(quiet.owner, `${receiver.url}/quiet`);
    let release: () => void = () => {};
    const quietCame = new Promise<void>((resolve) => (release = resolve));
    // The busy hub's calls end only after the quiet one's has come: if it had to wait for them, neither would.
    receiver.answer = async ({ path }) => {
      if (path.endsWith('/quiet')) {
        release();
      }
      await quietCame;
      return 204;
    };
    await alert(test.app, noticeOf(busy.hub.id, newId()), 60);
    await alert(test.app, noticeOf(quiet.hub.id, newId()));

    await work(test.app);

    expect(receiver.received.filter(({ path }) => path.endsWith('/quiet'))).toHaveLength(1);
    expect(receiver.received.filter(({ path }) => path.endsWith('/busy'))).toHaveLength(60);
    const before = receiver.received.findIndex(({ path }) => path.endsWith('/quiet'));
    expect(before).toBeLessThanOrEqual(4);
    expect(receiver.most).toBeLessThanOrEqual(5);
  });
});

describe('the pause after a failed attempt', () => {
  it('doubles from ten seconds to six hours, a fifth longer or shorter', () => {
    const middle = (attempts: number) => backOffMs(attempts, () => 0.5);
    expect([1, 2, 3, 10, 12, 13, 100].map(middle)).toEqual([1e4, 2e4, 4e4, 512e4, 2048e4, 216e5, 216e5]);
    expect([backOffMs(1, () => 0), backOffMs(1, () => 1)]).toEqual([8000, 12_000]);
  });
});
