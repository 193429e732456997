import { describe, expect, it } from 'vitest';
import {
  AccessChange,
  generateKeySecret,
  Mutations,
  platformPrincipal,
  type PrincipalRecord,
  UsageLog,
} from '../../src/access/index.js';
import { ENTITIES } from '../../src/app.data-source.js';
import { parseAddress } from '../../src/common/ip/index.js';
import { newId } from '../../src/common/ids.js';
import { ActivityRecorder, RefusalWriter } from '../../src/modules/activity/index.js';
import { LastUseWriter } from '../../src/modules/api-key/index.js';
import { type Client } from '../support/client.js';
import { type TestHub, type TestKey } from '../support/factory.js';
import { useHeldApp } from '../support/held-app.js';
import { poll, statementsOf } from '../support/stillness.js';
import { type TestApp } from '../support/test-app.js';

const WHOAMI = '/v1/hubs/current/whoami';
const KEYS = '/v1/hubs/current/api-keys';
const LISTS = '/public-api/v1/lists';

let app: TestApp;

useHeldApp((started) => {
  app = started;
});

interface Row {
  readonly [column: string]: unknown;
}

const select = (sql: string, ...parameters: unknown[]) => app.database.query<Row>(sql, parameters);
const flushUses = (node = app) => node.nest.get(LastUseWriter).flush();
const flushRefusals = (node = app) => node.nest.get(RefusalWriter).flush();
const lastUse = async (key: TestKey) =>
  (await select('SELECT last_used_at, last_used_address FROM api_secret WHERE key_id = ?', key.id))[0];

interface Entry {
  readonly event: string;
  readonly status: string;
  readonly user: { type: string; id: string };
  readonly component: { type: string; id: string } | null;
  readonly changes: Record<string, { before?: unknown; after?: unknown }>;
  readonly annotations: Record<string, unknown>;
  readonly session: Record<string, string> | null;
  readonly time: string;
}

async function entries(hub: TestHub, event?: string): Promise<Entry[]> {
  const rows = await select('SELECT event, body FROM activity WHERE hub_id = ? ORDER BY id', hub.id);
  return rows.filter((row) => !event || row.event === event).map((row) => JSON.parse(String(row.body)) as Entry);
}

const refusals = (hub: TestHub) => entries(hub, 'hub.apikey.refused');

