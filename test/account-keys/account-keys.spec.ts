import { describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/access/index.js';
import { activityOf, dataOf, leavesAlone, ownedHub, WHOAMI } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';
import {
  ACCOUNT_KEYS,
  CURRENT,
  idOf,
  makeKey,
  managed,
  MASKED,
  pathOf,
  readKey,
  readKeys,
  SECRET,
  toldIn,
} from './support.js';

const test = useTestApp();

describe('GET /api/v1/api_keys', () => {
  it('200: a bare list of every key that has not ended, the oldest first, each masked', async () => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    const other = await makeKey(owner, 'CI/CD Pipeline Key');
    const off = await test.app.create.key({ hub, name: 'off', roleId: hub.roles.integration });
    await owner.patch(`${CURRENT}/api-keys/${off.id}`, { state: 'inactive' }).expect(200);
    const gone = await makeKey(owner, 'gone');
    await owner.delete(pathOf(gone.name)).expect(204);

    const keys = await readKeys(owner);

    expect(keys.map(({ name }) => name)).toEqual(['owner', 'CI/CD Pipeline Key', 'off']);
    expect(keys.map(idOf)).toEqual([ownerId, idOf(other), off.id]);
    expect(keys.map((key) => Object.keys(key))).toEqual(Array(3).fill(['name', 'created', 'value']));
    expect(keys.filter(({ value }) => !MASKED.test(value))).toEqual([]);
  });

  it('200: with a type and no body, as the vendor’s page prints it, and nobody caches it', async () => {
    const { owner } = await ownedHub(test.app);
    const answer = await owner.with({ 'content-type': 'application/json' }).get(ACCOUNT_KEYS).expect(200);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('200: reading writes nothing, and tells the activity nothing', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const { name } = await makeKey(owner, 'read me');
    await leavesAlone(test.app, hub, async () => {
      await owner.get(ACCOUNT_KEYS).expect(200);
      await owner.get(pathOf(name)).expect(200);
    });
  });

  it('400: takes no parameter, and says where', async () => {
    const { owner } = await ownedHub(test.app);
    const answer = await owner.get(`${ACCOUNT_KEYS}?colour=red`).expect(400);
    expect(toldIn(answer)).toMatchObject({
      code: '400.invalid-argument',
      validation_errors: [{ loc: ['query', 'colour'], type: 'value_error' }],
    });
  });
});

describe('POST /api/v1/api_keys', () => {
  it('201: makes a key, whole once, which works at once and is whole never again', async () => {
    const { hub, owner } = await ownedHub(test.app);

    const made = await makeKey(owner, '  Build  ');

    expect(made).toEqual({ name: 'Build', created: expect.stringMatching(/Z$/), value: expect.stringMatching(SECRET) });
    const whoami = dataOf(await test.app.as(made.value).get(WHOAMI).expect(200));
    expect(whoami).toMatchObject({ hub: { id: hub.id } });
    expect(await readKey(owner, 'Build')).toEqual({ ...made, value: `hgk_${idOf(made)}_****` });
  });

  it('201: is all that its maker is, and no more', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const groupId = await test.app.create.group(hub);
    const grants = { capabilities: ['api-keys-manage'], groupId, scopes: SCOPES.slice(0, 2) };
    const bounds = { ips: ['127.0.0.0/8'], expiresAt: '2090-01-01T00:00:00.000Z' };
    const maker = await test.app.create.key({ hub, ...grants, ...bounds });

    const made = await makeKey(test.app.as(maker.secret), 'child');

    expect(await managed(owner, made)).toMatchObject({
      name: 'child',
      role_id: maker.roleId,
      group_id: groupId,
      scopes: grants.scopes,
      ips: bounds.ips,
      expires_at: bounds.expiresAt,
      creator: { id: maker.id, type: 'api-key' },
    });
  });

  it('201: a maker whose secret ends makes a key that ends with it', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const maker = await test.app.create.key({ hub, capabilities: ['api-keys-manage'] });
    await test.app.create.rotate(hub, maker, 3600);

    const made = await makeKey(test.app.as(maker.secret), 'child of the old secret');

    const end = Date.parse(String((await managed(owner, made)).expires_at));
    expect(end - Date.parse(made.created)).toBeGreaterThan(3_500_000);
    expect(end - Date.parse(made.created)).toBeLessThanOrEqual(3_600_000);
  });

  it('201: the activity says who made what, and nothing of the value', async () => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    let value = '';
    const entries = await activityOf(test.app, hub, async () => ({ value } = await makeKey(owner, 'told')));
    expect(entries).toEqual([
      expect.objectContaining({ event: 'hub.apikey.create', user: { id: ownerId, type: 'api-key' } }),
    ]);
    expect(entries[0]?.session).toMatchObject({ url: ACCOUNT_KEYS, method: 'POST' });
    expect(JSON.stringify(entries)).not.toContain(value.slice(30));
  });

  it('409: a name that a live key has, and nothing is made', async () => {
    const { hub, owner } = await ownedHub(test.app);
    await makeKey(owner, 'Twin');
    const answer = await leavesAlone(test.app, hub, () => owner.post(ACCOUNT_KEYS, { name: 'tWIN' }).expect(409));
    expect(toldIn(answer)).toEqual({
      code: '409.duplicate-found',
      error: 'An API key named "tWIN" exists already. Names are compared without case.',
    });
  });

  it('201: a name is free again as soon as its key has ended, at whichever door', async () => {
    const { owner } = await ownedHub(test.app);
    const first = await makeKey(owner, 'again');
    await owner.delete(`${CURRENT}/api-keys/${idOf(first)}`).expect(200);
    const second = await makeKey(owner, 'again');
    await owner.delete(pathOf('again')).expect(204);
    expect(new Set([first, second, await makeKey(owner, 'again')].map(idOf)).size).toBe(3);
  });

  it.each<[string, object | string | undefined, unknown[], string]>([
    ['no body', undefined, ['body', 'name'], 'missing'],
    ['no name', {}, ['body', 'name'], 'missing'],
    ['an empty name', { name: '' }, ['body', 'name'], 'value_error'],
    ['a blank name', { name: ' \u200b ' }, ['body', 'name'], 'value_error'],
    ['a number', { name: 1 }, ['body', 'name'], 'value_error'],
    ['null', { name: null }, ['body', 'name'], 'value_error'],
    ['201 characters', { name: 'x'.repeat(201) }, ['body', 'name'], 'value_error'],
    ['a NUL', { name: 'a\u0000b' }, ['body', 'name'], 'value_error'],
    ['an override of direction', { name: 'a\u202eb' }, ['body', 'name'], 'value_error'],
    ['a dot', { name: ' . ' }, ['body', 'name'], 'value_error'],
    ['two dots', { name: '..' }, ['body', 'name'], 'value_error'],
    ['two dots of another width', { name: '\uff0e\uff0e' }, ['body', 'name'], 'value_error'],
    ['a role to choose', { name: 'x', role_id: '0'.repeat(24) }, ['body', 'role_id'], 'unknown'],
    ['a value to choose', { name: 'x', value: 'y' }, ['body', 'value'], 'unknown'],
    ['a list', '[]', ['body'], 'value_error'],
  ])('400: %s, with where it is', async (_what, body, loc, type) => {
    const { hub, owner } = await ownedHub(test.app);
    const answer = await leavesAlone(test.app, hub, () => owner.post(ACCOUNT_KEYS, body).expect(400));
    const told = toldIn(answer);
    expect(told.code).toMatch(/^400\.(missing|invalid)-argument$/);
    expect(told.validation_errors).toEqual([{ loc, msg: told.error, type }]);
  });

  it('400: JSON that is broken', async () => {
    const { owner } = await ownedHub(test.app);
    expect(toldIn(await owner.post(ACCOUNT_KEYS, '{"name":').expect(400))).toEqual({
      code: '400.invalid-syntax',
      error: 'The body is not valid JSON.',
    });
  });

  it('heeds no Idempotency-Key, so that no answer is kept anywhere', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const keyed = owner.with({ 'idempotency-key': 'the-same' });
    await keyed.post(ACCOUNT_KEYS, { name: 'once' }).expect(201);
    await keyed.post(ACCOUNT_KEYS, { name: 'once' }).expect(409);
    expect(await test.app.database.query('SELECT * FROM idempotency_record WHERE hub_id = ?', [hub.id])).toEqual([]);
  });
});

