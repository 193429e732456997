import { beforeAll, describe, expect, it } from 'vitest';
import { type ApiOperation, buildDocuments, operationsOf } from '../../src/openapi/index.js';
import { RefusalWriter } from '../../src/modules/activity/index.js';
import { hold } from '../support/stillness.js';
import { type Dump, dumpDecisions, rowsOfHub } from '../support/table-dump.js';
import { routeName, routeTable } from '../support/route-table.js';
import { useTestApp } from '../support/test-app.js';
import { onServer } from '../support/test-database.js';
import { type Caller, CALLERS, type Side } from './callers.js';
import { OPERATIONS } from './operations.js';
import { expected, type Expected, type Operation, type Relation, RELATIONS } from './policy.js';
import { World } from './world.js';

interface Cell {
  readonly caller: Caller;
  readonly operation: Operation;
  readonly relation: Relation | null;
  readonly expected: Expected;
}

interface Answered extends Cell {
  readonly path: string;
  readonly status: number;
  readonly code: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const relationsOf = ({ names }: Operation): readonly (Relation | null)[] => (names ? RELATIONS : [null]);

const CELLS: readonly Cell[] = CALLERS.flatMap((caller) =>
  OPERATIONS.flatMap((operation) =>
    relationsOf(operation).map((relation) => ({
      caller,
      operation,
      relation,
      expected: expected(operation, caller.facts, relation),
    })),
  ),
);
const REFUSED = CELLS.filter((cell) => cell.expected.status >= 400);
const ADMITTED = CELLS.filter((cell) => cell.expected.status < 400);

const test = useTestApp();
let world: World;
let refused: readonly Answered[];
let admitted: readonly Answered[];
let beforeRefused: Dump;
let afterRefused: Dump;
/** What the other hub holds, before and after all that one hub's callers were admitted to. */
const untouched: { side: Side; before: Dump; after: Dump }[] = [];

beforeAll(async () => {
  // Still, so that a slow poll never makes the server look every unknown key up anew and then refuse the address.
  await hold(test.app);
  world = await World.make(test.app);
  // Refusals are gathered and written once a minute: not between the two looks at the tables.
  await test.app.nest.get(RefusalWriter).onApplicationShutdown();
  beforeRefused = await dumpDecisions(test.app.database);
  refused = await ask(REFUSED);
  afterRefused = await dumpDecisions(test.app.database);
  const answers: Answered[] = [];
  for (const side of ['ours', 'theirs'] as const) {
    const otherHub = world.hubId(side === 'ours' ? 'theirs' : 'ours');
    const before = rowsOfHub(await dumpDecisions(test.app.database), otherHub);
    answers.push(...(await ask(ADMITTED.filter(({ caller }) => caller.side === side))));
    untouched.push({ side, before, after: rowsOfHub(await dumpDecisions(test.app.database), otherHub) });
  }
  admitted = answers;
}, 400_000);

describe('the authorisation matrix', () => {
  it('has a line for every route of the router, and a route for every line', () => {
    const routes = routeTable(test.app).filter(({ method }) => method !== 'HEAD');

    expect([...new Set(OPERATIONS.map(({ route }) => route))].sort()).toEqual(routes.map(routeName).sort());
  });

  it('asks everything of everybody', () => {
    expect(CALLERS.length).toBeGreaterThanOrEqual(12);
    expect(CELLS.length).toBeGreaterThanOrEqual(3000);
  });

  it(`refuses ${REFUSED.length} of ${CELLS.length} cells, each as the policy says`, () => {
    expect(refused.filter((cell) => !isAsExpected(cell)).map(told)).toEqual([]);
  });

  it(`admits ${ADMITTED.length} of ${CELLS.length} cells, each as the policy says`, () => {
    expect(admitted.filter((cell) => !isAsExpected(cell)).map(told)).toEqual([]);
  });

  it('admits what is in a path as the documents describe it', () => {
    const documented = new Map(
      operationsOf(buildDocuments(test.app.nest)).map(({ name, operation }) => [name, pathPattern(name, operation)]),
    );
    const patternOf = ({ operation: { route } }: Cell) => documented.get(route.replaceAll(/:(\w+)/g, '{$1}'));
    const found = admitted.filter((cell) => patternOf(cell)?.test(cell.path) === false);
    expect(found.map(({ operation, path }) => `${operation.route}: ${path}`)).toEqual([]);
    expect(admitted.filter(patternOf).length).toBeGreaterThan(ADMITTED.length / 2);
  });

  it('changes nothing by what it refuses', () => {
    expect(afterRefused).toEqual(beforeRefused);
  });

  it('changes nothing in another hub by what it admits', () => {
    for (const { before, after } of untouched) {
      expect(before['api_key']?.length).toBeGreaterThan(0);
      expect(before['list_row']?.length).toBeGreaterThan(0);
      expect(after).toEqual(before);
    }
  });

  it('answers alike whether a thing is of another hub, was deleted or never was', () => {
    const differing = byCase([...refused, ...admitted]).filter(
      (answers) => new Set(answers.map(withoutChance)).size > 1,
    );

    expect(differing.map((answers) => answers.map(told))).toEqual([]);
  });

  it('shows nobody a thing of another hub, or any credential that it knows', () => {
    const leaks = CALLERS.flatMap((caller) => {
      const hidden = world.hiddenFrom(caller);
      const answers = [...refused, ...admitted].filter((cell) => cell.caller === caller);
      return answers.flatMap((cell) =>
        hidden.filter((text) => cell.body.includes(text)).map((text) => leakOf(cell, text)),
      );
    });

    expect(leaks).toEqual([]);
  });

  it('tells who is refused why, in the body of the door', () => {
    const bodies = refused.map((cell) => ({ cell, body: JSON.parse(cell.body) as Record<string, unknown> }));
    const wrong = bodies.filter(({ cell, body }) => {
      const challenge = cell.status !== 401 || cell.headers['www-authenticate'] !== undefined;
      if (cell.operation.route.includes(' /api/v1/')) {
        const says = typeof body['error'] === 'string' && String(body['code']).startsWith(`${cell.status}.`);
        return !says || !body['requestId'] || !challenge;
      }
      const management = cell.operation.route.includes(' /v1/');
      const error = (management ? body['error'] : body) as { status?: number; requestId?: string } | undefined;
      return error?.status !== cell.status || !error.requestId || !challenge || (management && body['data'] !== null);
    });

    expect(wrong.map(({ cell }) => told(cell))).toEqual([]);
  });
});

// The router and the guard: no database tells these apart.
describe.skipIf(onServer)('a path that is spelt in another way', () => {
  it('is refused to the same callers with the same words', async () => {
    const spell = (url: string) =>
      `http://hub.test${url
        .replace('/public-api', '/public%2Dapi')
        .replace(/^\/v1/, '/%761')
        .replace(/^\/api/, '/%61pi')}`;
    const unequal: object[] = [];
    for (const cell of onceEach(refused)) {
      const again = await askOne(cell, spell);
      if (again.status !== cell.status || again.code !== cell.code) {
        unequal.push({ ...told(cell), again: again.status });
      }
    }

    expect(unequal).toEqual([]);
  }, 200_000);
});

describe.skipIf(onServer)('HEAD', () => {
  it('is decided like GET', async () => {
    const gets = onceEach([...refused, ...admitted]).filter(
      ({ operation: { route, need } }) => route.startsWith('GET ') && need.by !== 'anybody',
    );
    const unequal: object[] = [];
    for (const cell of gets) {
      const { status } = await askOne(cell, (url) => url, 'HEAD');
      if (status !== cell.status) {
        unequal.push({ ...told(cell), head: status });
      }
    }

    expect(gets.length).toBeGreaterThan(500);
    expect(unequal).toEqual([]);
  }, 200_000);
});

/** One answer for each caller, operation and status: a path and a method are read before anybody looks for what they name. */
function onceEach(answers: readonly Answered[]): Answered[] {
  const number = new Map(OPERATIONS.map((operation, index) => [operation, index]));
  const byQuestion = answers.map((answer): [string, Answered] => [
    `${answer.caller.name} ${number.get(answer.operation)} ${answer.status}`,
    answer,
  ]);
  return [...new Map(byQuestion).values()];
}

async function ask(cells: readonly Cell[]): Promise<Answered[]> {
  const answers: Answered[] = [];
  for (const cell of cells) {
    answers.push(await askOne(cell));
  }
  return answers;
}

async function askOne(
  cell: Cell,
  spell: (url: string) => string = (url) => url,
  method = cell.operation.route.slice(0, cell.operation.route.indexOf(' ')),
): Promise<Answered> {
  const { url, body } = cell.operation.send(await targetOf(cell), world.viewOf(cell.caller));
  const answer = await test.app.nest.inject({
    method: method as 'GET',
    url: spell(url),
    headers: world.headersOf(cell.caller),
    ...(body ? { payload: body } : {}),
  });
  return {
    ...cell,
    path: new URL(url, 'http://hub.example').pathname,
    status: answer.statusCode,
    code: answer.statusCode < 400 ? undefined : codeOf(answer.body),
    headers: answer.headers,
    body: answer.body,
  };
}

function targetOf({ caller, operation, relation, expected: outcome }: Cell): string | Promise<string> {
  const { names, consumes } = operation;
  if (!names || !relation) {
    return '';
  }
  const usedUp =
    consumes && relation === 'own' && outcome.status < 400 && names !== 'list-name' && names !== 'variable-name';
  return usedUp ? world.disposable(caller, names) : world.target(caller, names, relation);
}

/** The paths that the description of its parameters allows. */
function pathPattern(name: string, { parameters }: ApiOperation): RegExp {
  const values = new Map(
    parameters.map(({ name: parameter, schema }) => {
      const { pattern, enum: values, format } = schema as { pattern?: string; enum?: string[]; format?: string };
      const uuid = format === 'uuid' ? '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}' : undefined;
      return [parameter, pattern?.replaceAll(/^\^|\$$/g, '') ?? values?.join('|') ?? uuid ?? '[^/]+'];
    }),
  );
  const path = name.slice(name.indexOf(' ') + 1);
  return new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => `(?:${values.get(parameter)})`)}$`);
}

function codeOf(body: string): string | undefined {
  if (!body.startsWith('{')) {
    return undefined;
  }
  const { error, code } = JSON.parse(body) as { error?: { code?: string }; code?: string };
  return error?.code ?? code;
}

function isAsExpected({ expected: outcome, status, code }: Answered): boolean {
  return status === outcome.status && (outcome.code === undefined || code === outcome.code);
}

function leakOf(cell: Answered, text: string): object {
  return { ...told(cell), text };
}

function told({ caller, operation, relation, expected: outcome, status, code }: Answered): object {
  return { who: caller.name, what: operation.route, relation, expected: outcome, status, code };
}

/** The answers to one question of one caller, apart from those about its own things. */
function byCase(answers: readonly Answered[]): Answered[][] {
  const cases = new Map<Caller, Map<Operation, Answered[]>>();
  for (const answer of answers.filter(({ relation }) => relation !== null && relation !== 'own')) {
    const ofCaller = cases.get(answer.caller) ?? new Map<Operation, Answered[]>();
    cases.set(answer.caller, ofCaller);
    ofCaller.set(answer.operation, [...(ofCaller.get(answer.operation) ?? []), answer]);
  }
  return [...cases.values()].flatMap((ofCaller) => [...ofCaller.values()]);
}

/** Everything of an answer but its request id, its date, and the row number that the caller itself sent. */
function withoutChance({ status, headers, body, operation }: Answered): string {
  const { date: _date, 'x-request-id': _id, 'content-length': length, ...others } = headers;
  const anonymous = body
    .replace(/"requestId":"[^"]*"/, '"requestId":""')
    .replace(/No row has the ID \d+/, 'No row has the ID');
  return JSON.stringify([status, others, operation.names === 'row' ? 0 : length, anonymous]);
}