describe('the last use of a key', () => {
  it('is written in a batch, with the address it came from, and shown by the API', async () => {
    const hub = await app.create.hub();
    const [key, owner] = [await app.create.key({ hub }), app.as((await app.create.ownerKey(hub)).secret)];
    await app.as(key.secret).from('[2001:DB8::7]:443').get(WHOAMI).expect(200);
    expect(await lastUse(key)).toEqual({ last_used_at: null, last_used_address: null });
    await flushUses();

    const at = app.clock.now();
    expect(await lastUse(key)).toEqual({ last_used_at: at, last_used_address: '2001:db8::7' });
    const { body } = await owner.get(`${KEYS}/${key.id}`).expect(200);
    expect(body).toMatchObject({
      data: { last_used_at: new Date(at).toISOString(), last_used_address: '2001:db8::7' },
    });
  });

  it('costs no statement when it happens, and two per secret when it is written, however often it was used', async () => {
    const hub = await app.create.hub();
    const callers = [await app.create.caller({ hub }), await app.create.caller({ hub })];
    await Promise.all(callers.map((caller) => caller.get(WHOAMI).expect(200)));
    await flushUses();
    const use = () => Promise.all([...callers, ...callers, ...callers].map((caller) => caller.get(WHOAMI).expect(200)));
    app.clock.advance(100);
    expect(await statementsOf(app, use)).toBe(0);

    // BEGIN and COMMIT count too.
    expect(await statementsOf(app, () => flushUses())).toBeLessThanOrEqual(6);
    expect(await statementsOf(app, () => flushUses())).toBe(0);
  });

  it('is also that of its tokens', async () => {
    const hub = await app.create.hub();
    const key = await app.create.integrationKey(hub);
    const token = await app.create.token(key);
    await flushUses();
    app.clock.advance(5);
    await app.as(token).from('192.0.2.9').get(LISTS).expect(200);
    await flushUses();

    expect(await lastUse(key)).toEqual({ last_used_at: app.clock.now(), last_used_address: '192.0.2.9' });
  });

  it('only goes forward: a batch that comes late takes nothing back', async () => {
    const hub = await app.create.hub();
    const key = await app.create.key({ hub });
    const node = await app.secondNode();
    try {
      node.clock.advance(app.clock.now() - node.clock.now() - 60_000);
      await node.as(key.secret).from('192.0.2.1').get(WHOAMI).expect(200);
      await app.as(key.secret).from('192.0.2.2').get(WHOAMI).expect(200);
      await flushUses();
      const before = await lastUse(key);
      await flushUses(node);

      expect(await lastUse(key)).toEqual(before);
      expect(before).toMatchObject({ last_used_address: '192.0.2.2' });
    } finally {
      await node.stop();
    }
  });

  it('is written when the server stops', async () => {
    const hub = await app.create.hub();
    const key = await app.create.key({ hub });
    const limited = await app.create.key({ hub, ips: ['192.0.2.1'] });
    const node = await app.secondNode();
    await node.as(key.secret).from('192.0.2.3').get(WHOAMI).expect(200);
    await node.as(limited.secret).get(WHOAMI).expect(403);
    await node.stop();

    expect(await lastUse(key)).toMatchObject({ last_used_address: '192.0.2.3' });
    expect(await refusals(hub)).toHaveLength(1);
  });

  it('moves neither the tokens’ generation nor the revision, and disturbs no cache', async () => {
    const hub = await app.create.hub();
    const key = await app.create.integrationKey(hub);
    const caller = app.as(key.secret);
    const versions = () => select('SELECT kv, revision, updated_at FROM api_key WHERE id = ?', key.id);
    const before = await versions();
    const changes = () => app.database.reader.countBy(AccessChange, { hubId: hub.id });
    const changesBefore = await changes();
    await poll(app);
    const token = app.as(await app.create.token(key));
    await caller.get(WHOAMI).expect(200);
    await token.get(LISTS).expect(200);
    app.clock.advance(10);
    await caller.get(WHOAMI).expect(200);
    await flushUses();
    await poll(app);

    expect(await versions()).toEqual(before);
    expect(await changes()).toBe(changesBefore);
    expect(await statementsOf(app, () => caller.get(WHOAMI).expect(200))).toBe(0);
    expect((await token.get(LISTS)).status).toBe(200);
  });

  it('is not moved by a refusal', async () => {
    const hub = await app.create.hub();
    const key = await app.create.key({ hub, ips: ['192.0.2.1'] });
    await app.as(key.secret).get(WHOAMI).expect(403);
    await flushUses();

    expect(await lastUse(key)).toEqual({ last_used_at: null, last_used_address: null });
  });

  it('is left as it is for a secret that is gone, and the rest of the batch is written', async () => {
    const hub = await app.create.hub();
    const key = await app.create.key({ hub });
    const { record } = platformPrincipal(hub.id);
    for (let index = 0; index < 450; index += 1) {
      app.nest.get(UsageLog).touch({ ...record, credentialId: newId() }, null, 1);
    }
    await app.as(key.secret).from('192.0.2.4').get(WHOAMI).expect(200);
    await flushUses();

    expect(await lastUse(key)).toMatchObject({ last_used_address: '192.0.2.4' });
  });
});