describe('DELETE /api/v1/api_keys/{name}', () => {
  it('204: without a body; the key is refused from the next request on, and its token with it', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const key = await test.app.create.integrationKey(hub, { name: 'erp', roleId: hub.roles.owner });
    const token = test.app.as(await test.app.create.token(key));
    const bearer = test.app.as(key.secret);
    await bearer.get(ACCOUNT_KEYS).expect(200);

    const answer = await owner.with({ 'content-type': 'application/json' }).delete(pathOf('erp')).expect(204);

    expect(answer.text).toBe('');
    await bearer.get(ACCOUNT_KEYS).expect(401);
    await token.get('/public-api/v1/lists').expect(401);
    await owner.get(pathOf('erp')).expect(404);
    await owner.delete(pathOf('erp')).expect(404);
  });

  it('204: also one’s own key, and what it made goes on', async () => {
    const { hub } = await ownedHub(test.app);
    const maker = await test.app.create.key({ hub, name: 'maker', capabilities: ['api-keys-manage'] });
    const child = await makeKey(test.app.as(maker.secret), 'child');
    await test.app.as(maker.secret).delete(pathOf('maker')).expect(204);
    await test.app.as(maker.secret).get(ACCOUNT_KEYS).expect(401);
    await test.app.as(child.value).get(ACCOUNT_KEYS).expect(200);
  });

  it('204: the activity says who ended what', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const key = await makeKey(owner, 'ended');
    const entries = await activityOf(test.app, hub, () => owner.delete(pathOf('ended')).expect(204));
    expect(entries).toEqual([
      expect.objectContaining({ event: 'hub.apikey.delete', component: { type: 'api_key', id: idOf(key) } }),
    ]);
  });

  it('403: the last root key', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const answer = await leavesAlone(test.app, hub, () => owner.delete(pathOf('owner')).expect(403));
    expect(toldIn(answer).code).toBe('403.not-allowed');
    expect(toldIn(answer).error).toContain('last root key');
  });

  it('403: a key of a role above one’s own', async () => {
    const { hub } = await ownedHub(test.app);
    const desk = await test.app.create.caller({ hub, capabilities: ['api-keys-manage'], rank: 3 });
    await test.app.create.key({ hub, name: 'above', rank: 4 });
    const answer = await leavesAlone(test.app, hub, () => desk.delete(pathOf('above')).expect(403));
    expect(toldIn(answer).error).toContain('rank above 4');
  });
});

