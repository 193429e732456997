import { describe, expect, it } from 'vitest';
import { type Client } from '../support/client.js';
import { API_KEYS, dataOf, type Json, NO_ID, ownedHub, refusalOf } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();

const list = async (caller: Client, query: string): Promise<Json[]> =>
  dataOf<Json[]>(await caller.get(`${API_KEYS}?${query}`).expect(200));
const names = async (caller: Client, query: string): Promise<unknown[]> =>
  (await list(caller, query)).map(({ name }) => name);

/** A hub with the owner's key and one of each name, made in this order. */
async function hubWithKeys(...keyNames: string[]) {
  const { hub, owner, ownerId } = await ownedHub(test.app);
  const ids: string[] = [];
  for (const name of keyNames) {
    ids.push((await test.app.create.key({ hub, name, roleId: hub.roles.integration })).id);
  }
  return { hub, owner, ownerId, ids };
}

describe('GET /v1/hubs/current/api-keys', () => {
  it('lists the keys of this hub only, in the order of their making', async () => {
    const { owner, ownerId, ids } = await hubWithKeys('b', 'a');
    await hubWithKeys('foreign');

    expect((await list(owner, '')).map(({ id }) => id)).toEqual([ownerId, ...ids]);
  });

  describe('sort', () => {
    it.each([
      ['sort=name', ['Alpha', 'beta', 'GAMMA', 'owner']],
      ['sort=-name', ['owner', 'GAMMA', 'beta', 'Alpha']],
      ['sort=-id', ['beta', 'GAMMA', 'Alpha', 'owner']],
      ['sort=state,-name', ['owner', 'GAMMA', 'beta', 'Alpha']],
      ['sort=state&sort=name', ['Alpha', 'beta', 'GAMMA', 'owner']],
      ['sort=-state%2Cname', ['Alpha', 'beta', 'GAMMA', 'owner']],
      ['sort=events.created,id', ['owner', 'Alpha', 'GAMMA', 'beta']],
      ['sort=-events.updated&sort=-id', ['beta', 'GAMMA', 'Alpha', 'owner']],
      ['sort=-expires_at,name', ['Alpha', 'beta', 'GAMMA', 'owner']],
      ['sort=', ['owner', 'Alpha', 'GAMMA', 'beta']],
    ])('%s', async (query, expected) => {
      const { owner } = await hubWithKeys('Alpha', 'GAMMA', 'beta');

      expect(await names(owner, query)).toEqual(expected);
    });
  });

  describe('filter', () => {
    it.each([
      ['filter[state]=live', 3],
      ['filter%5Bstate%5D=live', 3],
      ['filter%5bstate%5d=live%2Cinactive', 3],
      ['filter[state]=inactive', 0],
      ['filter[state]=live,deleting', 3],
      ['filter[state]=new,configuring,live,inactive,deleting,deleted', 4],
      ['filter[state]=live,deleted', 4],
      ['filter[state]=deleted', 1],
      ['&filter[state]=live', 3],
      ['filter[state]=live&&page[number]=1&', 3],
      ['&&', 3],
      [`filter[role]=${NO_ID}`, 0],
      [`filter[group]=${NO_ID}`, 0],
    ])('%s finds %d', async (query, count) => {
      const { owner, ids } = await hubWithKeys('a', 'b', 'c');
      await owner.delete(`${API_KEYS}/${ids[2]}`).expect(200);

      expect(await list(owner, query)).toHaveLength(count);
    });

    it('by role and by group, one or several, together with the rest', async () => {
      const { hub, owner, ownerId, ids } = await hubWithKeys('a', 'b');
      const group = await test.app.create.group(hub);
      await owner.patch(`${API_KEYS}/${ids[1]}`, { group_id: group }).expect(200);
      const found = async (query: string): Promise<unknown[]> => (await list(owner, query)).map(({ id }) => id);
      const { integration, owner: root } = hub.roles;

      expect(await found(`filter[role]=${integration}`)).toEqual(ids);
      expect(await found(`filter[role]=${integration},${root}`)).toEqual([ownerId, ...ids]);
      expect(await found(`filter[group]=${group}`)).toEqual([ids[1]]);
      expect(await found(`filter[role]=${integration}&filter[group]=${group},${NO_ID}&filter[search]=B`)).toEqual([
        ids[1],
      ]);
      expect(await found(`filter[role]=${root}&filter[group]=${group}`)).toEqual([]);
    });

    it('by the role of another hub finds nothing', async () => {
      const { owner } = await hubWithKeys();
      const other = await test.app.create.hub();

      expect(await list(owner, `filter[role]=${other.roles.owner}`)).toEqual([]);
    });
  });

  describe('search', () => {
    const keyNames = ['CI bot', 'ci-bot 50%', 'snake_case', 'wow!', 'back\\slash', "o'hara", 'Stra\u00dfe', 'a,b'];

    it.each([
      ['ci', ['CI bot', 'ci-bot 50%']],
      ['ci bot', ['CI bot']],
      ['BOT', ['CI bot', 'ci-bot 50%']],
      ['%', ['ci-bot 50%']],
      ['0%', ['ci-bot 50%']],
      ['c%b', []],
      ['_', ['snake_case']],
      ['c_b', []],
      ['!', ['wow!']],
      ['!%', []],
      ['\\', ['back\\slash']],
      ["'", ["o'hara"]],
      ["' OR 1=1 -- ", []],
      ['STRASSE', ['Stra\u00dfe']],
      ['stra\u00df', ['Stra\u00dfe']],
      ['a,b', ['a,b']],
      ['\u{1F600}', []],
    ])('%s finds exactly what holds it', async (text, expected) => {
      const { owner } = await hubWithKeys(...keyNames);

      expect(await names(owner, `filter[search]=${encodeURIComponent(text)}`)).toEqual(expected);
    });

    it('reads a plus as a blank, as forms send it', async () => {
      const { owner } = await hubWithKeys('ci bot');

      expect(await names(owner, 'filter[search]=ci+bot')).toEqual(['ci bot']);
    });
  });

  describe('page', () => {
    it.each([
      '',
      'sort=name&',
      'sort=-state&',
      'sort=role_id&'.replace('role_id', 'expires_at'),
      'sort=-events.created&',
    ])('never shows a key twice nor leaves one out, sorted by "%s"', async (sort) => {
      const { owner, ownerId, ids } = await hubWithKeys(...Array<string>(9).fill('same'));
      const seen: unknown[] = [];
      for (let page = 1; page <= 4; page += 1) {
        seen.push(...(await list(owner, `${sort}page[size]=3&page[number]=${page}`)).map(({ id }) => id));
      }

      expect(seen).toHaveLength(10);
      expect(new Set(seen)).toEqual(new Set([ownerId, ...ids]));
    });

    it('has 20 keys unless said, and 100 at most', async () => {
      const { owner } = await hubWithKeys(...Array<string>(21).fill('many'));

      expect(await list(owner, '')).toHaveLength(20);
      expect(await list(owner, 'page[number]=2')).toHaveLength(2);
      expect(await list(owner, 'page%5Bsize%5D=100')).toHaveLength(22);
      expect(await list(owner, 'page[number]=1000000')).toEqual([]);
    });
  });

  describe('include', () => {
    it.each(['include=roles', 'include=roles&include=roles', 'include=roles,roles', '&include=roles'])(
      '%s adds each role once, by its id',
      async (query) => {
        const { hub, owner } = await hubWithKeys('a', 'b');

        const { body } = await owner.get(`${API_KEYS}?${query}`).expect(200);

        const { roles } = (body as { includes: { roles: Record<string, Json> } }).includes;
        expect(Object.keys(roles).toSorted()).toEqual([hub.roles.owner, hub.roles.integration].toSorted());
        expect(roles[hub.roles.integration]).toMatchObject({ id: hub.roles.integration, identifier: 'integration' });
      },
    );

    it('adds the role of one key, and of no key none', async () => {
      const { hub, owner, ids } = await hubWithKeys('a');

      const one = (await owner.get(`${API_KEYS}/${ids[0]}?include=roles`).expect(200)).body as Json;
      const none = (await owner.get(`${API_KEYS}?include=roles&filter[search]=zzz`).expect(200)).body as Json;

      expect(one.includes).toMatchObject({ roles: { [hub.roles.integration]: { rank: 0 } } });
      expect(none).toEqual({ data: [], includes: { roles: {} } });
    });

    it('adds nothing unless asked', async () => {
      const { owner } = await hubWithKeys();

      expect(Object.keys((await owner.get(API_KEYS).expect(200)).body as Json)).toEqual(['data']);
    });
  });

  describe('422', () => {
    it.each([
      ['sort=secret', '/query/sort', 'secret'],
      ['sort=-digest', '/query/sort', 'digest'],
      ['sort=name,kv', '/query/sort', 'kv'],
      ['sort=nameKey', '/query/sort', 'nameKey'],
      ['sort=k.name', '/query/sort', 'k.name'],
      ['sort=name%20DESC', '/query/sort', 'name DESC'],
      ['sort=id;DROP', '/query/sort', 'id;DROP'],
      ['filter[digest]=00', '/query/filter/digest', 'digest'],
      ['filter[hub_id]=x', '/query/filter/hub_id', 'hub_id'],
      ['filter[__proto__]=x', '/query/filter/__proto__', '__proto__'],
      ['filter[constructor]=x', '/query/filter/constructor', 'constructor'],
      ['filter[state][]=live', '/query/filter[state][]', 'filter[state][]'],
      ['filter=live', '/query/filter', 'filter'],
      ['include=role.keys', '/query/include', 'role.keys'],
      ['include=secrets', '/query/include', 'secrets'],
      ['include=roles,group', '/query/include', 'group'],
      ['meta=counts', '/query/meta', 'counts'],
      ['page[offset]=1', '/query/page/offset', 'offset'],
      ['page=1', '/query/page', 'page'],
      ['fields=secret', '/query/fields', 'fields'],
      ['Sort=name', '/query/Sort', 'Sort'],
    ])('%s names what is unknown, and what is allowed', async (query, source, unknown) => {
      const { owner } = await hubWithKeys();

      const refusal = refusalOf(await owner.get(`${API_KEYS}?${query}`).expect(422));

      expect(refusal).toMatchObject({ code: '422.invalid-argument', source, extra: { unknown } });
      expect(refusal.detail).toMatch(/^Unknown .*Allowed: [a-z]/);
      expect(JSON.stringify(refusal.extra?.allowed)).not.toMatch(/secret|digest|kv|key"/);
    });

    it.each([
      ['filter[state]=gone', '/query/filter/state', 'Allowed: new, configuring, live, inactive, deleting, deleted'],
      ['filter[state]=live,,deleted', '/query/filter/state', 'empty value'],
      ['filter[state]=', '/query/filter/state', 'empty value'],
      ['filter[search]=%20', '/query/filter/search', 'empty value'],
      ['filter[state]=live&filter[state]=deleted', '/query/filter/state', 'given twice'],
      ['filter[state]=live&filter%5Bstate%5D=live', '/query/filter/state', 'given twice'],
      ['filter[search]=a&filter[search]=b', '/query/filter/search', 'given twice'],
      [`filter[search]=${'x'.repeat(257)}`, '/query/filter/search', '256 characters'],
      [
        `filter[role]=${Array(51)
          .fill(0)
          .map((_, n) => n.toString(16).padStart(24, '0'))
          .join(',')}`,
        '/query/filter/role',
        '50 values',
      ],
      ['filter[role]=owner', '/query/filter/role', 'form'],
      [`filter[role]=${NO_ID}%20`, '/query/filter/role', 'form'],
      ['sort=name,,id', '/query/sort', 'empty element'],
      ['sort=name&sort=-name', '/query/sort', 'given twice'],
      ['page[number]=0', '/query/page/number', 'from 1 to 1000000'],
      ['page[number]=-1', '/query/page/number', 'from 1'],
      ['page[number]=1.5', '/query/page/number', 'whole number'],
      ['page[number]=1e3', '/query/page/number', 'whole number'],
      ['page[number]=1000001', '/query/page/number', 'to 1000000'],
      ['page[number]=', '/query/page/number', 'whole number'],
      ['page[number]=1&page[number]=2', '/query/page/number', 'given twice'],
      ['page[size]=101', '/query/page/size', 'from 1 to 100'],
      ['page[size]=all', '/query/page/size', 'whole number'],
      ['filter[search]=%ZZ', '/query/filter[search]', 'percent-encoded'],
      ['filter[search]=%C0%80', '/query/filter[search]', 'percent-encoded'],
      ['filter[search]=a%00b', '/query/filter[search]', 'control characters'],
    ])('%s says what would be right', async (query, source, detail) => {
      const { owner } = await hubWithKeys();

      const refusal = refusalOf(await owner.get(`${API_KEYS}?${query}`).expect(422));

      expect(refusal).toMatchObject({ code: '422.invalid-argument', source, detail: expect.stringContaining(detail) });
    });

    it('refuses what only collections take at one key, and everything at a change', async () => {
      const { hub, owner, ids } = await hubWithKeys('a');
      const path = `${API_KEYS}/${ids[0]}`;
      const body = { name: 'x', role_id: hub.roles.integration };

      expect(refusalOf(await owner.get(`${path}?sort=name`).expect(422)).source).toBe('/query/sort');
      expect(refusalOf(await owner.post(`${API_KEYS}?include=roles`, body).expect(422)).source).toBe('/query/include');
      expect(refusalOf(await owner.patch(`${path}?include=roles`, {}).expect(422)).source).toBe('/query/include');
      expect(refusalOf(await owner.delete(`${path}?force=true`).expect(422)).source).toBe('/query/force');
    });
  });
});