describe('the refusals of a key', () => {
  it('become one entry for each address and code, with their number', async () => {
    const hub = await app.create.hub();
    const key = await app.create.key({ hub, ips: ['192.0.2.1'] });
    for (const from of ['192.0.2.2', '192.0.2.2', '192.0.2.2', '192.0.2.3', 'unknown']) {
      await app.as(key.secret).from(from).get(WHOAMI).expect(403);
    }
    expect(await refusals(hub)).toEqual([]);
    await flushRefusals();

    const found = (await refusals(hub)).map(({ session, annotations }) => [
      session?.ip,
      annotations.code,
      annotations.count,
    ]);
    expect(new Set(found.map((one) => one.join(' ')))).toEqual(
      new Set([' 403.invalid-ip 1', '192.0.2.2 403.invalid-ip 3', '192.0.2.3 403.invalid-ip 1']),
    );
    expect(found).toHaveLength(3);
    const [entry] = await refusals(hub);
    expect(entry).toMatchObject({
      status: 'alert',
      user: { type: 'api-key', id: key.id },
      session: { api_key: key.id },
    });
    await flushRefusals();
    expect(await refusals(hub)).toHaveLength(3);
  });

  it('name why: deleted, expired, ended, hub inactive', async () => {
    const hub = await app.create.hub();
    const [expiring, deleted] = [
      await app.create.key({ hub, expiresAt: new Date(app.clock.now() + 1000).toISOString() }),
      await app.create.integrationKey(hub),
    ];
    const token = await app.create.token(deleted);
    const owner = app.as((await app.create.ownerKey(hub)).secret);
    await owner.delete(`${KEYS}/${deleted.id}`).expect(200);
    app.clock.advance(1000);
    await poll(app);
    await app.as(expiring.secret).get(WHOAMI).expect(401);
    await app.as(deleted.secret).get(WHOAMI).expect(401);
    await app.as(token).get(LISTS).expect(401);
    await flushRefusals();

    const found = (await refusals(hub)).map(({ user, annotations }) => [user.id, annotations.code, annotations.count]);
    expect(found).toEqual([
      [expiring.id, '401.auth-expired', 1],
      [deleted.id, '401.auth-invalid', 1],
    ]);
  });

  it('leave no entry where no key is known: guesses are counted, not audited', async () => {
    const hub = await app.create.hub();
    const key = await app.create.key({ hub });
    await app.as(generateKeySecret(key.id).text).from('198.18.200.1').get(WHOAMI).expect(401);
    await app.as('junk').get(WHOAMI).expect(401);
    await flushRefusals();

    expect(await refusals(hub)).toEqual([]);
  });

  it('are written all, also when thousands of addresses are refused within a minute', async () => {
    const hub = await app.create.hub();
    const { record } = platformPrincipal(hub.id);
    for (let index = 0; index < 3000; index += 1) {
      const from = parseAddress(`10.0.${index >> 8}.${index & 255}`);
      const key: PrincipalRecord = { ...record, subjectType: 'api-key', subjectId: newId() };
      app.nest.get(UsageLog).countRefusal(key, from, '403.invalid-ip', app.clock.now());
    }
    await flushRefusals();

    expect(await refusals(hub)).toHaveLength(3000);
  });
});

