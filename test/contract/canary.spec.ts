import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import supertest from 'supertest';
import { generateKeySecret, SCOPES } from '../../src/access/index.js';
import { newId } from '../../src/common/ids.js';
import { Client } from '../support/client.js';
import { ServerProcess } from '../support/server-process.js';
import { dumpTables } from '../support/table-dump.js';
import { TEST_SECRET, TestApp } from '../support/test-app.js';

const KEYS = '/v1/hubs/current/api-keys';
const ACCOUNT_KEYS = '/api/v1/api_keys';
const ITEMS = '/public-api/v1/lists/items';

interface Seen {
  readonly what: string;
  readonly status: number;
  readonly text: string;
}

/** What must never be found anywhere: each credential whole, and the part of it that nobody could guess. */
interface Canary {
  readonly name: string;
  readonly text: string;
}

const canaries: Canary[] = [{ name: 'HUBGATE_SECRET', text: TEST_SECRET }];
const seen: Seen[] = [];
let app: TestApp;
let log: string;

function watchKey(name: string, secret: string): string {
  canaries.push({ name, text: secret }, { name: `${name}, its random part`, text: secret.slice(-38) });
  return secret;
}

function watchToken(name: string, token: string): string {
  canaries.push(
    { name, text: token },
    { name: `${name}, its signature`, text: token.slice(token.lastIndexOf('.') + 1) },
  );
  return token;
}

/** Sends it and keeps the answer. */
async function refused(what: string, request: supertest.Test): Promise<void> {
  const answer = await request;
  seen.push({ what, status: answer.status, text: `${JSON.stringify(answer.headers)}\n${answer.text}` });
}

async function token(client: Client, version: 'v1' | 'v2', secret: string): Promise<string> {
  const { body } = await client.with({ apiKey: secret }).get(`/public-api/${version}/auth/token`).expect(200);
  return watchToken(`a token of ${version}`, (body as { accessToken: string }).accessToken);
}

/** Two rotations; the secrets show in nothing else that is said of them. Returns the secret that lasts. */
async function rotateTwice(anonymous: Client, owner: Client, keyId: string): Promise<string> {
  const rotate = async (overlap_seconds: number): Promise<string> => {
    const { body } = await owner.post(`${KEYS}/${keyId}/rotate`, { overlap_seconds }).expect(201);
    const { data, meta } = body as { data: { secret: string }; meta: object };
    seen.push({ what: 'the meta of a rotation', status: 201, text: JSON.stringify(meta) });
    return watchKey('a secret of a rotation', data.secret);
  };
  const ended = await rotate(0);
  const lasting = await rotate(3600);
  await refused('a third rotation', owner.post(`${KEYS}/${keyId}/rotate`, { overlap_seconds: 0 }));
  const { text, body } = await owner.get(`${KEYS}/${keyId}/secrets`).expect(200);
  seen.push({ what: 'the list of secrets', status: 200, text });
  const old = (body as { data: { id: string }[] }).data[1]?.id ?? '';
  const end = await owner.delete(`${KEYS}/${keyId}/secrets/${old}`).expect(200);
  seen.push({ what: 'the end of a secret', status: 200, text: end.text });
  await refused('an ended secret', anonymous.with({ authorization: `Bearer ${ended}` }).get('/v1/hubs/current'));
  return lasting;
}

beforeAll(async () => {
  app = await TestApp.start();
  const hub = await app.create.hub();
  const list = await app.create.list(hub);
  const server = await ServerProcess.start(app.config.databaseUrl, { LOG_LEVEL: 'debug' });
  try {
    const anonymous = new Client(supertest(server.url), {});
    const as = (credential: string) => anonymous.with({ authorization: `Bearer ${credential}` });
    const ownerSecret = watchKey('the owner key', (await app.create.ownerKey(hub)).secret);
    const owner = as(ownerSecret);

    const groupId = await app.create.group(hub);
    const input = { name: 'canary', role_id: hub.roles['integration'], group_id: groupId, scopes: SCOPES };
    const { body } = await owner.post(KEYS, input).expect(201);
    const made = (body as { data: { id: string; secret: string } }).data;
    watchKey('the key made over HTTP', made.secret);
    const key = await rotateTwice(anonymous, owner, made.id);
    const tokens = [await token(anonymous, 'v1', key), await token(anonymous, 'v2', key)];
    const integrator = as(tokens[0] ?? '');
    await integrator.post(ITEMS, { listName: list.name, data: { Quantity: 1 } }).expect(200);
    await owner.patch(`${KEYS}/${made.id}`, { description: 'changed' }).expect(200);
    await owner
      .get(`${KEYS}?include=roles`)
      .expect(200)
      .then(({ text }) => seen.push({ what: 'the list of keys', status: 200, text }));

    const kept = await keepReadable(owner);
    for (const secret of [key, ownerSecret, kept, ...tokens]) {
      await everywhere(secret, { anonymous, owner, integrator, hubId: hub.id, listName: list.name });
    }
    await wrongKeys(anonymous, as, key);
    await whenTheDatabaseFails(owner, key);
    await owner.delete(`${KEYS}/${made.id}`).expect(200);
    await refused('a deleted key', as(key).get('/v1/hubs/current'));
    await refused('a token of a deleted key', integrator.get('/public-api/v1/lists'));
  } finally {
    await server.stop();
    log = server.output;
  }
}, 120_000);
afterAll(() => app.stop());

