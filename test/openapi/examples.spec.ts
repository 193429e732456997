import { describe, expect, it } from '@jest/globals';
import { type ApiDocuments, type ApiOperation, buildDocuments, type DocumentName } from '../../src/openapi/index.js';
import { type Client } from '../support/client.js';
import { useTestApp } from '../support/test-app.js';

const server = useTestApp();
let memo: ApiDocuments | undefined;
const documents = (): ApiDocuments => (memo ??= buildDocuments(server.app.nest));

function operation(document: DocumentName, path: string, method: string): ApiOperation {
  return documents()[document].paths[path][method];
}

/** The bodies that the page offers, with the ids that a reader has to put in. */
function bodiesOf({ requestBody }: ApiOperation, ids: Readonly<Record<string, string>> = {}): object[] {
  const examples = Object.values(requestBody?.content['application/json']?.examples ?? {});
  return examples.map(({ value }) => ({ ...(value as object), ...pick(ids, Object.keys(value as object)) }));
}

function pick(ids: Readonly<Record<string, string>>, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(ids).filter(([name]) => names.includes(name)));
}

async function owner(): Promise<{ hub: Awaited<ReturnType<typeof server.app.create.hub>>; caller: Client }> {
  const hub = await server.app.create.hub();
  return { hub, caller: server.app.as((await server.app.create.ownerKey(hub)).secret) };
}

interface Answer {
  data: { id: string };
}

/** Makes one of each example, and changes it by each example of a change; answers every status. */
async function runThrough(caller: Client, path: string, ids: Readonly<Record<string, string>> = {}): Promise<number[]> {
  const itemPath = Object.keys(documents().management.paths).find((other) => other.startsWith(`${path}/{`)) ?? '';
  const patch = documents().management.paths[itemPath]?.['patch'];
  const statuses: number[] = [];
  for (const body of bodiesOf(operation('management', path, 'post'), ids)) {
    const made = await caller.post(path, body);
    statuses.push(made.status);
    for (const change of patch ? bodiesOf(patch) : []) {
      statuses.push((await caller.patch(`${path}/${(made.body as Answer).data.id}`, change)).status);
    }
  }
  return statuses;
}

describe('the bodies that the page offers run as they are, ids apart', () => {
  it.each([
    ['roles', [201, 200]],
    ['groups', [201, 200]],
    ['lists', [201]],
  ])('POST and PATCH of %s', async (resource, expected) => {
    const { caller } = await owner();
    expect(await runThrough(caller, `/v1/hubs/current/${resource}`)).toEqual(expected);
  });

  it('POST and PATCH of API keys', async () => {
    const { hub, caller } = await owner();
    const ids = { role_id: hub.roles['integration'], group_id: await server.app.create.group(hub) };
    const statuses = await runThrough(caller, '/v1/hubs/current/api-keys', ids);
    expect(statuses).toEqual([201, 200, 200, 200, 200, 201, 200, 200, 200, 200]);
  });

  it('rows of the list of the examples', async () => {
    const { hub, caller } = await owner();
    await runThrough(caller, '/v1/hubs/current/lists');
    const integrator = await server.app.create.integrator(hub);
    const path = '/public-api/v1/lists/items';
    const statuses: number[] = [];
    for (const method of ['post', 'put', 'delete'] as const) {
      for (const body of bodiesOf(operation('public-v1', path, method))) {
        statuses.push((await integrator[method](path, body)).status);
      }
    }
    expect(statuses).toEqual([200, 200, 200]);
  });
});

describe('the query parameters of the documents', () => {
  it('are all understood, alone and each with each of its values', async () => {
    const { hub, caller } = await owner();
    await server.app.create.list(hub);
    const integrator = await server.app.create.integrator(hub);
    const refused: string[] = [];
    for (const [name, client] of [
      ['management', caller],
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
  return [pattern === undefined ? 'ID' : '0'.repeat(24)];
}