describe('an activity', () => {
  async function scene(): Promise<{ hub: TestHub; ownerKey: TestKey; owner: Client }> {
    const hub = await app.create.hub();
    const ownerKey = await app.create.ownerKey(hub);
    return { hub, ownerKey, owner: app.as(ownerKey.secret).from('192.0.2.5') };
  }

  it('is there for each change: who, from where, by which request, what before and after', async () => {
    const { hub, ownerKey, owner } = await scene();
    const key = await app.create.key({ hub, name: 'Old' });
    const before = (await entries(hub)).length;
    const request = { 'x-request-id': 'request-0001' };
    await owner
      .with(request)
      .patch(`${KEYS}/${key.id}`, { name: 'New', ips: ['192.0.2.0/24'] })
      .expect(200);

    const [entry, ...more] = (await entries(hub)).slice(before);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      event: 'hub.apikey.update',
      status: 'success',
      user: { type: 'api-key', id: ownerKey.id },
      component: { type: 'api_key', id: key.id },
      changes: { name: { before: 'Old', after: 'New' }, ips: { before: null, after: ['192.0.2.0/24'] } },
      session: {
        method: 'PATCH',
        url: `${KEYS}/${key.id}`,
        request_id: 'request-0001',
        ip: '192.0.2.5',
        api_key: ownerKey.id,
      },
      time: new Date(app.clock.now()).toISOString(),
    });
    expect(Object.keys(entry.changes)).toEqual(['ips', 'name']);
  });

  it.each<[string, (owner: Client, hub: TestHub) => Promise<unknown>]>([
    ['hub.apikey.create', (owner, hub) => post(owner, KEYS, { name: 'Made', role_id: hub.roles.integration })],
    ['hub.role.create', (owner) => post(owner, '/v1/hubs/current/roles', { identifier: 'made', rank: 1 })],
    ['hub.group.create', (owner) => post(owner, '/v1/hubs/current/groups', { name: 'Made' })],
  ])('named %s is written by the door that does it', async (event, act) => {
    const { hub, owner } = await scene();
    const before = (await entries(hub, event)).length;
    await act(owner, hub);

    expect((await entries(hub, event)).length - before).toBe(1);
  });

  it('is not there when the change was refused or rolled back', async () => {
    const { hub, owner } = await scene();
    const before = await entries(hub);
    await owner.post(KEYS, { name: 'Made', role_id: newId() }).expect(422);
    await owner.delete(`${KEYS}/${newId()}`).expect(404);
    const work = app.nest
      .get(Mutations)
      .run(platformPrincipal(hub.id), 'api-keys-manage', async ({ tx, actor, now }) => {
        await app.nest.get(ActivityRecorder).record(tx, actor, now, { event: 'hub.test', component: null });
        throw new Error('no');
      });
    await expect(work).rejects.toThrow('no');

    expect(await entries(hub)).toEqual(before);
  });

  it('keeps as its body the canonical JSON of what its columns say', async () => {
    const { hub, owner } = await scene();
    await post(owner, KEYS, { name: 'Zeichen: ä€😀"\\', role_id: hub.roles.integration });
    const rows = await select('SELECT * FROM activity WHERE hub_id = ? ORDER BY id', hub.id);

    for (const row of rows) {
      const body = JSON.parse(String(row.body)) as Entry & Row;
      const columns = [row.id, row.hub_id, row.event, row.status, row.actor_type, row.actor_id, row.component_id];
      const said = [
        body.id,
        body.hub_id,
        body.event,
        body.status,
        body.user.type,
        body.user.id,
        body.component?.id ?? null,
      ];
      expect(said).toEqual(columns);
      expect(Object.keys(body)).toEqual(Object.keys(body).sort());
      expect(new Date(body.time).getTime()).toBe(row.created_at);
    }
    expect(JSON.stringify(rows)).toContain('ä€😀');
  });
});

describe('what is stored', () => {
  it('holds no secret and no token, in no table', async () => {
    const hub = await app.create.hub();
    const ownerKey = await app.create.ownerKey(hub);
    const key = await app.create.integrationKey(hub, { ips: ['127.0.0.1'] });
    const token = await app.create.token(key);
    const made = await app.as(ownerKey.secret).post(KEYS, { name: 'Made', role_id: hub.roles.integration }).expect(201);
    const { secret } = (made.body as { data: { secret: string } }).data;
    for (const credential of [ownerKey.secret, key.secret, token, secret]) {
      await app.as(credential).get(LISTS);
      await app.as(credential).from('192.0.2.1').get(`${WHOAMI}?key=${credential}`);
      await app.anonymous.with({ apiKey: credential }).from('192.0.2.1').get('/public-api/v1/auth/token');
    }
    await flushUses();
    await flushRefusals();

    const metadata = ENTITIES.map((entity) => app.database.reader.getRepository(entity).metadata.tableName);
    const tables = await Promise.all(metadata.map((table) => select(`SELECT * FROM ${table}`)));
    const values = tables.flat().flatMap((row) => Object.values(row));
    const text = values.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : String(value))).join('\n');
    expect(text).toContain(key.id);
    const signature = token.split('.')[2];
    for (const one of [ownerKey.secret, key.secret, secret].map((whole) => whole.slice(29, 61)).concat(signature)) {
      expect(text).not.toContain(one);
    }
  });
});

const post = (caller: Client, path: string, body: object) => caller.post(path, body).expect(201);