/** A key whose secret the hub keeps, and shows again to who could rotate it. */
async function keepReadable(owner: Client): Promise<string> {
  await owner.patch('/v1/hubs/current', { security: { readable_secrets: true } }).expect(200);
  const { body } = await owner.post(ACCOUNT_KEYS, { name: 'kept' }).expect(201);
  const { value } = body as { value: string };
  await owner.get(`${ACCOUNT_KEYS}/kept`).expect(200, body);
  return watchKey('a key that is kept readable', value);
}

interface Callers {
  readonly anonymous: Client;
  readonly owner: Client;
  readonly integrator: Client;
  readonly hubId: string;
  readonly listName: string;
}

/** A credential in every place where people have put one. All of it must be refused. */
async function everywhere(secret: string, { anonymous, owner, integrator, listName }: Callers): Promise<void> {
  const path = encodeURIComponent(secret);
  await refused('as an id', owner.get(`${KEYS}/${path}`));
  await refused('as an id to change', owner.patch(`${KEYS}/${path}`, { name: 'x' }));
  await refused('as an id to delete', owner.delete(`/v1/hubs/current/roles/${path}`));
  await refused('in an unknown path', owner.get(`/v1/${path}/x`));
  await refused('in an unknown public path', integrator.get(`/public-api/${path}`));
  await refused('in an escape that is broken', owner.get(`/v1/hubs/%zz/${path}`));
  await refused('in a fragment', owner.get(`/v1/nothing#${path}`));
  await refused('as the name of a key', owner.get(`${ACCOUNT_KEYS}/${path}`));
  await refused('as the name of a key to delete', owner.delete(`${ACCOUNT_KEYS}/${path}`));
  await refused('as a parameter', owner.get(`${KEYS}?apiKey=${path}`));
  await refused('as a filter', owner.get(`${KEYS}?filter[search]=${path}&filter[role]=${path}`));
  await refused('as a sort', owner.get(`${KEYS}?sort=${path}`));
  await refused('as the name of a parameter', owner.get(`${KEYS}?${path}=1`));
  await refused('as the name of a list', integrator.get(`/public-api/v1/lists/list?Name=${path}`));
  await refused(
    'as a column to sort by',
    integrator.get(`/public-api/v1/lists/list?Name=${listName}&SortColumn=${path}`),
  );
  await refused('as an access_token', anonymous.get(`/public-api/v1/lists?access_token=${path}`));
  await inBodies(secret, owner, integrator, listName);
  await inHeaders(secret, anonymous, owner);
}

async function inBodies(secret: string, owner: Client, integrator: Client, listName: string): Promise<void> {
  const bodies: [string, string, object | string][] = [
    ['as a role', KEYS, { name: 'x', role_id: secret }],
    ['as an address', KEYS, { name: 'x', role_id: newId(), ips: [secret] }],
    ['as a scope', KEYS, { name: 'x', role_id: newId(), scopes: [secret] }],
    ['as an end', KEYS, { name: 'x', role_id: newId(), expires_at: secret }],
    ['as an unknown property', KEYS, { name: 'x', role_id: newId(), [secret]: secret }],
    ['as a secret to set', KEYS, { name: 'x', role_id: newId(), secret }],
    ['in a name that is too long', KEYS, { name: secret.padEnd(2000, 'x'), role_id: newId() }],
    ['as a name that is too long at the account door', ACCOUNT_KEYS, { name: secret.padEnd(2000, 'x') }],
    ['as an unknown property at the account door', ACCOUNT_KEYS, { name: 'x', [secret]: secret }],
    ['as an identifier', '/v1/hubs/current/roles', { identifier: secret, rank: 1 }],
    [
      'as a capability',
      '/v1/hubs/current/roles',
      { identifier: 'x', rank: 1, capabilities: { all: false, specific: [secret.slice(0, 100)] } },
    ],
    [
      'as a list of a group',
      '/v1/hubs/current/groups',
      { name: 'x', permissions: { lists: [{ list_id: secret, rights: [secret] }] } },
    ],
    [
      'as two columns',
      '/v1/hubs/current/lists',
      {
        name: 'x',
        columns: [
          { name: secret.slice(0, 90), type: 'String' },
          { name: secret.slice(0, 90), type: secret },
        ],
      },
    ],
    ['in JSON that is broken', KEYS, `{"name":"${secret}"`],
    ['as a body', KEYS, JSON.stringify(secret)],
  ];
  for (const [what, path, body] of bodies) {
    await refused(what, owner.post(path, body));
  }
  await refused('as the name of a list', integrator.post(ITEMS, { listName: secret.slice(0, 200), data: {} }));
  await refused('as a column', integrator.post(ITEMS, { listName, data: { [secret]: 1 } }));
  await refused('as a cell', integrator.post(ITEMS, { listName, data: { Quantity: secret } }));
  await refused('as a row', integrator.put(ITEMS, { listName, rowId: secret, data: {} }));
}

