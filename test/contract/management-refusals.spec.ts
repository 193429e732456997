import { describe, expect, it } from 'vitest';
import { CAPABILITY_NAMES, generateKeySecret } from '../../src/access/index.js';
import { newId } from '../../src/common/ids.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import {
  activityOf,
  type Answer,
  API_KEYS,
  type Json,
  leavesAlone,
  NO_ID,
  ownedHub,
  refusalOf,
  resource,
  RESOURCE_NAMES,
  type ResourceName,
  toldBy,
  WHOAMI,
} from '../support/management.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

type Verb = 'list' | 'create' | 'get' | 'update' | 'delete';
const VERBS: readonly Verb[] = ['list', 'create', 'get', 'update', 'delete'];
const OPERATIONS = RESOURCE_NAMES.flatMap((name) => VERBS.map((verb) => [verb, name] as const));
const INSTANCE_VERBS = RESOURCE_NAMES.flatMap((name) =>
  (['get', 'update', 'delete'] as const).map((verb) => [verb, name] as const),
);

/** Sends the operation as it would succeed, were the caller allowed. */
function send(caller: Client, verb: Verb, name: ResourceName, hub: TestHub, id = NO_ID): PromiseLike<Answer> {
  const { path, input, edit } = resource(name);
  switch (verb) {
    case 'list':
      return caller.get(path);
    case 'create':
      return caller.post(path, input(hub));
    case 'get':
      return caller.get(`${path}/${id}`);
    case 'update':
      return caller.patch(`${path}/${id}`, edit);
    case 'delete':
      return caller.delete(`${path}/${id}`);
  }
}

describe.each(OPERATIONS)('to %s %s', (verb, name) => {
  const { capability } = resource(name);

  it('succeeds with exactly the one capability', async () => {
    const hub = await test.app.create.hub();
    const caller = await test.app.create.caller({ hub, capabilities: [capability], rank: 5 });
    const id = await resource(name).make(test.app, hub);
    const success = { list: 200, create: 201, get: 200, update: 200, delete: resource(name).deletes };

    const { status } = await send(caller, verb, name, hub, id);

    expect(status).toBe(success[verb]);
  });

  it('401: without a credential; nothing changes', async () => {
    const hub = await test.app.create.hub();
    const id = await resource(name).make(test.app, hub);

    const answer = await leavesAlone(test.app, hub, () => send(test.app.anonymous, verb, name, hub, id));

    expect(refusalOf(answer)).toMatchObject({ status: 401, code: '401.auth-invalid' });
  });

  it('403: with every capability but this one, which is named; nothing changes', async () => {
    const hub = await test.app.create.hub();
    const id = await resource(name).make(test.app, hub);
    const others = CAPABILITY_NAMES.filter((one) => one !== capability);
    const caller = await test.app.create.caller({ hub, capabilities: others, rank: 9 });

    const answer = await leavesAlone(test.app, hub, () => send(caller, verb, name, hub, id));

    expect(refusalOf(answer)).toMatchObject({
      status: 403,
      code: '403.permissions',
      detail: `The role lacks the capability ${capability}.`,
      extra: { capability },
    });
  });

  it('403: under the id of another hub, exactly as under one of no hub; nothing changes in either', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const other = await test.app.create.hub();
    const id = await resource(name).make(test.app, other);
    const under = (hubId: string): PromiseLike<Answer> => send(owner.with({ 'x-hub-id': hubId }), verb, name, hub, id);

    const answers = await leavesAlone(test.app, hub, () =>
      leavesAlone(test.app, other, async () => [
        await under(other.id),
        await under(newId()),
        await under(''),
        await under('current'),
      ]),
    );

    expect(toldBy(answers[0])).toMatchObject({ status: 403, error: { code: '403.wrong-hub' } });
    expect(new Set(answers.map((answer) => JSON.stringify(toldBy(answer)))).size).toBe(1);
  });

  it.each(['colour=red', 'colour=red&colour=blue', 'id=1', 'hub_id=x'])(
    '422: with the query %s; nothing changes',
    async (query) => {
      const { hub, owner } = await ownedHub(test.app);
      const { path, input, edit } = resource(name);
      const id = await resource(name).make(test.app, hub);
      const at = (base: string): string => `${base}?${query}`;
      const requests: Record<Verb, () => PromiseLike<Answer>> = {
        list: () => owner.get(at(path)),
        create: () => owner.post(at(path), input(hub)),
        get: () => owner.get(at(`${path}/${id}`)),
        update: () => owner.patch(at(`${path}/${id}`), edit),
        delete: () => owner.delete(at(`${path}/${id}`)),
      };

      const answer = await leavesAlone(test.app, hub, requests[verb]);

      const parameter = query.split('=')[0];
      expect(refusalOf(answer)).toMatchObject({
        status: 422,
        source: `/query/${parameter}`,
        extra: { unknown: parameter },
      });
    },
  );
});

