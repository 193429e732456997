import { describe, expect, it, vi } from 'vitest';
import { RoleService } from '../../src/modules/role/index.js';
import { takeViolations } from '../support/contract-watch.js';
import { API_KEYS, ownedHub, ROLES } from '../support/management.js';
import { PublishedSchemas, readErrata, readPublished, valueAt } from '../support/published-schemas.js';
import { routeTable } from '../support/route-table.js';
import { useTestApp } from '../support/test-app.js';

const test = useTestApp();
const schemas = new PublishedSchemas();
const ID = '0199e2f1a0c34b5d6e7f8091';
const TIME = '2026-03-01T08:00:00.000Z';

const ROLE = {
  id: ID,
  name: 'Night shift',
  root: false,
  default: null,
  rank: 3,
  identifier: 'night-shift',
  creator: { id: ID, type: 'api-key' },
  capabilities: { all: false, specific: ['api-keys-manage', 'groups-manage'] },
  hub_id: ID,
  state: { current: 'live', changed: TIME },
  events: { created: TIME, updated: TIME, deleted: '0001-01-01T00:00:00Z' },
};
const KEY = {
  id: ID,
  hub_id: ID,
  name: 'ERP sync',
  creator: { id: ID, type: 'account' },
  secret: '',
  role_id: ID,
  ips: null,
  state: { current: 'live', changed: TIME },
  events: ROLE.events,
};
const ERROR = { status: 403, code: '403.permissions', title: 'No.', extra: { capability: 'lists-manage' } };

const role = (body: unknown, status = 200): string[] =>
  schemas.violationsOf({ method: 'GET', path: `${ROLES}/${ID}`, status, body });
const key = (body: unknown, status = 201): string[] =>
  schemas.violationsOf({ method: 'POST', path: API_KEYS, status, body });

