import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import {
  dataOf,
  leavesAlone,
  NO_ID,
  ownedHub,
  refusalOf,
  resource,
  RESOURCE_NAMES,
  type ResourceName,
  toldBy,
} from '../support/management.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();
const LISTS = '/v1/hubs/current/lists';

interface Made {
  readonly hub: TestHub;
  readonly owner: Client;
  readonly path: string;
  readonly tag: string;
}

async function made(name: ResourceName): Promise<Made> {
  const { hub, owner } = await ownedHub(test.app);
  const path = `${resource(name).path}/${await resource(name).make(test.app, hub)}`;
  return { hub, owner, path, tag: await tagAt(owner, path) };
}

async function tagAt(caller: Client, path: string): Promise<string> {
  return tagOf((await caller.get(path).expect(200)).headers);
}

const tagOf = (headers: Record<string, string>): string => headers['etag'] ?? '';
const matching = (caller: Client, tag: string): Client => caller.with({ 'if-match': tag });

describe.each(RESOURCE_NAMES)('the tag of one of the %s', (name) => {
  const { path: all, input, edit } = resource(name);

  it('is strong, the same in every answer about one state, and moves with each edit', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const created = await owner.post(all, input(hub)).expect(201);
    const path = `${all}/${String(dataOf(created)['id'])}`;

    expect(tagOf(created.headers)).toMatch(/^"[\x21\x23-\x7e]+"$/);
    expect(await tagAt(owner, path)).toBe(tagOf(created.headers));
    const edited = await owner.patch(path, edit).expect(200);
    expect(tagOf(edited.headers)).not.toBe(tagOf(created.headers));
    expect(await tagAt(owner, path)).toBe(tagOf(edited.headers));
  });

  it('is another one for another thing in its first state', async () => {
    const { hub, owner, tag } = await made(name);
    const other = await resource(name).make(test.app, hub);

    expect(await tagAt(owner, `${all}/${other}`)).not.toBe(tag);
  });

  it('is in no answer that shows many, or one that is gone', async () => {
    const { owner, path } = await made(name);

    expect(tagOf((await owner.get(all).expect(200)).headers)).toBe('');
    expect(tagOf((await owner.delete(path)).headers)).toBe('');
  });
});

