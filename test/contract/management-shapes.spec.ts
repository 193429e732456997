import { describe, expect, it } from 'vitest';
import { API_KEYS, GROUPS, NO_ID, ownedHub, ROLES } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';

// The response schemas of the management contract (§2.1–2.3, §4–6), in our own words: what a client in the field checks.

const test = useTestApp();

type Check = (value: unknown, at: string) => string[];

const fail = (at: string, expected: string, value: unknown): string[] => [
  `${at}: ${expected}, not ${JSON.stringify(value)}`,
];
const is =
  (expected: string, passes: (value: unknown) => boolean): Check =>
  (value, at) =>
    passes(value) ? [] : fail(at, expected, value);

const text = is('text', (value) => typeof value === 'string');
const bool = is('true or false', (value) => typeof value === 'boolean');
const integer = is('a whole number', Number.isInteger);
const objectId = is('24 hex digits', (value) => typeof value === 'string' && /^[0-9a-f]{24}$/.test(value));
const slug = is('a slug', (value) => typeof value === 'string' && /^[a-z0-9][a-z0-9_-]*$/.test(value));
const nothing = is('null', (value) => value === null);
const ZERO = '0001-01-01T00:00:00Z';
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** Never null; what has not happened yet is the zero time. */
const time = is('a date-time', (value) => typeof value === 'string' && DATE_TIME.test(value));
const happened = is('a time other than the zero time', (value) => time(value, '').length === 0 && value !== ZERO);
const notYet = is('the zero time', (value) => value === ZERO);
const oneOf = (...values: unknown[]): Check => is(`one of ${values.join(', ')}`, (value) => values.includes(value));
const orNull =
  (check: Check): Check =>
  (value, at) =>
    value === null ? [] : check(value, at);

function list(check: Check): Check {
  return (value, at) =>
    Array.isArray(value) ? value.flatMap((one, index) => check(one, `${at}/${index}`)) : fail(at, 'a list', value);
}

/** Fields in `required` must be there; `optional` ones may be left out, and are not null unless their check says so. */
function object(required: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return fail(at, 'an object', value);
    }
    const given = value as Record<string, unknown>;
    const checks = [...Object.entries(required), ...Object.entries(optional).filter(([name]) => name in given)];
    return checks.flatMap(([name, check]) =>
      name in given ? check(given[name], `${at}/${name}`) : [`${at}/${name}: is missing`],
    );
  };
}

function map(check: Check): Check {
  return (value, at) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, one]) => check(one, `${at}/${key}`))
      : fail(at, 'a map', value);
}

const CREATORS = ['account', 'environment', 'platform', 'platform-pipeline', 'employee', 'api-key', 'visitor'];
const creator = object({ id: objectId, type: oneOf(...CREATORS) });
const state = (...current: string[]): Check =>
  object({ current: oneOf(...current), changed: happened }, { error: object({}, { message: text, time }) });
const LIFE = ['new', 'configuring', 'live', 'inactive', 'deleting', 'deleted'];
const events = (deleted: Check): Check => object({ created: happened, updated: happened, deleted });
const capabilities = object({ all: bool, specific: list(text) });

const hub = object({
  id: objectId,
  identifier: slug,
  name: text,
  creator,
  events: events(notYet),
  state: state(...LIFE),
  security: object({ force_2fa: bool }),
  webhooks: object({ server_deployed: orNull(text), server_deleted: orNull(text) }),
  billing: orNull(object({})),
  integrations: object({}),
});

const role = object(
  {
    id: text,
    root: bool,
    rank: integer,
    identifier: slug,
    creator,
    capabilities,
    hub_id: text,
    state: state('live'),
    events: events(notYet),
  },
  { name: orNull(text), default: orNull(slug), extra: map(text), meta: object({}) },
);

const apiKey = (deleted: Check): Check =>
  object({
    id: objectId,
    hub_id: text,
    name: text,
    creator,
    secret: text,
    role_id: objectId,
    ips: orNull(list(text)),
    state: state(...LIFE),
    events: events(deleted),
  });

const group = object({
  id: objectId,
  hub_id: objectId,
  name: text,
  description: orNull(text),
  permissions: object({ lists: list(object({ list_id: text, rights: list(text) })) }),
  creator,
  events: events(notYet),
});

const STATUSES = [400, 401, 403, 404, 409, 415, 422, 429, 500, 501, 502, 503, 504];
const refusal = object({
  error: object(
    {
      status: oneOf(...STATUSES),
      code: is(
        '<status>.<kebab>',
        (value) => typeof value === 'string' && /^\d{3}(\.[a-z0-9]+(-[a-z0-9]+)*)+$/.test(value),
      ),
      title: text,
    },
    {
      detail: text,
      source: is('a JSON pointer', (value) => typeof value === 'string' && /^(\/([^~]|~[01])*)*$/.test(value)),
      extra: object({}),
    },
  ),
  data: nothing,
});
const data = (check: Check): Check => object({ data: check }, { includes: object({}) });

interface Received {
  readonly status: number;
  readonly body: unknown;
  readonly headers: unknown;
}

/** Where an answer departs from its schema, or from what every answer of this door has. */
function problems({ body, headers }: Received, check: Check): string[] {
  const common = object({
    'content-type': oneOf('application/json; charset=utf-8'),
    'cache-control': oneOf('no-store'),
    'x-request-id': text,
  });
  return [...check(body, ''), ...common(headers, 'headers')];
}

