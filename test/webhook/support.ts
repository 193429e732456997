import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { dataOf, type Json, ownedHub } from '../support/management.js';
import { type TestApp } from '../support/test-app.js';
import { HubNetworks } from '../../src/modules/outbound/index.js';
import { type AlertNotice, AlertWebhooks, WebhookWorker } from '../../src/modules/webhook/index.js';

export const SUBSCRIPTIONS = '/v1/hubs/current/alert-subscriptions';

export interface Listening {
  readonly hub: TestHub;
  readonly owner: Client;
}

/** A hub that may call this machine. */
export async function listening(app: TestApp): Promise<Listening> {
  const { hub, owner } = await ownedHub(app);
  await allow(app, hub);
  return { hub, owner };
}

export async function allow(app: TestApp, hub: TestHub, cidr = '127.0.0.0/8'): Promise<void> {
  await app.nest.get(HubNetworks).change(hub.id, { purposes: ['webhook'], allow: [cidr], deny: [], remove: [] });
}

export async function subscribe(owner: Client, url: string, more: Json = {}): Promise<{ id: string; secret: string }> {
  return dataOf<{ id: string; secret: string }>(await owner.post(SUBSCRIPTIONS, { url, ...more }).expect(201));
}

export async function shown(owner: Client, id: string): Promise<Json & { state: Json; deliveries: Json }> {
  return dataOf(await owner.get(`${SUBSCRIPTIONS}/${id}`).expect(200));
}

export function noticeOf(hubId: string, groupId: string, more: Partial<AlertNotice> = {}): AlertNotice {
  return {
    hubId,
    groupId,
    notificationId: '17',
    description: 'Conveyor 3 stands still',
    priority: 2,
    boxName: 'Hall 1',
    boxRequestUrl: 'https://hub.example.com/boxes/PB0000PT',
    boxDeviceId: 'PB0000PT',
    solved: false,
    createTime: '2026-03-01T08:00:00.000Z',
    ...more,
  };
}

/** An alert, so many times, in one transaction. */
export async function alert(app: TestApp, notice: AlertNotice, times = 1): Promise<void> {
  await app.database.transaction(async (tx) => {
    for (let time = 0; time < times; time += 1) {
      await app.nest.get(AlertWebhooks).queue(tx, notice);
    }
  });
}

/** Calls whoever is due now. */
export function work(app: TestApp): Promise<void> {
  return app.nest.get(WebhookWorker).flush();
}

export async function waiting(app: TestApp, hubId: string): Promise<number> {
  const sql = 'SELECT COUNT(*) AS n FROM webhook_delivery WHERE hub_id = ?';
  return Number((await app.database.query<{ n: number }>(sql, [hubId]))[0]?.n);
}

/** The bodies of the hub's activities with this event, the oldest first. */
export async function told(app: TestApp, hubId: string, event: string): Promise<Json[]> {
  const sql = 'SELECT body FROM activity WHERE hub_id = ? AND event = ? ORDER BY id';
  const rows = await app.database.query<{ body: string }>(sql, [hubId, event]);
  return rows.map(({ body }) => JSON.parse(body) as Json);
}