describe('every verb', () => {
  const VERBS = [
    ['GET', ACCOUNT_KEYS],
    ['POST', ACCOUNT_KEYS],
    ['GET', pathOf('thing')],
    ['DELETE', pathOf('thing')],
  ] as const;
  const send = (caller: ReturnType<typeof test.app.as>, method: string, path: string) =>
    method === 'POST' ? caller.post(path, { name: 'new' }) : method === 'GET' ? caller.get(path) : caller.delete(path);

  it.each(VERBS)('401: %s %s for who is no key, told what to send', async (method, path) => {
    const { hub } = await ownedHub(test.app);
    await test.app.create.key({ hub, name: 'thing' });
    const member = await test.app.people.member({ hub, roleId: hub.roles['owner'] });
    const token = await test.app.create.token(await test.app.create.integrationKey(hub));
    const masked = `hgk_${'0'.repeat(24)}_****`;
    for (const caller of [test.app.anonymous, ...[member.token, token, masked].map((one) => test.app.as(one))]) {
      const answer = await leavesAlone(test.app, hub, () => send(caller, method, path).expect(401));
      expect(toldIn(answer).code).toBe('401.auth-invalid');
      expect(answer.headers['www-authenticate']).toContain('Bearer');
    }
    expect(toldIn(await send(test.app.as(member.token), method, path)).error).toBe(
      'Send an API key (hgk_…) as the bearer here. What was sent is the session of a person.',
    );
  });

  it.each(VERBS)('401: %s %s with the key in the header of another door', async (method, path) => {
    const { hub } = await ownedHub(test.app);
    const { secret } = await test.app.create.ownerKey(hub);
    await send(test.app.anonymous.with({ apiKey: secret }), method, path).expect(401);
    await send(test.app.anonymous.with({ authorization: `Basic ${secret}` }), method, path).expect(401);
  });

  it.each(VERBS)('403: %s %s without api-keys-manage, which is named', async (method, path) => {
    const { hub } = await ownedHub(test.app);
    await test.app.create.key({ hub, name: 'thing' });
    const caller = await test.app.create.caller({ hub, capabilities: ['api-keys-reveal', 'hubs-update'] });
    const answer = await leavesAlone(test.app, hub, () => send(caller, method, path).expect(403));
    expect(toldIn(answer)).toEqual({
      code: '403.permissions',
      error: 'The role lacks the capability api-keys-manage.',
    });
  });

  it.each(VERBS)('403: %s %s from an address that the key denies', async (method, path) => {
    const { hub } = await ownedHub(test.app);
    const key = { hub, capabilities: ['api-keys-manage'], ips: ['192.0.2.0/24'] };
    const caller = await test.app.create.caller(key);
    expect(toldIn(await send(caller, method, path).expect(403)).code).toBe('403.invalid-ip');
    expect((await send(caller.from('192.0.2.9'), method, path)).status).not.toBe(403);
  });

  it('404: another hub’s name reads like one never given', async () => {
    const { owner } = await ownedHub(test.app);
    const { hub: other, owner: stranger } = await ownedHub(test.app);
    await makeKey(stranger, 'theirs');
    const ask = async (name: string) => [
      toldIn(await owner.get(pathOf(name)).expect(404)),
      toldIn(await leavesAlone(test.app, other, () => owner.delete(pathOf(name)).expect(404))),
    ];
    expect(await ask('theirs')).toEqual(await ask('never'));
    expect((await ask('theirs'))[0]).toEqual({
      code: '404.hub.api-key',
      error: 'There is no such API key in this hub.',
    });
    expect((await readKeys(owner)).map(({ name }) => name)).toEqual(['owner']);
  });
});