describe.each(INSTANCE_VERBS)('to %s one of %s that is not there', (verb, name) => {
  const { notFound } = resource(name);

  it('404: reads the same for another hub’s, a deleted one, one never made, and for any text', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const other = await test.app.create.hub();
    const foreign = await resource(name).make(test.app, other);
    const deleted = await resource(name).make(test.app, hub);
    expect((await send(owner, 'delete', name, hub, deleted)).status).toBe(resource(name).deletes);
    const texts = ['x', '*', 'null', '%F0%9F%98%80', "'%20OR%20'1'='1", '%2e%2e%2f', 'z'.repeat(24), 'a'.repeat(100)];

    const answers = await leavesAlone(test.app, hub, () =>
      leavesAlone(test.app, other, () =>
        Promise.all([newId(), foreign, deleted, ...texts].map((id) => send(owner, verb, name, hub, id))),
      ),
    );

    expect(toldBy(answers[0])).toMatchObject({ status: 404, error: { status: 404, code: notFound } });
    expect(new Set(answers.map((answer) => JSON.stringify(toldBy(answer)))).size).toBe(1);
  });

  it('404: and so does one’s own in any other spelling: nothing changes', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const id = await resource(name).make(test.app, hub);
    const spellings = [
      `${id}%20`,
      `%20${id}`,
      `${id}%00`,
      `${id}%00x`,
      `${id}%0a`,
      `${id}%09`,
      id.toUpperCase(),
      `0${id}`,
      `${id}0`,
    ];

    const answers = await leavesAlone(test.app, hub, () =>
      Promise.all(spellings.map((one) => send(owner, verb, name, hub, one))),
    );

    // An id of digits alone has no upper case.
    const others = answers.filter((_, index) => spellings[index] !== id);
    expect(
      new Set(others.map(({ status, body }) => `${status} ${(body as { error?: { code?: string } }).error?.code}`)),
    ).toEqual(new Set([`404 ${notFound}`]));
  });
});

describe.each(RESOURCE_NAMES)('two who delete the same one of %s at once', (name) => {
  it('are told 404 but for one, and the activity says it once', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const id = await resource(name).make(test.app, hub);
    let answers: Answer[] = [];

    const entries = await activityOf(test.app, hub, async () => {
      answers = await Promise.all(Array.from({ length: 4 }, () => send(owner, 'delete', name, hub, id)));
    });

    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([resource(name).deletes, 404, 404, 404]);
    expect(entries).toHaveLength(1);
  });
});

describe('what is checked first', () => {
  it('is the caller, then the capability, then the query, then the body, then whether it is there', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const weak = await test.app.create.caller({ hub, rank: 9 });
    const [bad, missing] = [{ colour: 1 }, `${API_KEYS}/${NO_ID}`];

    expect(refusalOf(await test.app.anonymous.patch(`${missing}?x=1`, bad)).code).toBe('401.auth-invalid');
    expect(refusalOf(await weak.patch(`${missing}?x=1`, bad)).code).toBe('403.permissions');
    expect(refusalOf(await owner.patch(`${missing}?x=1`, bad)).source).toBe('/query/x');
    expect(refusalOf(await owner.patch(missing, bad)).source).toBe('/colour');
    expect(refusalOf(await owner.patch(missing, {})).code).toBe('404.hub.api-key');
  });
});

