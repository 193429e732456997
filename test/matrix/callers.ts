import { CAPABILITY_NAMES, generateKeySecret, SCOPES } from '../../src/access/index.js';
import { newId } from '../../src/common/ids.js';
import { type TestHub, type TestKey } from '../support/factory.js';
import { type TestApp } from '../support/test-app.js';
import { DATA_CALLERS } from './callers-data.js';
import { PEOPLE } from './people.js';
import { type Facts, type Right } from './policy.js';

/** Callers are of one hub; `theirs` is the other one, seen from most of them. */
export type Side = 'ours' | 'theirs';

export interface Caller {
  readonly name: string;
  readonly side: Side;
  readonly facts: Facts;
  readonly make: (app: TestApp, hub: TestHub) => Promise<string | null>;
  readonly headers?: (hubs: Readonly<Record<Side, TestHub>>) => Readonly<Record<string, string>>;
}

const RIGHTS: readonly Right[] = ['read', 'add', 'change', 'delete', 'clear'];
const WRITE: readonly Right[] = ['add', 'change', 'delete', 'clear'];
const WRONG_ADDRESS = { status: 403, code: '403.invalid-ip' };
const WRONG_HUB = { status: 403, code: '403.wrong-hub' };
const EXPIRED = { status: 401, code: '401.auth-expired' };
const MANAGER = ['api-keys-manage', 'groups-manage', 'hubs-roles-manage', 'lists-manage'];
const ELSEWHERE = ['192.0.2.0/24'];

const nobody = (name: string, make: Caller['make'], facts: Partial<Facts> = {}): Caller => ({
  name,
  side: 'ours',
  facts: { at: 'nowhere', ...facts },
  make,
});

/** A good key, which the exchange takes too. */
const keyed = (name: string, make: Caller['make'], facts: Partial<Facts>, side: Side = 'ours'): Caller => ({
  name,
  side,
  facts: { at: 'management', exchange: { status: 200 }, ...facts },
  make,
});

const token = (name: string, make: Caller['make'], facts: Partial<Facts>, side: Side = 'ours'): Caller => ({
  name,
  side,
  facts: { at: 'public', ...facts },
  make,
});

const secretOf = (key: Promise<TestKey>): Promise<string> => key.then(({ secret }) => secret);

async function broken(app: TestApp, hub: TestHub, statement: string, id: 'id' | 'hub_id'): Promise<string> {
  const key = await app.create.key({ hub, capabilities: MANAGER });
  await app.database.transaction((tx) => tx.query(statement, [id === 'id' ? key.id : hub.id]));
  return key.secret;
}

async function tokenFrom(app: TestApp, key: TestKey, address: string): Promise<string> {
  const exchange = app.anonymous.with({ apiKey: key.secret }).from(address);
  const { body } = await exchange.get('/public-api/v1/auth/token').expect(200);
  return (body as { accessToken: string }).accessToken;
}

async function orphanedToken(app: TestApp, hub: TestHub): Promise<string> {
  const key = await app.create.integrationKey(hub);
  const made = await app.create.token(key);
  const owner = app.as((await app.create.ownerKey(hub)).secret);
  await owner.delete(`/v1/hubs/current/api-keys/${key.id}`).expect(200);
  return made;
}

async function deletedKey(app: TestApp, hub: TestHub): Promise<string> {
  const key = await app.create.key({ hub, capabilities: MANAGER });
  const owner = app.as((await app.create.ownerKey(hub)).secret);
  await owner.delete(`/v1/hubs/current/api-keys/${key.id}`).expect(200);
  return key.secret;
}

const integrator = (rights: readonly Right[], scopes: readonly (typeof SCOPES)[number][]): Caller['make'] => {
  return async (app, hub) => app.create.token(await app.create.integrationKey(hub, { rights, scopes }));
};

const owner: Caller['make'] = (app, hub) => secretOf(app.create.ownerKey(hub));

const NOBODIES: readonly Caller[] = [
  nobody('anonymous', () => Promise.resolve(null)),
  nobody('a malformed key', () => Promise.resolve('hgk_not-a-key')),
  nobody('a well-formed key that was never issued', () => Promise.resolve(generateKeySecret(newId()).text)),
  nobody('a secret of its own for a key that exists', async (app, hub) => {
    return generateKeySecret((await app.create.ownerKey(hub)).id).text;
  }),
  nobody('a deleted key', deletedKey),
  nobody('an expired key', (app, hub) => broken(app, hub, 'UPDATE api_key SET expires_at = 1 WHERE id = ?', 'id'), {
    refusal: EXPIRED,
    exchange: EXPIRED,
  }),
  nobody(
    'a key whose secret has ended',
    (app, hub) => broken(app, hub, 'UPDATE api_secret SET ends_at = 1 WHERE key_id = ?', 'id'),
    {
      refusal: EXPIRED,
      exchange: EXPIRED,
    },
  ),
  nobody('a key that is switched off', (app, hub) =>
    broken(app, hub, "UPDATE api_key SET state = 'inactive' WHERE id = ?", 'id'),
  ),
  nobody('a key of a hub that is switched off', async (app) =>
    broken(app, await app.create.hub(), "UPDATE hub SET state = 'inactive' WHERE id = ?", 'hub_id'),
  ),
  nobody('a token that is nonsense', () => Promise.resolve('eyJhbGciOiJub25lIn0.e30.')),
  nobody('a token whose key was deleted', orphanedToken),
];

