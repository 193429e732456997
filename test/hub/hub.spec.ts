import { describe, expect, it } from 'vitest';
import { CAPABILITIES, LIST_RIGHTS } from '../../src/access/index.js';
import { dataOf, type Json, refusalOf, toldBy, WHOAMI } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';

const HUB = '/v1/hubs/current';
const CATALOGUE = '/v1/hubs/capabilities';
const test = useTestApp();

describe('GET /v1/hubs/current', () => {
  it('200: tells a caller without any capability which hub it belongs to', async () => {
    const hub = await test.app.create.hub('Plant Nord 7');
    const caller = await test.app.create.caller({ hub, rank: 0 });

    const answer = await caller.get(HUB).expect(200);

    expect(dataOf(answer)).toMatchObject({
      id: hub.id,
      identifier: 'plant-nord-7',
      name: 'Plant Nord 7',
      state: { current: 'live' },
      security: { force_2fa: false },
      creator: { id: '0'.repeat(24), type: 'platform' },
    });
  });

  it('200: answers each of two hubs about itself only', async () => {
    const [one, other] = [await test.app.create.hub(), await test.app.create.hub()];
    const callers = [await test.app.create.caller({ hub: one }), await test.app.create.caller({ hub: other })];

    const answers = await Promise.all(callers.map((caller) => caller.get(HUB).expect(200)));

    expect(answers.map((answer) => dataOf(answer).id)).toEqual([one.id, other.id]);
  });

  it('401: without a credential', async () => {
    expect(refusalOf(await test.app.anonymous.get(HUB).expect(401)).code).toBe('401.auth-invalid');
  });
});

describe('GET /v1/hubs/current/whoami', () => {
  const who = async (caller: { get: (path: string) => PromiseLike<{ status: number; body: unknown }> }) =>
    dataOf(await caller.get(WHOAMI));

  it('names the group, the scopes, and only the rights that both let through', async () => {
    const hub = await test.app.create.hub();
    const groupId = await test.app.create.group(hub, ['read', 'add', 'delete']);
    const key = await test.app.create.key({ hub, roleId: hub.roles.integration, groupId, scopes: ['read:lists'] });

    expect(await who(test.app.as(key.secret))).toMatchObject({
      group: { id: groupId },
      scopes: ['read:lists'],
      capabilities: [],
      rights: { lists: [{ list_id: '*', rights: ['read'] }] },
      role: { identifier: 'integration', rank: 0, root: false },
    });
  });

  it('counts every capability for a root key, which lists none', async () => {
    const hub = await test.app.create.hub();
    const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);

    expect(await who(owner)).toMatchObject({
      role: { identifier: 'owner', rank: 10, root: true },
      capabilities: CAPABILITIES.map(({ name }) => name),
    });
  });

  it('gives no right without a group, whatever the scopes, and none without a scope, whatever the group', async () => {
    const hub = await test.app.create.hub();
    const groupId = await test.app.create.group(hub, LIST_RIGHTS);
    const scopesOnly = await test.app.create.caller({ hub, scopes: ['read:lists', 'write:lists'] });
    const groupOnly = await test.app.create.caller({ hub, groupId });

    expect(await who(scopesOnly)).toMatchObject({ group: null, rights: { lists: [] } });
    expect(await who(groupOnly)).toMatchObject({ scopes: [], rights: { lists: [] } });
  });

  it('tells when the credential ends', async () => {
    const hub = await test.app.create.hub();
    const caller = await test.app.create.caller({ hub, expiresAt: '2090-01-01T00:00:00+02:00' });

    expect(await who(caller)).toMatchObject({ expires_at: '2089-12-31T22:00:00.000Z' });
  });

  it('shows a changed role with the next request', async () => {
    const hub = await test.app.create.hub();
    const owner = test.app.as((await test.app.create.ownerKey(hub)).secret);
    const key = await test.app.create.key({ hub, capabilities: [], rank: 3 });
    const caller = test.app.as(key.secret);
    expect(await who(caller)).toMatchObject({ capabilities: [] });

    const capabilities = { all: false, specific: ['lists-manage'] };
    await owner.patch(`/v1/hubs/current/roles/${key.roleId}`, { rank: 2, capabilities }).expect(200);

    expect(await who(caller)).toMatchObject({ capabilities: ['lists-manage'], role: { rank: 2 } });
  });

  it('never speaks of a secret', async () => {
    const key = await test.app.create.ownerKey(await test.app.create.hub());

    const { text } = await test.app.as(key.secret).get(WHOAMI).expect(200);

    expect(text).not.toContain(key.secret.slice(30));
    expect(text).not.toContain('digest');
  });
});

describe('GET /v1/hubs/capabilities', () => {
  it('200: lists every capability with its caption, to anybody', async () => {
    const { body } = await test.app.anonymous.get(CATALOGUE).expect(200);

    const { data, meta } = body as { data: string[]; meta: { captions: Json } };
    expect(data).toEqual(CAPABILITIES.map(({ name }) => name));
    expect(Object.keys(meta.captions)).toEqual(data);
    expect(Object.values(meta.captions)).not.toContain('');
  });

  it('200: says the same to a caller with a garbled credential: the catalogue is no secret', async () => {
    const { body } = await test.app.as('garbled').get(CATALOGUE).expect(200);

    expect(body).toEqual((await test.app.anonymous.get(CATALOGUE)).body);
  });

  it('names capabilities in kebab case, each once', async () => {
    const data = dataOf<string[]>(await test.app.anonymous.get(CATALOGUE));

    expect(data.filter((name) => !/^[a-z]+(-[a-z]+)+$/.test(name))).toEqual([]);
    expect(new Set(data).size).toBe(data.length);
  });

  it('422: for a parameter', async () => {
    const answer = await test.app.anonymous.get(`${CATALOGUE}?sort=name`).expect(422);

    expect(toldBy(answer).error).toMatchObject({ code: '422.invalid-argument', source: '/query/sort' });
  });
});
