import { describe, expect, it } from 'vitest';
import {
  type ApiDocuments,
  type ApiOperation,
  buildDocuments,
  operationsOf,
  type PublishedOperation,
} from '../../src/openapi/index.js';
import { parseFilter } from '../../src/modules/domain/filter/parse.js';
import { type Client } from '../support/client.js';
import { type TestHub } from '../support/factory.js';
import { API_KEYS, GROUPS, keyPath, ownedHub, ROLES } from '../support/management.js';
import { type TestApp, useTestApp } from '../support/test-app.js';
import { ACCOUNT_RUNS } from './account-runs.js';
import { DOMAIN_RUNS } from './domain-runs.js';
import { ALERT_RUNS } from './alert-runs.js';
import { LIST_IMPORT_RUNS } from './list-import-runs.js';
import { VARIABLE_RUNS } from './variable-runs.js';
import { WEBHOOK_RUNS } from './webhook-runs.js';
import { BOX_ENVIRONMENT, BOX_RUNS } from './box-runs.js';
import { COLUMN_RUNS } from './column-runs.js';

const server = useTestApp({ environment: { HUB_CREATION: 'root-keys', ...BOX_ENVIRONMENT } });
let memo: ApiDocuments | undefined;
const documents = (): ApiDocuments => (memo ??= buildDocuments(server.app.nest));

interface World {
  readonly app: TestApp;
  readonly hub: TestHub;
  readonly owner: Client;
}
type Answer = Awaited<ReturnType<Client['get']>>;
/** Sends a body that an operation offers to a thing made for it. */
type Run = (world: World, body: Readonly<Record<string, unknown>>) => PromiseLike<Answer>;

const CURRENT = '/v1/hubs/current';
const ITEMS = '/public-api/v1/lists/items';

/** By `METHOD path`: every operation that takes a body. */
const RUNS: Readonly<Record<string, Run>> = {
  ...ACCOUNT_RUNS,
  ...ALERT_RUNS,
  ...DOMAIN_RUNS,
  ...LIST_IMPORT_RUNS,
  ...VARIABLE_RUNS,
  ...WEBHOOK_RUNS,
  ...BOX_RUNS,
  ...COLUMN_RUNS,
  ['POST /api/v1/api_keys']: ({ owner }, body) => owner.post('/api/v1/api_keys', body),
  ['POST /v1/hubs']: ({ owner }, body) => owner.post('/v1/hubs', body),
  [`DELETE ${CURRENT}`]: ({ owner }, body) => owner.delete(CURRENT, body),
  [`PATCH ${CURRENT}`]: ({ owner }, body) => owner.patch(CURRENT, body),
  [`POST ${ROLES}`]: ({ owner }, body) => owner.post(ROLES, body),
  [`PATCH ${ROLES}/{roleId}`]: async ({ hub, owner }, body) =>
    owner.patch(`${ROLES}/${await server.app.create.role(hub, [], 0)}`, body),
  [`POST ${GROUPS}`]: ({ owner }, body) => owner.post(GROUPS, body),
  [`PATCH ${GROUPS}/{groupId}`]: async ({ hub, owner }, body) =>
    owner.patch(`${GROUPS}/${await server.app.create.group(hub)}`, body),
  [`POST ${CURRENT}/lists`]: ({ owner }, body) => owner.post(`${CURRENT}/lists`, body),
  [`POST ${API_KEYS}`]: async ({ hub, owner }, body) => {
    const ids = { role_id: hub.roles['integration'], group_id: await server.app.create.group(hub) };
    return owner.post(API_KEYS, { ...body, ...pick(ids, Object.keys(body)) });
  },
  [`PATCH ${API_KEYS}/{apikeyId}`]: async (world, body) => world.owner.patch(await someKey(world), body),
  [`POST ${API_KEYS}/{apikeyId}/rotate`]: async (world, body) =>
    world.owner.post(`${await someKey(world)}/rotate`, body),
  [`POST ${ITEMS}`]: async (world, body) => (await integrator(world)).post(ITEMS, body),
  ['POST /public-api/v1/lists/list']: async (world, body) =>
    (await integrator(world)).post('/public-api/v1/lists/list', body),
  [`PUT ${ITEMS}`]: async (world, body) => (await integratorWithRow(world)).put(ITEMS, body),
  [`DELETE ${ITEMS}`]: async (world, body) => (await integratorWithRow(world)).delete(ITEMS, body),
};

function pick(ids: Readonly<Record<string, string | undefined>>, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(ids).filter(([name]) => names.includes(name)));
}

async function someKey({ hub }: World): Promise<string> {
  return keyPath(await server.app.create.key({ hub, roleId: hub.roles['integration'] }));
}