const KEYS: readonly Caller[] = [
  keyed('a key without capabilities', (app, hub) => secretOf(app.create.key({ hub })), { capabilities: [] }),
  ...CAPABILITY_NAMES.map((name) =>
    keyed(`a key with ${name} alone`, (app, hub) => secretOf(app.create.key({ hub, capabilities: [name] })), {
      capabilities: [name],
    }),
  ),
  keyed(
    'a key of the default role admin',
    (app, hub) => secretOf(app.create.key({ hub, roleId: hub.roles['admin'] })),
    {
      capabilities: [
        'alerts-manage',
        'api-keys-manage',
        'apionly-jobs-view',
        'boxes-manage',
        'domains-manage',
        'groups-manage',
        'hubs-auditlog-view',
        'hubs-invites-manage',
        'hubs-invites-send',
        'hubs-members-manage',
        'hubs-members-view',
        'hubs-update',
        'hubs-usage-view',
        'lists-manage',
        'variables-manage',
      ],
    },
  ),
  keyed('a root key', owner, { capabilities: 'all' }),
  keyed('a root key of the other hub', owner, { capabilities: 'all' }, 'theirs'),
  keyed(
    'a key used from an address that it denies',
    (app, hub) => secretOf(app.create.key({ hub, capabilities: MANAGER, ips: ELSEWHERE })),
    { capabilities: MANAGER, refusal: WRONG_ADDRESS, exchange: WRONG_ADDRESS },
  ),
  {
    ...keyed('a root key that names the other hub', owner, { capabilities: 'all', refusal: WRONG_HUB }),
    headers: ({ theirs }) => ({ 'x-hub-id': theirs.id }),
  },
  {
    ...keyed('a root key that names a hub that never was', owner, { capabilities: 'all', refusal: WRONG_HUB }),
    headers: () => ({ 'x-hub-id': newId() }),
  },
  {
    ...keyed('a root key that names its own hub', owner, { capabilities: 'all' }),
    headers: ({ ours }) => ({ 'x-hub-id': ours.id }),
  },
];

const TOKENS: readonly Caller[] = [
  token('a token to read', integrator(['read'], ['read:lists']), { scopes: ['read:lists'], rights: ['read'] }),
  token('a token to write', integrator(WRITE, ['write:lists']), { scopes: ['write:lists'], rights: WRITE }),
  token('a token with every right and scope', integrator(RIGHTS, SCOPES), { scopes: SCOPES, rights: RIGHTS }),
  token('a token of a group that only reads', integrator(['read'], SCOPES), { scopes: SCOPES, rights: ['read'] }),
  token('a token without scopes', integrator(RIGHTS, []), { scopes: [], rights: RIGHTS }),
  token(
    'a token with the scopes of other data',
    integrator(RIGHTS, ['read:alerts', 'write:alerts', 'read:box', 'write:box']),
    { scopes: ['read:alerts', 'write:alerts', 'read:box', 'write:box'], rights: RIGHTS },
  ),
  token('a token of no group', async (app, hub) => app.create.token(await app.create.key({ hub, scopes: SCOPES })), {
    scopes: SCOPES,
  }),
  token(
    'a token of a root key without group',
    async (app, hub) => app.create.token(await app.create.key({ hub, roleId: hub.roles['owner'], scopes: SCOPES })),
    { scopes: SCOPES, capabilities: 'all' },
  ),
  token('a token of the other hub', integrator(RIGHTS, SCOPES), { scopes: SCOPES, rights: RIGHTS }, 'theirs'),
  token(
    'a token used from an address that its key denies',
    async (app, hub) => tokenFrom(app, await app.create.integrationKey(hub, { ips: ELSEWHERE }), '192.0.2.1'),
    { scopes: SCOPES, rights: RIGHTS, refusal: WRONG_ADDRESS },
  ),
];

export const CALLERS: readonly Caller[] = [...NOBODIES, ...KEYS, ...TOKENS, ...DATA_CALLERS, ...PEOPLE];
