import { beforeAll, describe, expect, it } from 'vitest';
import { type TestHub } from '../support/factory.js';
import { API_KEYS, GROUPS, type Json, NO_ID, type Refusal, ROLES } from '../support/management.js';
import { type RawAnswer, rawRequest } from '../support/raw-request.js';
import { type TestApp, useTestApp } from '../support/test-app.js';

// What the vendor's two clients really put on the wire (management contract §7), byte by byte, against the routes.

const LISTS = '/v1/hubs/current/lists';
const JSON_TYPE = 'content-type: application/json';

const test = useTestApp();
const prefixed = useTestApp({ environment: { BASE_PATH: '/api' } });

interface Place {
  readonly app: TestApp;
  readonly hub: TestHub;
  readonly secret: string;
}

let here: Place;

/** A hub with keys, groups and lists named a to e; the key c is off and e is deleted. */
async function furnish(app: TestApp): Promise<Place> {
  const hub = await app.create.hub();
  const { secret } = await app.create.ownerKey(hub);
  const owner = app.as(secret);
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    const { id } = await app.create.key({ hub, name: `key ${name}`, roleId: hub.roles.integration });
    const change = name === 'c' ? owner.patch(`${API_KEYS}/${id}`, { state: 'inactive' }) : undefined;
    const end = name === 'e' ? owner.delete(`${API_KEYS}/${id}`) : undefined;
    await Promise.all([change?.expect(200), end?.expect(200)]);
    await owner.post(GROUPS, { name: `group ${name}` }).expect(201);
    await app.create.list(hub, `list ${name}`);
  }
  return { app, hub, secret };
}

beforeAll(async () => {
  here = await furnish(test.app);
}, 30_000);

/** As today's client sends it: always both headers, no type without a body. */
const modern = ({ secret, hub }: Place): string[] => [
  `authorization: Bearer ${secret}`,
  `x-hub-id: ${hub.id}`,
  'accept: */*',
];
/** As the client of 2022 sends it: a type with every request. */
const legacy = (place: Place): string[] => [...modern(place), JSON_TYPE];

const send = (target: string, method = 'GET', headers = modern(here)): Promise<RawAnswer> =>
  rawRequest(here.app, target, headers, method);

function namesIn({ status, body }: RawAnswer): unknown[] {
  expect([status, body]).toEqual([200, expect.stringContaining('"data":[')]);
  return (JSON.parse(body) as { data: Json[] }).data.map(({ name }) => name);
}

function refusalIn({ body }: RawAnswer): Refusal {
  return (JSON.parse(body) as { error: Refusal }).error;
}

/** The columns of a table: what is sent, and which names come back, in order. */
type Spelling = readonly [query: string, names: readonly string[]];

const key = (...letters: string[]): string[] =>
  letters.map((letter) => (letter === 'owner' ? letter : `key ${letter}`));

const MODERN: readonly Spelling[] = [
  ['', key('owner', 'a', 'b', 'c', 'd')],
  ['?sort=name', key('a', 'b', 'c', 'd', 'owner')],
  ['?sort=-events.created&sort=name', key('d', 'c', 'b', 'a', 'owner')],
  ['?sort=-state&sort=-name', key('owner', 'd', 'b', 'a', 'c')],
  ['?filter[state]=live%2Cdeleting', key('owner', 'a', 'b', 'd')],
  ['?filter[state]=new%2Cconfiguring%2Cdeleting', []],
  ['?filter[search]=key%20a', key('a')],
  ['?&filter[state]=inactive', key('c')],
  ['?&page[number]=1', key('owner', 'a', 'b', 'c', 'd')],
  ['?page[number]=2&page[size]=2', key('b', 'c')],
  ['?page[size]=2&page[number]=3', key('d')],
  ['?sort=-id&filter[state]=live&page[number]=1&page[size]=50', key('d', 'b', 'a', 'owner')],
  ['?include=roles', key('owner', 'a', 'b', 'c', 'd')],
  ['?include=roles&include=roles', key('owner', 'a', 'b', 'c', 'd')],
  ['?meta=usage', key('owner', 'a', 'b', 'c', 'd')],
];

