import { describe, expect, it } from 'vitest';
import { newId } from '../../src/common/ids.js';
import { ApiKey } from '../../src/modules/api-key/api-key.entity.js';
import { descendantsOf } from '../../src/modules/api-key/created-keys.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import {
  activityOf,
  type Answer,
  API_KEYS,
  dataOf,
  type Json,
  leavesAlone,
  NO_ID,
  ownedHub,
  refusalOf,
  storedOf,
  WHOAMI,
} from '../support/management.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();
const PUBLIC_WHOAMI = '/public-api/v1/auth/whoami';

interface Made {
  readonly id: string;
  readonly secret: string;
  readonly caller: Client;
}

interface Created {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}

const pathOf = ({ id }: { id: string }, query = ''): string => `${API_KEYS}/${id}${query}`;
const REVOKE = '?created=revoke';

async function make(caller: Client, name: string, roleId: string, more: Json = {}): Promise<Made> {
  const answer = await caller.post(API_KEYS, { name, role_id: roleId, ...more }).expect(201);
  const { id, secret } = dataOf<{ id: string; secret: string }>(answer);
  return { id, secret, caller: test.app.as(secret) };
}

function createdOf({ body }: Answer): readonly Created[] {
  return (body as { meta: { created: { api_keys: Created[] } } }).meta.created.api_keys;
}

/** `first` made `second`, `second` made `third`: all of one role, which may manage keys. */
async function threeGenerations() {
  const { hub, owner, ownerId } = await ownedHub(test.app);
  const roleId = await test.app.create.role(hub, ['api-keys-manage'], 5);
  const first = await make(owner, 'first', roleId);
  const second = await make(first.caller, 'second', roleId);
  const third = await make(second.caller, 'third', roleId);
  return { hub, owner, ownerId, roleId, first, second, third };
}

async function statesOf(hub: TestHub): Promise<Record<string, unknown>> {
  const { api_key } = await storedOf(test.app, hub);
  return Object.fromEntries(api_key.map(({ name, state }) => [name, state]));
}

async function statusesOf(keys: readonly Made[]): Promise<number[]> {
  const answers = await Promise.all(keys.map(({ caller }) => caller.get(WHOAMI)));
  return answers.map(({ status }) => status);
}

/** Writes what no request can. */
function claimCreator(id: string, creatorId: string): Promise<unknown> {
  return test.app.database.transaction((tx) =>
    tx.update(ApiKey, { id }, { creatorId, creatorType: 'api-key' }).then(() => undefined),
  );
}