describe('a credential', () => {
  const unknownKey = (): string => generateKeySecret(newId()).text;

  it.each<[string, string | undefined]>([
    ['none', undefined],
    ['no scheme', 'hgk_000000000000000000000000_x'],
    ['the scheme alone', 'Bearer'],
    ['nothing after the scheme', 'Bearer '],
    ['another scheme', 'Basic aHVidXNlcjpzZWNyZXQ='],
    ['two credentials', 'Bearer one two'],
    ['two schemes', 'Bearer Bearer x'],
    ['garbled', 'Bearer nonsense'],
    ['a key of the wrong length', 'Bearer hgk_000000000000000000000000_short'],
    ['a masked key', 'Bearer hgk_000000000000000000000000_****'],
    ['a key never made', `Bearer ${unknownKey()}`],
    ['an unsigned token', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.'],
    ['letters beyond ASCII', 'Bearer h\u00e4h'],
  ])('401: %s', async (_, authorization) => {
    const caller = authorization === undefined ? test.app.anonymous : test.app.anonymous.with({ authorization });

    const answer = await caller.get(WHOAMI).expect(401);

    expect(refusalOf(answer)).toMatchObject({ code: '401.auth-invalid', title: 'The credential was not accepted.' });
    expect(answer.headers).toMatchObject({ 'www-authenticate': 'Bearer realm="hubgate"', 'cache-control': 'no-store' });
    expect(answer.text).not.toContain('hgk_0000');
  });

  it('is taken with the scheme in any case', async () => {
    const { secret } = await test.app.create.ownerKey(await test.app.create.hub());

    for (const scheme of ['bearer', 'BEARER', 'Bearer  ']) {
      const caller = test.app.anonymous.with({ authorization: `${scheme} ${secret}` });
      expect((await caller.get(WHOAMI)).status).toBe(200);
    }
  });

  it('401: a key with any other last or middle character, exactly as one never made', async () => {
    const { secret } = await test.app.create.ownerKey(await test.app.create.hub());
    const unknown = toldBy(await test.app.as(unknownKey()).get(WHOAMI).expect(401));
    const altered = [
      secret.slice(0, -1),
      `${secret}0`,
      secret.toUpperCase(),
      `${secret.slice(0, 40)}${secret.slice(41)}0`,
    ];

    for (const text of altered) {
      expect(toldBy(await test.app.as(text).get(WHOAMI).expect(401))).toEqual(unknown);
    }
  });

  it('401: at the wrong door: an access token, and a key in the header of the exchange', async () => {
    const hub = await test.app.create.hub();
    const key = await test.app.create.key({ hub, roleId: hub.roles.owner, groupId: await test.app.create.group(hub) });
    const token = await test.app.create.token(key);

    for (const caller of [test.app.as(token), test.app.anonymous.with({ apiKey: key.secret })]) {
      for (const path of [WHOAMI, '/v1/hubs/current', API_KEYS]) {
        expect(refusalOf(await caller.get(path).expect(401)).code).toBe('401.auth-invalid');
      }
    }
  });

  it('401: a key that was deleted', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const key = await test.app.create.key({ hub });
    await test.app.as(key.secret).get(WHOAMI).expect(200);
    await owner.delete(`${API_KEYS}/${key.id}`).expect(200);

    expect(refusalOf(await test.app.as(key.secret).get(WHOAMI).expect(401)).code).toBe('401.auth-invalid');
  });

  it('401: a key that has expired says so, to its holder', async () => {
    const hub = await test.app.create.hub();
    const expiresAt = new Date(test.app.clock.now() + 5_000).toISOString();
    const caller = await test.app.create.caller({ hub, roleId: hub.roles.owner, expiresAt });
    await caller.get(WHOAMI).expect(200);

    test.app.clock.advance(5_000);

    const answer = await leavesAlone(test.app, hub, () =>
      caller.post(API_KEYS, { name: 'x', role_id: hub.roles.integration }),
    );
    expect(refusalOf(answer)).toMatchObject({
      status: 401,
      code: '401.auth-expired',
      detail: expect.stringContaining('has expired'),
    });
  });

  it.each([
    ['from another address', '198.51.100.1', '198.51.100.1'],
    ['from a v6 address', '2001:db8::1', '2001:db8::1'],
    ['from an address that cannot be told', 'unknown', 'unknown'],
  ])('403: a key that is used %s; nothing changes', async (_, from, shown) => {
    const hub = await test.app.create.hub();
    const caller = await test.app.create.caller({ hub, roleId: hub.roles.owner, ips: ['192.0.2.0/24'] });
    const body = { name: 'x', role_id: hub.roles.integration };

    const answer = await leavesAlone(test.app, hub, () => caller.from(from).post(API_KEYS, body));

    expect(refusalOf(answer)).toMatchObject({
      status: 403,
      code: '403.invalid-ip',
      detail: expect.stringContaining(`from ${shown}.`),
    });
  });

  it('is taken from every spelling of an allowed address', async () => {
    const hub = await test.app.create.hub();
    const caller = await test.app.create.caller({ hub, ips: ['192.0.2.0/24', '2001:db8::/32'] });

    for (const address of ['192.0.2.255', '::ffff:192.0.2.1', '2001:DB8:0::1', '192.0.2.1:443', '[2001:db8::1]:443']) {
      expect((await caller.from(address).get(WHOAMI)).status).toBe(200);
    }
  });
});