const LEGACY: readonly Spelling[] = [
  [
    '?sort=-id%2Cname&filter%5Bstate%5D=live%2Cdeleting&filter%5Bsearch%5D=key%20b&page%5Bnumber%5D=1&page%5Bsize%5D=20',
    key('b'),
  ],
  ['?sort=-id%2Cname', key('d', 'c', 'b', 'a', 'owner')],
  ['?sort=-id,name', key('d', 'c', 'b', 'a', 'owner')],
  ['?filter%5Bstate%5D=live%2Cinactive', key('owner', 'a', 'b', 'c', 'd')],
  ['?filter%5bstate%5d=deleted', key('e')],
  ['?page%5Bnumber%5D=2&page%5Bsize%5D=2', key('b', 'c')],
  ['?include=roles%2Croles', key('owner', 'a', 'b', 'c', 'd')],
];

const STRAY: readonly Spelling[] = [
  ['?', key('owner', 'a', 'b', 'c', 'd')],
  ['?&', key('owner', 'a', 'b', 'c', 'd')],
  ['?&&', key('owner', 'a', 'b', 'c', 'd')],
  ['?&&filter[state]=inactive&&page[number]=1&', key('c')],
  ['?sort=', key('owner', 'a', 'b', 'c', 'd')],
];

describe('a list of keys', () => {
  it.each(MODERN)('is found by today’s spelling %s', async (query, names) => {
    expect(namesIn(await send(API_KEYS + query))).toEqual(names);
  });

  it.each(LEGACY)('is found by the spelling of 2022 %s', async (query, names) => {
    expect(namesIn(await send(API_KEYS + query, 'GET', legacy(here)))).toEqual(names);
  });

  it.each(STRAY)('is found in spite of what strays about in %s', async (query, names) => {
    expect(namesIn(await send(API_KEYS + query))).toEqual(names);
  });

  it('is the same whether brackets are encoded and lists are repeated, or not', async () => {
    const spellings = [
      'sort=-state&sort=name&filter[state]=live%2Cinactive&page[size]=3',
      'sort=-state%2Cname&filter%5Bstate%5D=live%2Cinactive&page%5Bsize%5D=3',
      'sort=-state,name&filter[state]=live,inactive&page%5bsize%5d=3',
      '&sort=-state&&sort=name&filter[state%5D=live,inactive&page%5Bsize]=3&',
    ];

    const answers = await Promise.all(spellings.map((query) => send(`${API_KEYS}?${query}`)));

    expect(answers[0]?.status).toBe(200);
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  });
});