describe.each(RESOURCE_NAMES)('If-Match on one of the %s', (name) => {
  const { edit, deletes, notFound, capability } = resource(name);

  it('lets a change through that builds on the present state', async () => {
    const { owner, path, tag } = await made(name);

    const edited = await matching(owner, tag).patch(path, edit);
    const deleted = await matching(owner, tagOf(edited.headers)).delete(path);
    expect([edited.status, deleted.status]).toEqual([200, deletes]);
  });

  it.each([
    ['any state', () => '*'],
    ['one of several states', (tag: string) => `"x", ${tag}`],
    ['empty elements around', (tag: string) => ` ,${tag} ,, "a,b"`],
  ])('lets %s through', async (_, header) => {
    const { owner, path, tag } = await made(name);

    expect((await matching(owner, header(tag)).patch(path, edit)).status).toBe(200);
  });

  it.each([
    ['a weak tag', (tag: string) => `W/${tag}`],
    ['a tag of something else', () => `"${NO_ID}-1"`],
    ['a tag with commas', (tag: string) => `"${tag.slice(1, -1)},"`],
    ['an empty tag', () => '""'],
  ])('refuses %s with 412, says what would be right and changes nothing', async (_, header) => {
    const { hub, owner, path, tag } = await made(name);
    const caller = matching(owner, header(tag));

    for (const act of [() => caller.patch(path, edit), () => caller.delete(path)]) {
      const answer = await leavesAlone(test.app, hub, act);
      expect(answer.status).toBe(412);
      expect(tagOf(answer.headers)).toBe(tag);
      expect(refusalOf(answer)).toMatchObject({ code: '412.revision-mismatch', source: '/header/If-Match' });
      expect(refusalOf(answer).extra).toEqual({ etag: tag });
    }
  });

  it('refuses whoever builds on a state that somebody else has changed since', async () => {
    const { hub, owner, path, tag } = await made(name);
    await owner.patch(path, edit).expect(200);

    const late = await leavesAlone(test.app, hub, () => matching(owner, tag).patch(path, edit));
    expect(late.status).toBe(412);
    await leavesAlone(test.app, hub, () => matching(owner, tag).delete(path).expect(412));
    await matching(owner, tagOf(late.headers)).patch(path, edit).expect(200);
  });

  it('lets exactly one of many through that build on the same state at once', async () => {
    const { owner, path, tag } = await made(name);

    const answers = await Promise.all(Array.from({ length: 6 }, () => matching(owner, tag).patch(path, edit)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(5);
  });

  it.each(['', 'x', '"x', 'W/x', '"a" "b"', '"a" x', '*, "a"', ',', 'w/"a"', '"a b"'])(
    'refuses %j as malformed and changes nothing',
    async (header) => {
      const { hub, owner, path } = await made(name);

      const answer = await leavesAlone(test.app, hub, () => matching(owner, header).patch(path, edit));
      expect(answer.status).toBe(422);
      expect(refusalOf(answer)).toMatchObject({ code: '422.invalid-argument', source: '/header/If-Match' });
    },
  );

  it('tells nothing that a request without it would not tell', async () => {
    const { hub, owner, path, tag } = await made(name);
    const powerless = await test.app.create.caller({ hub, capabilities: [] });
    const stranger = (await ownedHub(test.app)).owner;

    for (const header of ['*', tag, '"x"']) {
      const never = matching(owner, header).patch(`${resource(name).path}/${NO_ID}`, edit);
      expect(refusalOf(await never.expect(404)).code).toBe(notFound);
      const elsewhere = await matching(stranger, header).patch(path, edit);
      expect(toldBy(elsewhere)).toEqual(toldBy(await stranger.patch(path, edit)));
      const refused = await matching(powerless, header).patch(path, edit);
      expect(refusalOf(refused).extra).toEqual({ capability });
    }
    await owner.delete(path).expect(deletes);
    await matching(owner, tag).patch(path, edit).expect(404);
  });
});

describe('what ranks above the caller', () => {
  it('is a 403 whatever state it is in', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const path = `${resource('roles').path}/${hub.roles['admin'] ?? ''}`;
    const low = await test.app.create.caller({ hub, capabilities: ['hubs-roles-manage'], rank: 1 });
    await tagAt(owner, path);

    const answer = await leavesAlone(test.app, hub, () => matching(low, '"x"').patch(path, { name: 'Mine' }));
    expect(answer.status).toBe(403);
    expect(tagOf(answer.headers)).toBe('');
  });
});

describe('the last use of a key', () => {
  it('moves no tag', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const key = await test.app.create.key({ hub, roleId: hub.roles['integration'] });
    const path = `${resource('api-keys').path}/${key.id}`;
    const tag = await tagAt(owner, path);
    await test.app.as(key.secret).get('/v1/hubs/current/whoami').expect(200);
    await test.app.create.rotate(hub, key);

    expect(await tagAt(owner, path)).toBe(tag);
  });
});

describe('a list', () => {
  it('has a tag, and is deleted only in the state that it names', async () => {
    const { owner } = await ownedHub(test.app);
    const input = { name: 'Stock', columns: [{ name: 'Quantity', type: 'Number' }] };
    const created = await owner.post(LISTS, input).expect(201);
    const path = `${LISTS}/${String(dataOf(created)['id'])}`;

    expect(await tagAt(owner, path)).toBe(tagOf(created.headers));
    await matching(owner, '"x"').delete(path).expect(412);
    await owner.get(path).expect(200);
    await matching(owner, tagOf(created.headers)).delete(path).expect(202);
    await matching(owner, '*').delete(path).expect(404);
  });
});

describe('whatever If-Match says', () => {
  it('is answered, never with a fault', async () => {
    const { owner, path } = await made('groups');
    const text = fc.string({ unit: fc.constantFrom('"', ',', ' ', 'W/', '*', 'a', '\t', 'ÿ'), maxLength: 40 });

    await fc.assert(
      fc.asyncProperty(text, async (header) => {
        const { status } = await matching(owner, header).patch(path, { description: null });
        expect([200, 412, 422]).toContain(status);
      }),
      { numRuns: 100 },
    );
  });
});