describe('DELETE /v1/hubs/current/api-keys/{id}', () => {
  describe.each(['', '?created=keep', '?CREATED=Keep', '?created='])('with "%s"', (query) => {
    it('ends the key alone and lists what it and its children made', async () => {
      const { hub, owner, first, second, third } = await threeGenerations();

      const answer = await owner.delete(pathOf(first, query)).expect(200);

      expect(dataOf(answer)).toMatchObject({ id: first.id, state: { current: 'deleted' } });
      expect((answer.body as Json).meta).toEqual({
        created: {
          api_keys: [
            { id: second.id, name: 'second', state: 'live' },
            { id: third.id, name: 'third', state: 'live' },
          ],
        },
      });
      expect(await statesOf(hub)).toEqual({ owner: 'live', first: 'deleted', second: 'live', third: 'live' });
      expect(await statusesOf([first, second, third])).toEqual([401, 200, 200]);
    });
  });

  it('lists nothing for a key that made nothing', async () => {
    const { owner, third } = await threeGenerations();

    expect(createdOf(await owner.delete(pathOf(third)).expect(200))).toEqual([]);
  });

  it('lists neither what ended before nor what made the key', async () => {
    const { owner, second, third } = await threeGenerations();
    await owner.delete(pathOf(third)).expect(200);

    expect(createdOf(await owner.delete(pathOf(second)).expect(200))).toEqual([]);
  });

  describe('with "?created=revoke"', () => {
    it('ends three generations, each with its entry and its change', async () => {
      const { hub, owner, first, second, third } = await threeGenerations();
      const before = (await storedOf(test.app, hub)).access_change.length;
      let answer: Answer = { status: 0, body: null };

      const entries = await activityOf(test.app, hub, async () => {
        answer = await owner.delete(pathOf(first, REVOKE)).expect(200);
      });

      const ids = [first.id, second.id, third.id];
      expect(createdOf(answer)).toEqual([
        { id: second.id, name: 'second', state: 'deleted' },
        { id: third.id, name: 'third', state: 'deleted' },
      ]);
      expect(entries.map(({ event, component, changes }) => ({ event, component, changes }))).toEqual(
        ids.map((id) => ({
          event: 'hub.apikey.delete',
          component: { type: 'api_key', id },
          changes: { state: { before: 'live', after: 'deleted' } },
        })),
      );
      const changes = (await storedOf(test.app, hub)).access_change.slice(before);
      expect(changes.map(({ kind, subject_id }) => [kind, subject_id])).toEqual(ids.map((id) => ['key', id]));
      expect(await statusesOf([first, second, third])).toEqual([401, 401, 401]);
      expect(await statesOf(hub)).toMatchObject({ owner: 'live', first: 'deleted' });
    });

    it('ends the tokens of what it made with the next request', async () => {
      const { hub, owner } = await ownedHub(test.app);
      const roleId = await test.app.create.role(hub, ['api-keys-manage', 'groups-manage'], 5);
      const group_id = await test.app.create.group(hub, ['read']);
      const scopes = ['read:lists'];
      const maker = await make(owner, 'maker', roleId, { scopes });
      const made = await make(maker.caller, 'made', hub.roles.integration ?? '', { scopes, group_id });
      const integrator = test.app.as(await test.app.create.token({ ...made, roleId: '' }));
      await integrator.get(PUBLIC_WHOAMI).expect(200);

      await owner.delete(pathOf(maker, REVOKE)).expect(200);

      const exchange = test.app.anonymous.with({ apiKey: made.secret });
      expect((await integrator.get(PUBLIC_WHOAMI)).status).toBe(401);
      expect((await exchange.get('/public-api/v1/auth/token')).status).toBe(401);
    });

    it('ends the caller itself with all that it made', async () => {
      const { hub, first } = await threeGenerations();

      const answer = await first.caller.delete(pathOf(first, REVOKE)).expect(200);

      expect(createdOf(answer).map(({ state }) => state)).toEqual(['deleted', 'deleted']);
      expect(await statesOf(hub)).toEqual({ owner: 'live', first: 'deleted', second: 'deleted', third: 'deleted' });
    });

    it('ends a caller that the key had made', async () => {
      const { first, second, third } = await threeGenerations();

      await third.caller.delete(pathOf(first, REVOKE)).expect(200);

      expect(await statusesOf([first, second, third])).toEqual([401, 401, 401]);
    });

    it('leaves the maker of the key and its other keys alone', async () => {
      const { first, second, third, roleId } = await threeGenerations();
      const sibling = await make(first.caller, 'sibling', roleId);

      await first.caller.delete(pathOf(second, REVOKE)).expect(200);

      expect(await statusesOf([first, second, third, sibling])).toEqual([200, 401, 401, 200]);
    });

    it('reaches what was made by a key that ended before', async () => {
      const { owner, first, second, third } = await threeGenerations();
      await owner.delete(pathOf(second)).expect(200);

      const answer = await owner.delete(pathOf(first, REVOKE)).expect(200);

      expect(createdOf(answer).map(({ id }) => id)).toEqual([third.id]);
      expect(await statusesOf([third])).toEqual([401]);
    });

    it('comes to an end when two keys are said to have made each other', async () => {
      const { owner, first, second, third } = await threeGenerations();
      await claimCreator(first.id, third.id);

      const answer = await owner.delete(pathOf(first, REVOKE)).expect(200);

      expect(createdOf(answer).map(({ id }) => id)).toEqual([second.id, third.id]);
    });

    it('does not touch the keys of another hub, whoever they say made them', async () => {
      const { owner, first } = await threeGenerations();
      const other = await test.app.create.hub();
      const theirs = await test.app.create.ownerKey(other);
      await claimCreator(theirs.id, first.id);

      const answer = await leavesAlone(test.app, other, () => owner.delete(pathOf(first, REVOKE)).expect(200));

      expect(createdOf(answer)).toHaveLength(2);
      await test.app.as(theirs.secret).get(WHOAMI).expect(200);
    });

    it.each(['', REVOKE])('does not find the key of another hub ("%s")', async (query) => {
      const { hub, first } = await threeGenerations();
      const { owner } = await ownedHub(test.app);

      const answer = await leavesAlone(test.app, hub, () => owner.delete(pathOf(first, query)).expect(404));

      expect(refusalOf(answer).code).toBe('404.hub.api-key');
    });

    it('ends more keys than one statement takes ids', async () => {
      const { hub, owner, first } = await threeGenerations();
      await test.app.database.transaction(async (tx) => {
        const original = await tx.findOneByOrFail(ApiKey, { id: first.id });
        const copies = Array.from({ length: 501 }, () =>
          Object.assign(new ApiKey(), original, { id: newId(), creatorId: first.id, handle: null, handleKey: null }),
        );
        for (let start = 0; start < copies.length; start += 50) {
          await tx.insert(ApiKey, copies.slice(start, start + 50));
        }
      });

      const answer = await owner.delete(pathOf(first, REVOKE)).expect(200);

      expect(createdOf(answer)).toHaveLength(503);
      const { api_key } = await storedOf(test.app, hub);
      expect(api_key.filter(({ state }) => state === 'live').map(({ name }) => name)).toEqual(['owner']);
    });

    it('leaves no key behind that is being made meanwhile', async () => {
      const { owner, first, roleId } = await threeGenerations();
      const body = { name: 'late', role_id: roleId };

      await Promise.all([
        first.caller.post(API_KEYS, body),
        owner.delete(pathOf(first, REVOKE)).expect(200),
        first.caller.post(API_KEYS, body),
      ]);

      const left = await owner.get(`${API_KEYS}?filter[creator]=${first.id}&filter[state]=live,inactive`).expect(200);
      expect(dataOf(left)).toEqual([]);
    });
  });

  describe('403', () => {
    it('changes nothing when a key in the middle ranks above the caller, and names it', async () => {
      const { hub, owner, roleId, first, second } = await threeGenerations();
      const higher = await test.app.create.role(hub, [], 9);
      await owner.patch(pathOf(second), { role_id: higher }).expect(200);
      const equal = await test.app.create.key({ hub, roleId });

      for (const caller of [first.caller, test.app.as(equal.secret)]) {
        const answer = await leavesAlone(test.app, hub, () => caller.delete(pathOf(first, REVOKE)).expect(403));
        expect(refusalOf(answer)).toMatchObject({
          code: '403.permissions',
          detail: expect.stringContaining(second.id),
          extra: { api_key: second.id, missing: [expect.stringContaining('rank above 9')] },
        });
      }
      expect(createdOf(await first.caller.delete(pathOf(first)).expect(200))).toHaveLength(2);
    });

    it('names the key itself when it is the one', async () => {
      const { hub, first } = await threeGenerations();
      const higher = await test.app.create.key({ hub, rank: 9 });

      const answer = await leavesAlone(test.app, hub, () => first.caller.delete(pathOf(higher, REVOKE)).expect(403));

      expect(refusalOf(answer).extra?.api_key).toBe(higher.id);
    });

    it('ends no key for a caller who may not manage keys', async () => {
      const { hub, first } = await threeGenerations();
      const caller = await test.app.create.caller({ hub, rank: 9 });

      const answer = await leavesAlone(test.app, hub, () => caller.delete(pathOf(first, REVOKE)).expect(403));

      expect(refusalOf(answer).extra).toEqual({ capability: 'api-keys-manage' });
    });
  });
});