describe('every collection', () => {
  const COMMON = '&sort=-name&page[number]=1&page[size]=2';

  it.each<[string, string, string[]]>([
    [API_KEYS, COMMON, ['owner', 'key d']],
    [GROUPS, COMMON, ['group e', 'group d']],
    [LISTS, COMMON, ['list e', 'list d']],
    [ROLES, COMMON, ['Owner', 'Integration']],
    [GROUPS, 'sort=-events.created&sort=name&page%5Bsize%5D=1&filter%5Bsearch%5D=GROUP%20b', ['group b']],
    [LISTS, 'sort=-id%2Cname&filter[search]=list%20c', ['list c']],
    [ROLES, 'sort=-rank&filter[identifier]=admin%2Canalyst&filter[state]=live%2Cdeleting', ['Admin', 'Analyst']],
    [ROLES, 'filter%5Bsearch%5D=admin&meta=counts', ['Admin']],
    [ROLES, 'meta=counts&filter[state]=new', []],
  ])('%s?%s', async (path, query, names) => {
    expect(namesIn(await send(`${path}?${query}`))).toEqual(names);
    expect(namesIn(await send(`${path}?${query}`, 'GET', legacy(here)))).toEqual(names);
  });

  const SECRET = ['secret', 'secrets', 'digest', 'kv', 'hash', 'token', 'revision', 'hub_id', 'capabilities', 'ips'];
  const COLLECTIONS = [API_KEYS, GROUPS, LISTS, ROLES];

  it.each(COLLECTIONS.flatMap((path) => SECRET.map((field) => [path, field])))(
    '422: %s neither sorts nor filters by %s, and says so by name',
    async (path, field) => {
      const [sorted, filtered] = [await send(`${path}?sort=-${field}`), await send(`${path}?filter[${field}]=a`)];

      expect(refusalIn(sorted)).toMatchObject({ status: 422, code: '422.invalid-argument', source: '/query/sort' });
      expect(refusalIn(sorted).extra).toMatchObject({ unknown: field });
      expect(refusalIn(filtered)).toMatchObject({ status: 422, source: `/query/filter/${field}` });
      for (const { extra } of [refusalIn(sorted), refusalIn(filtered)]) {
        expect(extra?.allowed).not.toContain(field);
      }
    },
  );

  it.each(
    COLLECTIONS.flatMap((path) => ['colour', 'filter', 'limit', 'fields', '__proto__'].map((name) => [path, name])),
  )('422: %s refuses %s by its name', async (path, name) => {
    const refusal = refusalIn(await send(`${path}?sort=name&${name}=1`));

    expect(refusal).toMatchObject({ status: 422, source: `/query/${name}`, extra: { unknown: name } });
  });

  it.each(COLLECTIONS)('422: %s takes no credential in the query, and repeats none', async (path) => {
    for (const name of ['apiKey', 'secret', 'token', 'access_token']) {
      const { status, body } = await send(`${path}?${name}=${here.secret}`);
      expect([status, body.includes(here.secret)]).toEqual([422, false]);
    }
  });
});

describe('a request with a type and without a body, as the client of 2022 sends it', () => {
  const ANSWERS: readonly [method: string, path: () => string, status: number][] = [
    ['GET', () => '/v1/hubs/current', 200],
    ['GET', () => `${ROLES}/${here.hub.roles.admin}?meta=counts`, 200],
    ['GET', () => `${API_KEYS}/${NO_ID}`, 404],
    ['GET', () => `/v1/jobs/${NO_ID}`, 404],
    ['DELETE', () => `${API_KEYS}/${NO_ID}`, 404],
    ['DELETE', () => `${GROUPS}/${NO_ID}`, 404],
    ['DELETE', () => `${LISTS}/${NO_ID}`, 404],
    ['DELETE', () => `${ROLES}/${here.hub.roles.consultant}`, 202],
  ];

  it.each(ANSWERS)('%s is answered as without the type', async (method, path, status) => {
    const answer = await send(path(), method, legacy(here));

    expect([answer.status, answer.body]).toEqual([status, expect.stringMatching(/^\{/)]);
  });

  it('needs no credential where none is needed', async () => {
    for (const path of ['/v1/hubs/capabilities', `${ROLES}/defaults`]) {
      expect((await send(path, 'GET', [JSON_TYPE])).status).toBe(200);
      expect((await send(`${path}?&`, 'GET', legacy(here))).status).toBe(200);
    }
  });
});

describe('a base URL with a prefix', () => {
  it('changes nothing about the rest of the address', async () => {
    const place = await furnish(prefixed.app);
    const ask = (target: string) => rawRequest(place.app, target, modern(place));
    const query = '?&sort=-events.created&sort=name&filter[state]=live%2Cdeleting&page[number]=2&page[size]=2';

    expect(namesIn(await ask(`/api${API_KEYS}${query}`))).toEqual(key('a', 'owner'));
    expect((await ask(`/api${ROLES}/defaults`)).status).toBe(200);
    expect((await ask(`/apiv1/hubs/current${query}`)).status).toBe(404);
  });
});