/** A caller who may do everything with the list that the example of its making makes. */
async function integrator({ hub, owner }: World): Promise<Client> {
  await owner.post(`${CURRENT}/lists`, bodiesOf(`POST ${CURRENT}/lists`)[0]);
  return server.app.create.integrator(hub);
}

/** The same, with the row that the example of adding one adds. */
async function integratorWithRow(world: World): Promise<Client> {
  const caller = await integrator(world);
  await caller.post(ITEMS, bodiesOf(`POST ${ITEMS}`)[0]);
  return caller;
}

function withBody(): PublishedOperation[] {
  return operationsOf(documents()).filter(({ operation }) => operation.requestBody !== undefined);
}

function operationOf(name: string): ApiOperation {
  return withBody().find((one) => one.name === name)?.operation as ApiOperation;
}

/** The bodies that the page offers. */
function bodiesOf(name: string): Readonly<Record<string, unknown>>[] {
  const [content] = Object.values(operationOf(name).requestBody?.content ?? {});
  const examples = content?.examples ?? {};
  return Object.values(examples).map(({ value }) => value as Record<string, unknown>);
}

describe('the bodies that the page offers', () => {
  it('are run here, those of every operation that takes one', () => {
    const names = withBody().map(({ name }) => name);
    expect(Object.keys(RUNS).sort()).toEqual(names.sort());
  });

  it.each(Object.keys(RUNS))('%s: run as they are, ids apart', async (name) => {
    const statuses: number[] = [];
    for (const body of bodiesOf(name)) {
      statuses.push((await RUNS[name]({ app: server.app, ...(await ownedHub(server.app)) }, body)).status);
    }
    const [success] = Object.keys(operationOf(name).responses).filter((status) => status.startsWith('2'));
    expect(statuses.length).toBeGreaterThan(0);
    expect(statuses).toEqual(statuses.map(() => Number(success)));
  });
});

describe('the filters that the documents show', () => {
  it('are filters', () => {
    const shown: string[] = [];
    JSON.stringify(documents(), (key, value: unknown) => {
      const { example } = (key === 'filter_str' ? (value ?? {}) : {}) as { example?: string };
      shown.push(...(key === 'filter_str' && typeof value === 'string' ? [value] : []), ...(example ? [example] : []));
      return value;
    });
    expect(shown.length).toBeGreaterThan(4);
    for (const text of shown) {
      expect(() => parseFilter(text)).not.toThrow();
    }
  });
});

describe('the query parameters of the documents', () => {
  it('are all understood, alone and each with each of its values', async () => {
    const { hub, owner } = await ownedHub(server.app);
    await server.app.create.list(hub);
    const groupId = await server.app.create.group(hub, {
      lists: [{ list_id: '*', rights: ['read'] }],
      alerts: ['read'],
      variables: [{ variable_id: '*', rights: ['read'] }],
    });
    const integrator = await server.app.create.integrator(hub, { groupId });
    const refused: string[] = [];
    for (const [name, client] of [
      ['management', owner],
      ['public-v1', integrator],
    ] as const) {
      for (const [path, { get }] of Object.entries(documents()[name].paths)) {
        for (const query of get && !path.includes('{') ? queriesOf(get) : []) {
          const { status } = await client.get(`${path}?${query}`);
          refused.push(...(status === 422 ? [`${path}?${query}`] : []));
        }
      }
    }
    expect(refused).toEqual([]);
  });
});

function queriesOf({ parameters }: ApiOperation): string[] {
  const queries = parameters.filter((parameter) => parameter.in === 'query');
  const required = queries.filter((parameter) => parameter.required === true);
  const fixed = required.map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`);
  const optional = queries.filter((parameter) => parameter.required !== true);
  return optional.flatMap(({ name, schema = {} }) =>
    valuesOf(schema).map((value) => [...fixed, `${encodeURIComponent(name)}=${encodeURIComponent(value)}`].join('&')),
  );
}

interface Schema {
  readonly enum?: string[];
  readonly items?: Record<string, unknown>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly format?: string;
}

function valuesOf(schema: Record<string, unknown>): string[] {
  const { enum: values, items, minimum, maximum, pattern, format } = schema as Schema;
  if (format === 'date') {
    return ['2026-03-01'];
  }
  if (items) {
    return valuesOf(items);
  }
  if (values) {
    return values;
  }
  if (minimum !== undefined) {
    return [String(minimum), String(maximum)];
  }
  if (format === 'date-time') {
    return ['2030-01-01T00:00:00Z'];
  }
  return [pattern === undefined ? 'ID' : '0'.repeat(24)];
}