describe('the last root key of a hub', () => {
  const twoRoots = async () => {
    const { hub, owner, ownerId } = await ownedHub(test.app);
    const root = hub.roles.owner ?? '';
    return { hub, owner, ownerId, root, second: await make(owner, 'second', root) };
  };

  it('does not end with its maker, but its maker may end without it', async () => {
    const { hub, owner, ownerId, second } = await twoRoots();
    const path = pathOf({ id: ownerId }, REVOKE);

    for (const caller of [owner, second.caller]) {
      const answer = await leavesAlone(test.app, hub, () => caller.delete(path).expect(403));
      expect(refusalOf(answer)).toMatchObject({
        code: '403.not-allowed',
        detail: expect.stringContaining('last root key'),
        extra: { api_key: ownerId },
      });
    }
    await owner.delete(pathOf({ id: ownerId })).expect(200);
    expect(await statusesOf([second])).toEqual([200]);
  });

  it('is named when its maker is no root key any more', async () => {
    const { hub, ownerId, second } = await twoRoots();
    await second.caller.patch(pathOf({ id: ownerId }), { role_id: hub.roles.admin }).expect(200);

    const answer = await leavesAlone(test.app, hub, () =>
      second.caller.delete(pathOf({ id: ownerId }, REVOKE)).expect(403),
    );

    expect(refusalOf(answer)).toMatchObject({ code: '403.not-allowed', extra: { api_key: second.id } });
  });

  it('is not saved by one of another line that ends or works from elsewhere only', async () => {
    const { hub, owner, ownerId, root } = await twoRoots();
    await test.app.create.key({ hub, roleId: root, expiresAt: '2090-01-01T00:00:00Z' });
    await test.app.create.key({ hub, roleId: root, ips: ['203.0.113.9'] });

    const answer = await leavesAlone(test.app, hub, () => owner.delete(pathOf({ id: ownerId }, REVOKE)).expect(403));

    expect(refusalOf(answer).code).toBe('403.not-allowed');
  });

  it('may be any one of another line', async () => {
    const { hub, owner, ownerId, second } = await twoRoots();
    const another = test.app.as((await test.app.create.ownerKey(hub)).secret);

    await owner.delete(pathOf({ id: ownerId }, REVOKE)).expect(200);

    expect(await statusesOf([second])).toEqual([401]);
    await another.get(WHOAMI).expect(200);
  });

  it('stays when two root keys end each other and all they made at once', async () => {
    const { hub, owner, ownerId } = await twoRoots();
    const other = await test.app.create.ownerKey(hub);

    await Promise.all([
      owner.delete(pathOf(other, REVOKE)),
      test.app.as(other.secret).delete(pathOf({ id: ownerId }, REVOKE)),
    ]);

    const answers = await Promise.all([owner.get(WHOAMI), test.app.as(other.secret).get(WHOAMI)]);
    expect(answers.map(({ status }) => status)).toContain(200);
  });
});