async function inHeaders(secret: string, anonymous: Client, owner: Client): Promise<void> {
  const headers = [
    'x-hub-id',
    'x-request-id',
    'x-arr-log-id',
    'x-forwarded-for',
    'user-agent',
    'referer',
    'cookie',
    'x-api-key',
    'accept',
  ];
  for (const header of headers) {
    await refused(`in ${header}`, owner.with({ [header]: secret }).get('/v1/nothing'));
    await refused(`in ${header}`, anonymous.with({ [header]: secret }).get('/v1/hubs/current'));
  }
  await refused(
    'in the type of a body',
    owner
      .with({ 'content-type': `text/${secret}` })
      .post(KEYS)
      .send('x'),
  );
  await refused('with another scheme', anonymous.with({ authorization: `Basic ${secret}` }).get('/v1/hubs/current'));
  await refused(
    'twice in one header',
    anonymous.with({ authorization: `Bearer ${secret} ${secret}` }).get('/v1/hubs/current'),
  );
  await refused('at the other doors', anonymous.with({ authorization: `Bearer ${secret}` }).get('/api/v1/whoami'));
  await refused(
    'as a key with more behind it',
    anonymous.with({ apiKey: `${secret}x` }).get('/public-api/v1/auth/token'),
  );
}

async function wrongKeys(anonymous: Client, as: (credential: string) => Client, key: string): Promise<void> {
  const unknown = watchKey('a key that was never issued', generateKeySecret(newId()).text);
  const changed = watchKey('a key with another end', `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`);
  for (const secret of [unknown, changed, key.toUpperCase(), ` ${key}x`]) {
    await refused('a wrong key at the exchange', anonymous.with({ apiKey: secret }).get('/public-api/v1/auth/token'));
    await refused('a wrong key as bearer', as(secret).get('/v1/hubs/current'));
    await refused('a wrong key as token', as(secret).get('/public-api/v1/lists'));
  }
}

/** An error that nobody thought of: the change is written, and then its audit row has no table. */
async function whenTheDatabaseFails(owner: Client, secret: string): Promise<void> {
  const rename = (from: string, to: string) =>
    app.database.transaction((tx) => tx.query(`ALTER TABLE ${from} RENAME TO ${to}`));
  await rename('activity', 'activity_away');
  await refused(
    'while the database fails',
    owner.post('/v1/hubs/current/groups', { name: `x ${secret}`, description: secret }),
  );
  await rename('activity_away', 'activity');
}

function hitsIn(text: string): string[] {
  return canaries.filter((canary) => text.includes(canary.text)).map(({ name }) => name);
}

describe('a credential that was used, misused and put where it does not belong', () => {
  it('was refused wherever it did not belong', () => {
    const admitted = seen.filter(({ status }) => status < 400).map(({ what }) => what);

    expect(admitted).toEqual([
      'the meta of a rotation',
      'the meta of a rotation',
      'the list of secrets',
      'the end of a secret',
      'the list of keys',
    ]);
    expect(seen.length).toBeGreaterThan(200);
    expect(seen.filter(({ status }) => status >= 500).map(({ what }) => what)).toEqual(['while the database fails']);
  });

  it('is in no log line, of no level', () => {
    const lines = log.split('\n').filter((line) => line.startsWith('{'));
    const levels = new Set(lines.map((line) => (JSON.parse(line) as { level: number }).level));

    expect(lines.length).toBeGreaterThan(seen.length);
    expect(levels).toContain(20);
    expect(levels).toContain(50);
    expect(log).toContain('Unexpected error');
    expect(hitsIn(log)).toEqual([]);
    expect(
      lines.filter((line) => hitsIn(decodeURIComponent(line.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'))).length > 0),
    ).toEqual([]);
  });

  it('is in no answer but the one that gave it', () => {
    const leaks = seen.map(({ what, text }) => ({ what, hits: hitsIn(text) })).filter(({ hits }) => hits.length > 0);

    expect(leaks).toEqual([]);
  });

  it('is in no table, as text or as bytes', async () => {
    const dump = JSON.stringify(await dumpTables(app.database));
    const hex = canaries.filter(({ text }) => dump.includes(Buffer.from(text).toString('hex')));
    const base64 = canaries.filter(({ text }) =>
      dump.includes(Buffer.from(text).toString('base64').replace(/=+$/, '')),
    );

    expect(dump.length).toBeGreaterThan(5000);
    expect([...hitsIn(dump), ...hex, ...base64]).toEqual([]);
  });

  it('was looked for: each canary is the text that it should be', () => {
    expect(canaries.length).toBeGreaterThanOrEqual(11);
    expect(canaries.filter(({ text }) => text.length < 32)).toEqual([]);
  });
});
