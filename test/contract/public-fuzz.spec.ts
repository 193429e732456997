import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ApiDocument, type ApiOperation, buildDocuments } from '../../src/openapi/index.js';
import { ownedHub } from '../support/management.js';
import { useTestApp } from '../support/test-app.js';
import { Dice, hostileRequest, type HostileRequest } from './support/hostile.js';

/** Another one tries other requests: FUZZ_SEED=7. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const REQUESTS_PER_OPERATION = 40;
const HANGING_MILLISECONDS = 10_000;

const test = useTestApp();

let document: ApiDocument;
let token: string;
const compiled = new Map<object, ValidateFunction>();
const ajv = new Ajv({ strict: false });
addFormats.default(ajv);

interface Operation {
  readonly path: string;
  readonly method: string;
  readonly operation: ApiOperation;
}

/** A hub in which there is something of everything, and a key that may do all with it. */
beforeAll(async () => {
  document = buildDocuments(test.app.nest)['public-v1'];
  const { hub, owner } = await ownedHub(test.app);
  await test.app.create.list(hub, 'StockInfo');
  await owner.post('/v1/hubs/current/variables', { name: 'LineSpeed', type: 'Number', value: 1 }).expect(201);
  const both = ['read', 'write'] as const;
  const groupId = await test.app.create.group(hub, {
    lists: [{ list_id: '*', rights: ['read', 'add', 'change', 'delete', 'clear'] }],
    boxes: [{ box_id: '*', rights: both }],
    variables: [{ variable_id: '*', rights: both }],
    alerts: both,
  });
  token = await test.app.create.token(await test.app.create.integrationKey(hub, { groupId }));
  for (let row = 0; row < 5; row += 1) {
    const data = { MaterialNo: `A-${row}`, Quantity: row, Locked: false };
    await test.app.as(token).post('/public-api/v1/lists/items', { listName: 'StockInfo', data }).expect(200);
  }
  await test.app.as(token).post('/public-api/v1/alerts', { type: 'Info', message: 'Here' }).expect(200);
}, 60_000);

function operations(): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Null when nothing came. */
async function ask({ method, url, headers, payload }: HostileRequest): Promise<Answer | null> {
  const asked = test.app.nest.inject({
    method: method as 'GET',
    url,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), HANGING_MILLISECONDS);
  });
  const answer = await Promise.race([asked, hung]);
  clearTimeout(timer);
  return answer && { status: answer.statusCode, type: String(answer.headers['content-type']), text: answer.body };
}

/** What is wrong with an answer; null = nothing. */
function problemOf(answer: Answer | null, { operation }: Operation): string | null {
  if (!answer) {
    return 'hangs';
  }
  const { status, type, text } = answer;
  if (status >= 500) {
    return `is a ${status}`;
  }
  const declared = operation.responses[String(status)];
  if (!declared) {
    return `has the status ${status}, which the document does not tell`;
  }
  if (status >= 400) {
    return problemOfRefusal(answer);
  }
  const media = type.split(';', 1)[0];
  const content = declared.content?.[media];
  if (!content) {
    return `is ${media}, which the document does not tell`;
  }
  return media === 'application/json' ? violation(content.schema ?? {}, JSON.parse(text)) : null;
}

function problemOfRefusal({ status, type, text }: Answer): string | null {
  if (!type.startsWith('application/problem+json')) {
    return `is a ${status} of ${type}`;
  }
  const problem = JSON.parse(text) as Record<string, unknown>;
  const { code, requestId, title } = problem;
  const said = problem['status'] === status && typeof code === 'string' && code.startsWith(`${status}.`);
  return said && typeof requestId === 'string' && requestId !== '' && typeof title === 'string'
    ? violation({ $ref: '#/components/schemas/Problem' }, problem)
    : `is a ${status} without its facts`;
}

function violation(schema: object, body: unknown): string | null {
  let validate = compiled.get(schema);
  if (!validate) {
    const { schemas } = document.components;
    validate = ajv.compile(withNull({ ...schema, components: { schemas } }) as object);
    compiled.set(schema, validate);
  }
  return validate(body) ? null : `breaks its schema: ${ajv.errorsText(validate.errors).slice(0, 300)}`;
}

/** `nullable` of OpenAPI 3.0 in the words of JSON Schema. */
function withNull(schema: unknown): unknown {
  if (Array.isArray(schema)) {
    return schema.map(withNull);
  }
  if (typeof schema !== 'object' || schema === null) {
    return schema;
  }
  const { nullable, ...rest } = schema as Record<string, unknown>;
  const plain = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, withNull(value)]));
  return nullable === true ? { anyOf: [plain, { type: 'null' }] } : plain;
}

describe('every operation of the public document', () => {
  it('is tried here, with one that is meant well and many that are not', async () => {
    const dice = new Dice(SEED);
    // What is wrong, once for each operation, with a request that shows it.
    const wrong = new Map<string, object>();
    const statuses = new Map<string, Set<number>>();
    for (const one of operations()) {
      const name = `${one.method.toUpperCase()} ${one.path}`;
      const seen = new Set<number>();
      for (let count = 0; count < REQUESTS_PER_OPERATION; count += 1) {
        const request = hostileRequest(dice, one.path, one.method, one.operation);
        const answer = await ask(request);
        seen.add(answer?.status ?? 0);
        const problem = problemOf(answer, one);
        if (problem !== null) {
          wrong.set(`${name} ${problem}`, { url: request.url.slice(0, 300), payload: request.payload?.slice(0, 300) });
        }
      }
      statuses.set(name, seen);
    }

    expect({ SEED, wrong: [...wrong] }).toEqual({ SEED, wrong: [] });
    // What takes anything at all has refused something of this.
    const taking = operations().filter(
      ({ operation: { parameters, requestBody } }) => requestBody ?? parameters.length > 0,
    );
    const tame = taking.filter(({ path, method }) => {
      return ![...(statuses.get(`${method.toUpperCase()} ${path}`) ?? [])].some((status) => status >= 400);
    });
    expect(tame.map(({ path }) => path)).toEqual([]);
  }, 120_000);
});

describe('the checks themselves', () => {
  const fake = (responses: object): Operation => ({
    path: '/',
    method: 'get',
    operation: { responses } as ApiOperation,
  });

  it('find what they are there for', () => {
    const schema = { type: 'object', required: ['a'], properties: { a: { type: 'number', nullable: true } } };
    const operation = fake({ 200: { content: { 'application/json': { schema } } }, 422: {} });
    const told = (status: number, text: string, type = 'application/json') =>
      problemOf({ status, type, text }, operation);

    expect(problemOf(null, operation)).toBe('hangs');
    expect(told(500, '')).toBe('is a 500');
    expect(told(418, '')).toMatch('does not tell');
    expect(told(200, '', 'text/html')).toMatch('does not tell');
    expect(told(200, '{"a":"x"}')).toMatch('breaks its schema');
    expect(told(200, '{"a":null}')).toBeNull();
    expect(told(422, '{}', 'text/plain')).toMatch('is a 422 of');
    expect(told(422, '{"status":422}', 'application/problem+json')).toMatch('without its facts');
  });
});
