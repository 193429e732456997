import { type GroupPermissions, type Scope, SCOPES } from '../../src/access/index.js';
import { type BoxTest } from '../support/box-simulator.js';
import { type Client } from '../support/client.js';
import { type TestBox, type TestHub } from '../support/factory.js';
import { type Json } from '../support/management.js';

export const BOX = '/public-api/v1/box';

type BoxRights = NonNullable<GroupPermissions['boxes']>[number]['rights'];

/** An integrator with these rights on one box, or on all, and every scope unless said. */
export async function operator(
  boxes: BoxTest,
  hub: TestHub,
  {
    box,
    rights = ['read', 'write'],
    scopes = SCOPES,
  }: { box?: TestBox; rights?: BoxRights; scopes?: readonly Scope[] } = {},
): Promise<Client> {
  const permissions = { lists: [], boxes: rights.length > 0 ? [{ box_id: box?.id ?? '*', rights }] : [] };
  return boxes.app.create.integrator(hub, { groupId: await boxes.app.create.group(hub, permissions), scopes });
}

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly source?: string;
  readonly extra?: Json;
}

export function problemOf({ body }: { body: unknown }): Problem {
  return body as Problem;
}

/** What a refusal tells, apart from the id of its request. */
export function toldBy({ status, body }: { status: number; body: unknown }): string {
  const { requestId: _, ...problem } = body as Json;
  return JSON.stringify([status, problem]);
}

/** Every call of the door that names a box, by what it needs. */
export function callsOf(client: Client, boxId: string): Readonly<Record<string, () => ReturnType<Client['get']>>> {
  const row = { boxId, listName: 'Orders' };
  return {
    'read functions': () => client.get(`${BOX}/functions?boxId=${boxId}`),
    'read screenshot': () => client.get(`${BOX}/screenshot?boxId=${boxId}`),
    'read variables': () => client.get(`${BOX}/variables?boxId=${boxId}`),
    'read lists': () => client.get(`${BOX}/lists?boxId=${boxId}`),
    'read list': () => client.get(`${BOX}/lists?boxId=${boxId}&Name=Orders`),
    'write function': () => client.post(`${BOX}/function`, { boxId, functionName: 'CountPieces' }),
    'write variable': () => client.put(`${BOX}/variables`, { boxId, name: 'Counter', value: 3 }),
    'write add row': () => client.post(`${BOX}/lists`, { ...row, data: { Quantity: 1 } }),
    'write change row': () => client.put(`${BOX}/lists`, { ...row, rowId: 1, data: { Quantity: 1 } }),
    'write delete row': () => client.delete(`${BOX}/lists`, { ...row, rowId: 2 }),
  };
}