describe('a success of the management door', () => {
  it('is a hub as in the contract', async () => {
    const { owner } = await ownedHub(test.app);

    expect(problems(await owner.get('/v1/hubs/current').expect(200), data(hub))).toEqual([]);
  });

  it('is a list of capabilities with their captions', async () => {
    const check = object({ data: list(text), meta: object({ captions: map(text) }) });

    expect(problems(await test.app.anonymous.get('/v1/hubs/capabilities').expect(200), check)).toEqual([]);
  });

  it('is a role as in the contract: the defaults, one with everything, one with the least', async () => {
    const { owner } = await ownedHub(test.app);
    const full = {
      name: 'N',
      identifier: 'n',
      rank: 1,
      capabilities: { all: true, specific: ['lists-manage'] },
      extra: { a: 'b' },
    };

    const made = await owner.post(ROLES, full).expect(201);
    expect(problems(made, data(role))).toEqual([]);
    expect(
      problems(await owner.post(ROLES, { identifier: 'least', rank: 0, extra: null }).expect(201), data(role)),
    ).toEqual([]);
    expect(problems(await owner.get(ROLES).expect(200), data(list(role)))).toEqual([]);
    const path = `${ROLES}/${(made.body as { data: { id: string } }).data.id}`;
    expect(problems(await owner.get(path).expect(200), data(role))).toEqual([]);
    expect(problems(await owner.patch(path, { extra: null, name: null }).expect(200), data(role))).toEqual([]);
    expect(problems(await owner.delete(path).expect(202), data(object({ action: text }, { job: object({}) })))).toEqual(
      [],
    );
  });

  it('is an API key as in the contract, at every point of its life', async () => {
    const { hub: of, owner } = await ownedHub(test.app);
    const body = { name: 'x', role_id: of.roles.integration, ips: ['192.0.2.1'] };

    const made = await owner.post(API_KEYS, body).expect(201);
    expect(problems(made, data(apiKey(notYet)))).toEqual([]);
    expect(
      problems(
        await owner.post(API_KEYS, { name: 'least', role_id: of.roles.integration }).expect(201),
        data(apiKey(notYet)),
      ),
    ).toEqual([]);
    const path = `${API_KEYS}/${(made.body as { data: { id: string } }).data.id}`;
    const withRoles = (check: Check): Check => object({ data: check, includes: object({ roles: map(role) }) });
    expect(problems(await owner.get(`${path}?include=roles`).expect(200), withRoles(apiKey(notYet)))).toEqual([]);
    expect(problems(await owner.get(`${API_KEYS}?include=roles`).expect(200), withRoles(list(apiKey(notYet))))).toEqual(
      [],
    );
    expect(problems(await owner.patch(path, { ips: null }).expect(200), data(apiKey(notYet)))).toEqual([]);
    expect(problems(await owner.delete(path).expect(200), data(apiKey(happened)))).toEqual([]);
    expect(
      problems(await owner.get(`${API_KEYS}?filter[state]=deleted`).expect(200), data(list(apiKey(happened)))),
    ).toEqual([]);
  });

  it('is a group in the same manner', async () => {
    const { hub: of, owner } = await ownedHub(test.app);
    const id = await test.app.create.group(of);

    expect(problems(await owner.get(`${GROUPS}/${id}`).expect(200), data(group))).toEqual([]);
    expect(problems(await owner.get(GROUPS).expect(200), data(list(group)))).toEqual([]);
  });
});

describe('a refusal of the management door', () => {
  it('has its status in the body, a code that begins with it, and data that is there and null', async () => {
    const { hub: of, owner, ownerId } = await ownedHub(test.app);
    const held = await test.app.create.key({ hub: of, rank: 1 });
    const weak = await test.app.create.caller({ hub: of, rank: 0 });
    const confined = await test.app.create.caller({ hub: of, ips: ['192.0.2.1'] });
    const role_id = of.roles.integration;
    await owner.post(GROUPS, { name: 'Taken' }).expect(201);
    const answers: Received[] = [
      await owner.post(API_KEYS, '{'),
      await test.app.anonymous.get(ROLES),
      await test.app.as('garbled').get(ROLES),
      await weak.get(ROLES),
      await confined.from('198.51.100.1').get('/v1/hubs/current'),
      await owner.with({ 'x-hub-id': NO_ID }).get(ROLES),
      await owner.delete(`${API_KEYS}/${ownerId}`),
      await owner.patch(`${ROLES}/${of.roles.owner}`, { name: 'x' }),
      await owner.get(`${ROLES}/${NO_ID}`),
      await owner.get(`${API_KEYS}/${NO_ID}`),
      await owner.get('/v1/nowhere'),
      await owner.post(GROUPS, { name: 'taken' }),
      await owner.delete(`${ROLES}/${held.roleId}`),
      await owner.post(GROUPS).set('content-type', 'text/plain').send('x'),
      await owner.post(API_KEYS, {}),
      await owner.post(API_KEYS, { name: 'x', role_id, ips: [] }),
      await owner.post(API_KEYS, { name: 'x', role_id, 'a/b~c': 1 }),
      await owner.get(`${API_KEYS}?sort=secret`),
    ];

    for (const answer of answers) {
      expect(problems(answer, refusal)).toEqual([]);
      const { error } = answer.body as { error: { status: number; code: string } };
      expect(error.status).toBe(answer.status);
      expect(error.code.split('.')[0]).toBe(String(answer.status));
    }
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400, 401, 403, 404, 409, 415, 422]));
  });
});
