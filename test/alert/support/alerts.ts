import { type DataRight, type Scope, SCOPES } from '../../../src/access/index.js';
import { type Client } from '../../support/client.js';
import { type TestHub } from '../../support/factory.js';
import { type TestApp } from '../../support/test-app.js';

export const ALERTS = '/public-api/v1/alerts';
export const SOLVE = `${ALERTS}/solve`;
export const ONE = (id: string): string => `${ALERTS}/alert?NotificationId=${id}`;
export const ALL_ALERTS = '/v1/hubs/current/alerts';

export interface SentAlert {
  readonly NotificationID: string;
  readonly Type: string;
  readonly Priority: number;
  readonly Description: string;
  readonly BoxName: string;
  readonly BoxDeviceID: string;
  readonly Solved: boolean;
  readonly CreateTime: string;
  readonly SolveTime: string | null;
}

export interface Reporter {
  readonly caller: Client;
  readonly groupId: string;
  readonly keyId: string;
}

/** An integrator whose group has these rights on its own alerts, and nothing else. */
export async function reporter(
  app: TestApp,
  hub: TestHub,
  rights: readonly DataRight[] = ['read', 'write'],
  scopes: readonly Scope[] = SCOPES,
): Promise<Reporter> {
  const groupId = await app.create.group(hub, { lists: [], alerts: rights });
  const key = await app.create.integrationKey(hub, { groupId, scopes });
  return { caller: app.as(await app.create.token(key)), groupId, keyId: key.id };
}

export async function send(caller: Client, message = 'Paper is low', type = 'Warning'): Promise<SentAlert> {
  return (await caller.post(ALERTS, { type, message }).expect(200)).body as SentAlert;
}

export async function listOf(caller: Client, query = ''): Promise<SentAlert[]> {
  return (await caller.get(`${ALERTS}${query}`).expect(200)).body as SentAlert[];
}

export async function messagesOf(caller: Client, query = ''): Promise<string[]> {
  return (await listOf(caller, query)).map(({ Description }) => Description);
}