describe('X-Hub-Id', () => {
  it('may be left out, or name the hub of the key', async () => {
    const { hub, owner } = await ownedHub(test.app);

    expect((await owner.with({ 'x-hub-id': hub.id }).get(WHOAMI)).status).toBe(200);
    expect((await owner.get(WHOAMI)).status).toBe(200);
  });

  it('403: in any other spelling of that id', async () => {
    const { hub, owner } = await ownedHub(test.app);

    for (const hubId of [`${hub.id}, ${hub.id}`, `0${hub.id}`, hub.id.slice(1), '*']) {
      expect(refusalOf(await owner.with({ 'x-hub-id': hubId }).get(WHOAMI).expect(403)).code).toBe('403.wrong-hub');
    }
  });

  it('401: is not looked at before the credential', async () => {
    const hub = await test.app.create.hub();

    expect((await test.app.anonymous.with({ 'x-hub-id': hub.id }).get(WHOAMI)).status).toBe(401);
  });
});

describe('a key in a query string', () => {
  const places: [string, (secret: string) => string][] = [
    ['apiKey', (secret) => `apiKey=${secret}`],
    ['api_key', (secret) => `api_key=${secret}`],
    ['access_token', (secret) => `access_token=${secret}`],
    ['Authorization', (secret) => `Authorization=Bearer%20${secret}`],
    ['any other name', (secret) => `x=${secret}`],
    ['a search', (secret) => `filter[search]=${secret}`],
    ['a name', (secret) => `${secret}=1`],
    ['percent escapes', (secret) => `x=${secret.replace('hgk_', '%68%67%6b%5f')}`],
  ];

  it.each(places)('401: opens nothing (%s)', async (_, query) => {
    const { secret } = await test.app.create.ownerKey(await test.app.create.hub());

    const { text } = await test.app.anonymous.get(`${API_KEYS}?${query(secret)}`).expect(401);

    expect(text).not.toContain(secret.slice(29));
  });

  it.each(places)('422: is refused beside a good credential, and not repeated (%s)', async (_, query) => {
    const { hub, owner } = await ownedHub(test.app);
    const { secret } = await test.app.create.key({ hub });

    const answer = await owner.get(`${API_KEYS}?${query(secret)}`).expect(422);

    expect(refusalOf(answer)).toMatchObject({ source: '/query', detail: expect.stringContaining('rotate it') });
    expect(answer.text).not.toContain(secret.slice(29));
  });
});

describe('an address without a route', () => {
  it.each([
    '/v1',
    '/v1/',
    '/v1/hub',
    '/v1/hubs/current/',
    '/v1/hubs/current/secrets',
    '/v1/hubs/current/api-keys/',
    '/V1/hubs/current',
  ])('404: %s, in an error body', async (path) => {
    const { owner } = await ownedHub(test.app);

    const { body } = await owner.get(path).expect(404);

    expect(JSON.stringify(body)).toContain('404.uri');
  });

  it.each(['PUT', 'OPTIONS'] as const)('404: the method %s', async (method) => {
    const { owner } = await ownedHub(test.app);
    const answer = method === 'PUT' ? await owner.put(API_KEYS, {}) : await test.app.agent().options(API_KEYS);

    expect(refusalOf(answer)).toMatchObject({ status: 404, code: '404.uri' });
  });

  it.each(['%ZZ', '%', '%C0%80'])('400: a path that cannot be decoded (%s), in the door’s error body', async (text) => {
    const { owner } = await ownedHub(test.app);

    const answer = await owner.get(`${API_KEYS}/${text}`).expect(400);

    expect(refusalOf(answer).code).toBe('400.invalid-syntax');
  });
});

describe('every answer', () => {
  it('carries the id of its request, taken over when it is well formed', async () => {
    const { owner } = await ownedHub(test.app);

    const good = await owner.with({ 'x-request-id': 'proxy-id.0001' }).get(`${API_KEYS}/${NO_ID}`).expect(404);
    const odd = await owner.with({ 'x-request-id': '<script>' }).get(`${API_KEYS}/${NO_ID}`).expect(404);

    expect(refusalOf(good).requestId).toBe('proxy-id.0001');
    expect(good.headers).toMatchObject({ 'x-request-id': 'proxy-id.0001', 'cache-control': 'no-store' });
    expect(refusalOf(odd).requestId).not.toContain('<');
    expect((odd.headers as Json)['x-request-id']).toBe(refusalOf(odd).requestId);
  });
});