describe('the query of DELETE /v1/hubs/current/api-keys/{id}', () => {
  it.each([
    ['created=burn', '/query/created', 'Allowed: keep, revoke'],
    ['created=true', '/query/created', 'Allowed: keep, revoke'],
    ['created=keep,revoke', '/query/created', 'Allowed: keep, revoke'],
    ['created=revoke&created=keep', '/query/created', 'given twice'],
    ['created=revoke&Created=revoke', '/query/created', 'given twice'],
    ['cascade=true', '/query/cascade', 'Allowed: created'],
    ['filter[creator]=x', '/query/filter[creator]', 'Allowed: created'],
  ])('is refused as "%s", and no key ends', async (query, source, words) => {
    const { hub, owner, first } = await threeGenerations();

    const answer = await leavesAlone(test.app, hub, () => owner.delete(pathOf(first, `?${query}`)).expect(422));

    expect(refusalOf(answer)).toMatchObject({ code: '422.invalid-argument', source });
    expect(refusalOf(answer).detail).toContain(words);
  });
});

describe('GET /v1/hubs/current/api-keys?filter[creator]', () => {
  it('lists what the named keys made themselves', async () => {
    const { owner, ownerId, first, second, third } = await threeGenerations();
    const made = async (...ids: string[]): Promise<unknown[]> => {
      const answer = await owner.get(`${API_KEYS}?sort=id&filter[creator]=${ids.join(',')}`).expect(200);
      return dataOf<Json[]>(answer).map(({ id }) => id);
    };

    expect(await made(ownerId)).toEqual([first.id]);
    expect(await made(first.id, second.id)).toEqual([second.id, third.id]);
    expect(await made(third.id)).toEqual([]);
    expect(await made(NO_ID)).toEqual([ownerId]);
  });

  it('finds what a key made after it ended, and ended ones among it when asked', async () => {
    const { owner, first, second } = await threeGenerations();
    const ids = async (query = ''): Promise<unknown[]> =>
      dataOf<Json[]>(await owner.get(`${API_KEYS}?filter[creator]=${first.id}${query}`).expect(200)).map(
        ({ id }) => id,
      );
    await owner.delete(pathOf(first)).expect(200);
    expect(await ids()).toEqual([second.id]);

    await owner.delete(pathOf(second)).expect(200);

    expect(await ids()).toEqual([]);
    expect(await ids('&filter[state]=deleted')).toEqual([second.id]);
  });

  it('shows no key of another hub', async () => {
    const { first } = await threeGenerations();
    const { owner } = await ownedHub(test.app);

    expect(dataOf(await owner.get(`${API_KEYS}?filter[creator]=${first.id}`).expect(200))).toEqual([]);
  });

  it.each(['me', '', `${NO_ID}x`, `${NO_ID},`])('refuses "%s"', async (value) => {
    const { owner } = await ownedHub(test.app);

    const answer = await owner.get(`${API_KEYS}?filter[creator]=${value}`).expect(422);

    expect(refusalOf(answer)).toMatchObject({ code: '422.invalid-argument', source: '/query/filter/creator' });
  });
});

describe('the descendants of a key', () => {
  it('are found to the end of a line of ten thousand', () => {
    const line = Array.from({ length: 10_000 }, (_, at) => ({ id: `${at + 1}`, creatorId: `${at}` }));

    expect(descendantsOf('0', line.toReversed())).toEqual(line.map(({ id }) => id));
  });

  it.each([
    [
      'a circle',
      [
        { id: 'a', creatorId: 'b' },
        { id: 'b', creatorId: 'a' },
      ],
      ['b'],
    ],
    ['a key that made itself', [{ id: 'a', creatorId: 'a' }], []],
    [
      'two branches',
      [
        { id: 'd', creatorId: 'b' },
        { id: 'b', creatorId: 'a' },
        { id: 'c', creatorId: 'a' },
      ],
      ['b', 'c', 'd'],
    ],
    ['strangers', [{ id: 'b', creatorId: 'x' }], []],
  ])('of %s', (_, all, expected) => {
    expect(descendantsOf('a', all)).toEqual(expected);
  });
});
