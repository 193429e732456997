import { type INestApplicationContext } from '@nestjs/common';
import { type ProbeClient, type Reply } from '../support/probe-client.js';

const API_KEYS = '/v1/hubs/current/api-keys';
const ROLES = '/v1/hubs/current/roles';
const GROUPS = '/v1/hubs/current/groups';
const WHOAMI = '/v1/hubs/current/whoami';
const TOKEN_WHOAMI = '/public-api/v1/auth/whoami';
const LISTS = '/public-api/v1/lists';
const ROWS = `${LISTS}/list?name=StockInfo`;

const ELSEWHERE = ['192.0.2.1'];
const EVERY_LIST = { lists: [{ list_id: '*', rights: ['read'] }] };
const NO_LIST = { lists: [] };

interface Made {
  readonly data: { readonly id: string; readonly secret: string };
}

/** A hub with a list to read, and its owner's key. */
export interface CampaignHub {
  readonly id: string;
  readonly ownerSecret: string;
  readonly integrationRoleId: string;
}

/** Somebody who may do something, and the change that ends it. */
export interface Victim {
  readonly hub: CampaignHub;
  readonly keyId: string;
  readonly groupId: string;
  readonly roleId: string;
  /** What it presents, and what it asks for. */
  readonly credential: string;
  readonly path: string;
}

/** By whom a change is made, and to whom. */
export interface Change {
  /** The hub's owner, on one node. */
  readonly owner: ProbeClient;
  /** The command line, so to speak: straight on the database, on no node. */
  readonly application: INestApplicationContext;
  readonly victim: Victim;
}

export interface Kind {
  readonly name: string;
  readonly door: 'key' | 'token';
  readonly path: string;
  /** How it is refused afterwards. */
  readonly refusal: number;
  readonly change: (change: Change) => Promise<Reply>;
  /** It concerns the whole hub, and is made on the command line. */
  readonly wholeHub?: boolean;
}

const keyPath = ({ keyId }: Victim): string => `${API_KEYS}/${keyId}`;
const edit =
  (body: object) =>
  ({ owner, victim }: Change): Promise<Reply> =>
    owner.send('PATCH', keyPath(victim), body);
const switchOff = edit({ state: 'inactive' });
const shutIn = edit({ ips: ELSEWHERE });
const remove = ({ owner, victim }: Change): Promise<Reply> => owner.send('DELETE', keyPath(victim));
const rotate = ({ owner, victim }: Change): Promise<Reply> =>
  owner.send('POST', `${keyPath(victim)}/rotate`, { overlap_seconds: 0 });
const otherRole = ({ owner, victim }: Change): Promise<Reply> =>
  owner.send('PATCH', keyPath(victim), { role_id: victim.hub.integrationRoleId });
const emptyRole = ({ owner, victim }: Change): Promise<Reply> =>
  owner.send('PATCH', `${ROLES}/${victim.roleId}`, { capabilities: null });
const emptyGroup = ({ owner, victim }: Change): Promise<Reply> =>
  owner.send('PATCH', `${GROUPS}/${victim.groupId}`, { permissions: NO_LIST });

async function shutHub({ application, victim }: Change): Promise<Reply> {
  const { HubService } = await import('../../../src/modules/hub/index.js');
  const { platformPrincipal } = await import('../../../src/access/index.js');
  const startedAt = performance.now();
  const change = application.get(HubService).setState(platformPrincipal(victim.hub.id), 'inactive');
  const [status, body] = await change.then(
    () => [200, ''] as const,
    (error: unknown) => [503, String(error)] as const,
  );
  return { status, body, startedAt, endedAt: performance.now() };
}

export const KINDS: readonly Kind[] = [
  { name: 'key deleted', door: 'key', path: WHOAMI, refusal: 401, change: remove },
  { name: 'key deleted', door: 'token', path: TOKEN_WHOAMI, refusal: 401, change: remove },
  { name: 'key switched off', door: 'key', path: WHOAMI, refusal: 401, change: switchOff },
  { name: 'key switched off', door: 'token', path: TOKEN_WHOAMI, refusal: 401, change: switchOff },
  { name: 'secret ended by rotation', door: 'key', path: WHOAMI, refusal: 401, change: rotate },
  { name: 'secret ended by rotation', door: 'token', path: TOKEN_WHOAMI, refusal: 401, change: rotate },
  { name: 'key in another role', door: 'key', path: ROLES, refusal: 403, change: otherRole },
  { name: 'role without capabilities', door: 'key', path: ROLES, refusal: 403, change: emptyRole },
  { name: 'key without scopes', door: 'token', path: LISTS, refusal: 403, change: edit({ scopes: [] }) },
  { name: 'key shut in to other ips', door: 'key', path: WHOAMI, refusal: 403, change: shutIn },
  { name: 'key shut in to other ips', door: 'token', path: LISTS, refusal: 403, change: shutIn },
  { name: 'key without group', door: 'token', path: ROWS, refusal: 404, change: edit({ group_id: null }) },
  { name: 'group without permissions', door: 'token', path: ROWS, refusal: 404, change: emptyGroup },
  { name: 'hub shut', door: 'key', path: WHOAMI, refusal: 401, change: shutHub, wholeHub: true },
  { name: 'hub shut', door: 'token', path: TOKEN_WHOAMI, refusal: 401, change: shutHub, wholeHub: true },
];

/** Makes somebody for this kind of event, with a role, a group and a key of its own, through one node. */
export async function makeVictim(node: ProbeClient, hub: CampaignHub, kind: Kind): Promise<Victim> {
  const owner = node.as(hub.ownerSecret);
  const capabilities = { all: false, specific: ['hubs-roles-manage'] };
  const name = `Victim ${crypto.randomUUID()}`;
  const [role, group] = await Promise.all([
    owner.sendWell<Made>('POST', ROLES, { identifier: 'victim', rank: 3, capabilities }),
    owner.sendWell<Made>('POST', GROUPS, { name, permissions: EVERY_LIST }),
  ]);
  const grants = { role_id: role.data.id, group_id: group.data.id, scopes: ['read:lists'] };
  const key = await owner.sendWell<Made>('POST', API_KEYS, { name, ...grants });
  const credential = kind.door === 'key' ? key.data.secret : await exchange(node, key.data.secret);
  return { hub, keyId: key.data.id, groupId: group.data.id, roleId: role.data.id, credential, path: kind.path };
}

/** A token for a key, as an integrator gets it. */
export async function exchange(node: ProbeClient, apiKey: string): Promise<string> {
  const asked = node.with({ apiKey });
  return (await asked.sendWell<{ accessToken: string }>('GET', '/public-api/v1/auth/token')).accessToken;
}