describe('the published schemas', () => {
  it('are facts only: no text of theirs, and every reference leads somewhere', () => {
    const published = readPublished();
    const text = JSON.stringify(published);
    expect(text).not.toMatch(/"(?:title|description|example|examples|x-[a-z]+)":"/);
    const references = [...text.matchAll(/"\$ref":"#([^"]+)"/g)].map(([, pointer = '']) => pointer);
    expect(references.length).toBeGreaterThan(50);
    expect(references.filter((pointer) => typeof valueAt(published, pointer) !== 'object')).toEqual([]);
  });

  it('can all be compiled, and none takes an empty answer', () => {
    const published = readPublished().operations;
    const taken = schemas.names.filter((name) => {
      const [method = '', path = ''] = name.split(' ');
      const status = Number(Object.keys(published[name] ?? {})[0]);
      return schemas.violationsOf({ method, path, status, body: {} }).length === 0;
    });
    expect(schemas.names).toHaveLength(35);
    expect(taken).toEqual([]);
  });

  it('have an erratum only where there is something, and add only what was not there', () => {
    const { mended, added } = readErrata();
    expect(mended).toHaveLength(7);
    expect([...mended, ...added].filter(({ at }) => valueAt(readPublished(), at) === undefined)).toEqual([]);
    const superfluous = added.flatMap(({ at, values }) =>
      values.filter((value) => (valueAt(readPublished(), at) as unknown[]).includes(value)),
    );
    expect(superfluous).toEqual([]);
  });

  it('are those of routes that exist under the same names', () => {
    const ours = new Set(
      routeTable(test.app).map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`),
    );
    const shared = schemas.names.filter((name) => ours.has(name));
    expect(shared.length).toBeGreaterThanOrEqual(13);
  });
});

describe('an answer as it should be', () => {
  it('has no violation', () => {
    expect(role({ data: ROLE })).toEqual([]);
    expect(key({ data: { ...KEY, ips: ['10.0.0.0/8'], scopes: ['of ours'] } })).toEqual([]);
    expect(role({ error: ERROR, data: null }, 403)).toEqual([]);
    expect(schemas.violationsOf({ method: 'GET', path: '/v1/of/ours', status: 200, body: { data: 1 } })).toEqual([]);
  });
});

describe('a wrong answer is told with its place', () => {
  it.each([
    ['a field that is missing', { ...ROLE, identifier: undefined }, /^GET .*roles\/\w+ 200: \/data must have required/],
    ['null where there is no null', { ...ROLE, rank: null }, /\/data\/rank must be integer/],
    [
      'another type',
      { ...ROLE, capabilities: { all: 'no', specific: [] } },
      /\/data\/capabilities\/all must be boolean/,
    ],
    ['a value that is not published', { ...ROLE, state: { current: 'gone', changed: TIME } }, /current .*: "gone"$/],
    [
      'a time that is none',
      { ...ROLE, events: { ...ROLE.events, updated: '0' } },
      /updated must match format "date-time"/,
    ],
    ['a state with error null', { ...ROLE, state: { ...ROLE.state, error: null } }, /state\/error must be object/],
    ['an unknown capability', { ...ROLE, capabilities: { all: false, specific: ['fly'] } }, /specific\/0 .*: "fly"$/],
  ])('%s', (_, data, expected) => {
    expect(role(JSON.parse(JSON.stringify({ data })))).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    ['an id that is none', { ...KEY, role_id: ID.toUpperCase() }, /\/data\/role_id must match format "objectid"/],
    ['a list where one thing belongs', [KEY], /\/data must be object/],
    ['a creator of no published kind', { ...KEY, creator: { id: ID, type: 'robot' } }, /creator\/type .*: "robot"$/],
  ])('%s', (_, data, expected) => {
    expect(key({ data })).toEqual([expect.stringMatching(expected)]);
  });

  it('no data at all, also on a route of ours', () => {
    const told = [expect.stringContaining("must have required property 'data'")];
    expect(role({})).toEqual(told);
    expect(schemas.violationsOf({ method: 'PUT', path: '/v1/of/ours', status: 200, body: [] })).toEqual([
      expect.stringContaining('must be object'),
    ]);
    expect(schemas.violationsOf({ method: 'PUT', path: '/v1/of/ours', status: 200, body: {} })).toEqual(told);
  });

  it('another status than the published one', () => {
    expect(key({ data: KEY }, 200)).toEqual([expect.stringContaining('the published status is 201')]);
  });

  it('an error without its envelope, of another status, or with a code that nobody knows', () => {
    expect(role({ message: 'Not Found', statusCode: 404 }, 404)).toHaveLength(2);
    expect(role({ error: ERROR }, 403)).toEqual([expect.stringContaining("'data'")]);
    expect(role({ error: ERROR, data: null }, 404)).toEqual([expect.stringContaining('/error/status')]);
    expect(role({ error: { ...ERROR, code: '403.because' }, data: null }, 403)).toEqual([
      expect.stringContaining('"403.because"'),
    ]);
  });
});

describe('what a test asks the server', () => {
  const PLACE = 'GET /v1/hubs/current/roles/';

  it('is checked, over HTTP and by inject', async () => {
    const { hub, owner } = await ownedHub(test.app);
    const url = `${ROLES}/${await test.app.create.role(hub, [], 0)}`;
    const { secret } = await test.app.create.ownerKey(hub);
    const service = test.app.nest.get(RoleService);
    const get = service.get.bind(service);
    const spy = vi.spyOn(service, 'get');
    spy.mockImplementation(async (...asked) =>
      Object.assign(await get(...asked), { rank: 'high' as unknown as number }),
    );

    await owner.get(url);
    const overHttp = takeViolations();
    await test.app.nest.inject({ url, headers: { authorization: `Bearer ${secret}` } });
    const injected = takeViolations();
    spy.mockRestore();
    await owner.get(url);

    const told = [expect.stringMatching(new RegExp(`^${PLACE}\\w+ 200: /data/rank must be integer`))];
    expect([overHttp, injected]).toEqual([told, told]);
    expect(takeViolations()).toEqual([]);
  });

  it('is not held against a client whose request is wrong', async () => {
    const { owner } = await ownedHub(test.app);
    expect((await owner.get(`${ROLES}?colour=red`)).status).toBe(422);
    expect((await owner.get('/v1/nothing/here')).status).toBe(404);
    expect((await test.app.anonymous.get(API_KEYS)).status).toBe(401);
    expect(takeViolations()).toEqual([]);
  });
});
