import { describe, expect, it } from 'vitest';
import { Controller, Get, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import {
  CAPABILITY_NAMES,
  isCapability,
  DATA_RIGHTS,
  LIST_RIGHTS,
  RouteAccessCheck,
  SCOPES,
} from '../../src/access/index.js';
import { OPENAPI_PATHS } from '../../src/openapi/index.js';
import { rawRequest } from '../support/raw-request.js';
import { OPEN_ROUTES, routeName, routeTable, type TableRoute } from '../support/route-table.js';
import { TestApp, useTestApp } from '../support/test-app.js';

const test = useTestApp();

const PAGE = new Set<string>(OPENAPI_PATHS);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A path of the table with something in place of its parameters. */
const concrete = ({ path }: TableRoute): string => path.replace(/:\w+/g, '0'.repeat(24));

const accesses = () => test.app.nest.get(RouteAccessCheck).routes();

interface Body {
  readonly error?: { readonly status?: number; readonly code?: string; readonly requestId?: string } | string;
  readonly data?: unknown;
  readonly status?: number;
  readonly code?: string;
  readonly requestId?: string;
}

/** Which door's error a body is. */
function doorOfBody(contentType: string, text: string): string {
  const body = JSON.parse(text) as Body;
  if (contentType.startsWith('application/problem+json')) {
    return typeof body.code === 'string' && typeof body.requestId === 'string' ? 'public' : 'broken';
  }
  if (typeof body.error === 'string') {
    return typeof body.requestId === 'string' ? 'account' : 'broken';
  }
  return typeof body.error?.requestId === 'string' && body.data === null ? 'management' : 'broken';
}

function doorOfPath(path: string): string {
  if (path.startsWith('/api/v1/')) {
    return 'account';
  }
  return path.startsWith('/v1') ? 'management' : 'public';
}

describe('every route', () => {
  it('declares its access', () => {
    expect(accesses().filter(({ access }) => access === undefined)).toEqual([]);
    expect(accesses().length).toBeGreaterThan(20);
  });

  it('of the router is a declared handler or a file of the API page', () => {
    const declared = test.app.nest
      .get(DiscoveryService)
      .getControllers()
      .flatMap(({ metatype }) => (typeof metatype === 'function' ? declaredBy(metatype) : []));
    const routed = routeTable(test.app).filter(({ method, path }) => method !== 'HEAD' && !PAGE.has(path));

    expect(routed.map(routeName).sort()).toEqual(declared.sort());
    expect(declared).toHaveLength(accesses().length);
  });

  it('has its HEAD beside its GET', () => {
    const of = (wanted: string) =>
      routeTable(test.app).flatMap(({ method, path }) => (method === wanted ? [path] : []));

    expect(of('HEAD').sort()).toEqual(of('GET').sort());
  });

  it('without a declared access keeps the server from starting', () => {
    @Controller('forgotten')
    class ForgottenController {
      @Get()
      open(): string {
        return 'open';
      }
    }
    const discovery = { getControllers: () => [{ metatype: ForgottenController }] } as unknown as DiscoveryService;
    const check = new RouteAccessCheck(discovery, new MetadataScanner());

    expect(() => check.onModuleInit()).toThrow('ForgottenController.open');
  });
});

/** Asked for by their service: without them the thing is not there, which no guard can say. */
const BY_INSTANCE = ['api-keys-reveal', 'apionly-jobs-view'];

describe('every capability', () => {
  it('is asked for by a route, and no route asks for another', () => {
    const asked = accesses().flatMap(({ access }) => (access?.kind === 'capability' ? [access.capability] : []));

    expect([...new Set<string>([...asked, ...BY_INSTANCE])].sort()).toEqual([...CAPABILITY_NAMES].sort());
    expect(asked.filter((name) => !isCapability(name))).toEqual([]);
  });
});

describe('every scope and right that a route asks for', () => {
  it('exists', () => {
    const asked = accesses().flatMap(({ access }) => (access?.kind === 'scope' ? [access] : []));

    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter(({ scope }) => !SCOPES.includes(scope))).toEqual([]);
    const rights: readonly string[] = [...LIST_RIGHTS, ...DATA_RIGHTS];
    expect(asked.filter(({ right }) => !rights.includes(right))).toEqual([]);
  });
});

describe('an address without a route', () => {
  const unknown: [string, string][] = [
    ['/v1', 'management'],
    ['/v1/', 'management'],
    ['/v1/nothing', 'management'],
    ['/v1?x=1', 'management'],
    ['/v1/hubs/current/', 'management'],
    ['/v1//hubs/current', 'management'],
    ['/v1/hubs/./current', 'management'],
    ['/v1/hubs/current;a=b', 'management'],
    ['/v1/hubs/CURRENT', 'management'],
    ['/v1/hubs/current%00', 'management'],
    ['/v1/../healthz/live', 'management'],
    ['/public-api/v1/nothing', 'public'],
    ['/public-api/v3/auth/token', 'public'],
    ['/public-api/V1/lists', 'public'],
    ['/public-api/v1/lists/', 'public'],
    ['/public-api/..%2fv1/hubs/current', 'public'],
    ['/api/v1', 'account'],
    ['/api/v1/api_keys//', 'account'],
    ['/api/v1/API_KEYS', 'account'],
    ['/api/v1/domain', 'account'],
    ['/', 'public'],
    ['/v10/hubs', 'public'],
    ['/V1/hubs/current', 'public'],
    ['/nothing', 'public'],
    ['/.well-known/openid-configuration', 'public'],
    ['*', 'public'],
  ];

  it.each(unknown)('%s is a 404 in the body of its door (%s)', async (target, door) => {
    const { status, head, body } = await rawRequest(test.app, target, []);

    expect(status).toBe(404);
    expect(doorOfBody(headerOf(head, 'content-type'), body)).toBe(door);
    expect(body).toContain('404.uri');
    expectCommonHeaders(head);
  });
});

/** `PATCH …/roles/defaults` is the route of a role whose id reads so; nobody has such an id. */
function takesId(known: ReadonlySet<string>, method: string, path: string): boolean {
  const collection = path.slice(0, path.lastIndexOf('/'));
  return [...known].some(
    (route) => route.startsWith(`${method} ${collection}/:`) && route.split('/').length === path.split('/').length,
  );
}

describe('a method that a route does not have', () => {
  it.each(['OPTIONS', 'TRACE', 'PROPFIND', 'LOCK', 'SEARCH'])(
    '(%s) is a 404 with a body, on every path',
    async (method) => {
      const paths = [...new Set(routeTable(test.app).map(concrete))];
      for (const path of paths) {
        const { status, head, body } = await rawRequest(test.app, path, [], method);

        expect([path, status]).toEqual([path, 404]);
        expect(doorOfBody(headerOf(head, 'content-type'), body)).toBe(doorOfPath(path));
        expectCommonHeaders(head);
      }
    },
  );

  it('is a 404 wherever only other methods are declared', async () => {
    const table = routeTable(test.app);
    const known = new Set(table.map(routeName));
    const missing = [...new Set(table.map(({ path }) => path))].flatMap((path) =>
      ['POST', 'PUT', 'PATCH', 'DELETE']
        .filter((method) => !known.has(`${method} ${path}`) && !takesId(known, method, path))
        .map((method) => ({ method, path })),
    );
    const statuses = [];
    for (const route of missing) {
      statuses.push((await rawRequest(test.app, concrete(route), [], route.method)).status);
    }

    expect(missing.length).toBeGreaterThan(20);
    expect(new Set(statuses)).toEqual(new Set([404]));
  });
});

describe('HEAD', () => {
  it('answers as GET does, without a body', async () => {
    for (const route of routeTable(test.app).filter(({ method }) => method === 'HEAD')) {
      const [get, head] = [
        await rawRequest(test.app, concrete(route), []),
        await rawRequest(test.app, concrete(route), [], 'HEAD'),
      ];

      expect([route.path, head.status, head.body]).toEqual([route.path, get.status, '']);
      expect(headerOf(head.head, 'content-type')).toBe(headerOf(get.head, 'content-type'));
      expect(headerOf(head.head, 'www-authenticate')).toBe(headerOf(get.head, 'www-authenticate'));
    }
  });
});

describe('a request without a credential', () => {
  it('is a 401 with a challenge on every route that is not public', async () => {
    const open = new Set(['/healthz/live', '/healthz/ready', '/.well-known/jwks.json', ...PAGE]);
    const closed = routeTable(test.app).filter((route) => !open.has(route.path) && !OPEN_ROUTES.has(routeName(route)));
    for (const route of closed) {
      const { status, head } = await rawRequest(test.app, concrete(route), [], route.method);

      expect([routeName(route), status]).toEqual([routeName(route), 401]);
      expect(headerOf(head, 'www-authenticate')).toBe('bearer realm="hubgate"');
      expectCommonHeaders(head);
    }
  });
});

describe('what the router or the parser cannot read', () => {
  const long = 'x'.repeat(300);
  const cases: [string, string, string[], string, number, string][] = [
    ['a broken escape in a management path', '/v1/hubs/%zz', [], 'GET', 400, 'management'],
    ['a broken escape in a public path', '/public-api/v1/%c3%28', [], 'GET', 400, 'public'],
    ['an id of 300 characters', `/v1/hubs/current/roles/${long}`, [], 'GET', 404, 'management'],
    ['a method that HTTP does not know', '/v1/hubs/current', [], 'NONSENSE', 400, 'public'],
    ['a target without a slash', 'v1/hubs/current', [], 'GET', 400, 'public'],
    ['headers of 20 KiB', '/v1/hubs/current', [`X-Large: ${'x'.repeat(20_000)}`], 'GET', 431, 'public'],
    ['a length that is no number', '/v1/hubs/current', ['Content-Length: much'], 'POST', 400, 'public'],
    ['two lengths', '/v1/hubs/current', ['Content-Length: 1', 'Content-Length: 2'], 'POST', 400, 'public'],
    [
      'a length beside chunks',
      '/v1/hubs/current',
      ['Transfer-Encoding: chunked', 'Content-Length: 3'],
      'POST',
      400,
      'public',
    ],
  ];

  it.each(cases)('%s: a body like every other error’s', async (_name, target, headers, method, status, door) => {
    const answer = await rawRequest(test.app, target, headers, method);

    expect(answer.status).toBe(status);
    expect(doorOfBody(headerOf(answer.head, 'content-type'), answer.body)).toBe(door);
    expect(answer.body).not.toContain(long);
    expectCommonHeaders(answer.head);
  });

  it('an expectation that nobody knows is ignored', async () => {
    const { status, body } = await rawRequest(test.app, '/healthz/live', ['Expect: nonsense']);

    expect([status, body]).toEqual([200, '{"status":"HUB-LIVE"}']);
  });
});

describe('X-Request-Id', () => {
  const kept = ['abcdefgh', 'A-b_c.d-1234', 'a'.repeat(64)];
  const replaced = ['short', 'a'.repeat(65), 'with blank', 'semi;colon', 'quote"quote', '<script>', 'line%0d%0abreak'];

  it.each(kept)('%s is taken over, into the header and the body', async (id) => {
    const { headers, body } = await test.app.anonymous.with({ 'x-request-id': id }).get('/v1/hubs/current').expect(401);

    expect(headers['x-request-id']).toBe(id);
    expect((body as { error: { requestId: string } }).error.requestId).toBe(id);
  });

  it.each(replaced)('"%s" is replaced by one of ours', async (id) => {
    const { headers, body } = await test.app.anonymous
      .with({ 'x-request-id': id })
      .get('/public-api/v1/lists')
      .expect(401);

    expect(headers['x-request-id']).toMatch(UUID);
    expect((body as Body).requestId).toBe(headers['x-request-id']);
  });

  it('of IIS counts when there is no other', async () => {
    const { headers } = await test.app.anonymous
      .with({ 'x-arr-log-id': 'arr-log-id-1' })
      .get('/healthz/live')
      .expect(200);

    expect(headers['x-request-id']).toBe('arr-log-id-1');
  });

  it('differs from request to request', async () => {
    const ids = [];
    for (let round = 0; round < 5; round += 1) {
      ids.push((await test.app.anonymous.get('/healthz/live')).headers['x-request-id']);
    }

    expect(new Set(ids).size).toBe(5);
  });
});

describe('an answer', () => {
  it('is never kept by a cache and never guessed at, on every route and status', async () => {
    const owner = await ownerOf(test.app);
    for (const route of routeTable(test.app).filter(({ method }) => method === 'GET')) {
      const { head } = await rawRequest(test.app, concrete(route), [
        `Authorization: Bearer ${owner}`,
        `apiKey: ${owner}`,
      ]);

      expect(headerOf(head, 'x-content-type-options')).toBe('nosniff');
      expect(headerOf(head, 'x-request-id')).toMatch(UUID);
      // Whoever asks for the page's files again gets a 304; they are the same for all and hold nothing of anybody.
      expect([route.path, headerOf(head, 'cache-control')]).toEqual([
        route.path,
        PAGE.has(route.path) ? 'no-cache' : 'no-store',
      ]);
      expect(head).not.toMatch(/^(server|x-powered-by|set-cookie|access-control-allow-origin):/m);
    }
  });
});

describe('a header or a parameter that asks for another method', () => {
  it.each(['x-http-method-override', 'x-http-method', 'x-method-override', '_method'])(
    '(%s) changes nothing',
    async (name) => {
      const hub = await test.app.create.hub();
      const caller = await test.app.create.caller({ hub, capabilities: ['groups-manage'] });
      const path = `/v1/hubs/current/groups/${await test.app.create.group(hub, [])}`;

      await caller
        .with({ [name]: 'DELETE' })
        .get(path)
        .expect(200);
      await caller
        .with({ [name]: 'DELETE' })
        .patch(path, { description: 'still here' })
        .expect(200);
      await caller.patch(`${path}?_method=DELETE`, {}).expect(422);

      expect((await caller.get(path)).status).toBe(200);
    },
  );
});

describe('a query with stray ampersands', () => {
  it.each(['?&', '?&&page[size]=1&', '?page%5Bsize%5D=1&&', '?'])(
    '%s is read as if they were not there',
    async (query) => {
      const hub = await test.app.create.hub();
      const caller = await test.app.create.caller({ hub, capabilities: ['groups-manage'] });

      expect((await caller.get(`/v1/hubs/current/groups${query}`)).status).toBe(200);
    },
  );
});

describe('DELETE with a JSON content type and no body', () => {
  it.each([
    ['groups', 200],
    ['roles', 202],
    ['lists', 202],
    ['api-keys', 200],
  ])('works on /v1/hubs/current/%s', async (collection, status) => {
    const hub = await test.app.create.hub();
    const ids: Record<string, () => Promise<string>> = {
      groups: () => test.app.create.group(hub, []),
      roles: () => test.app.create.role(hub, [], 1),
      lists: async () => (await test.app.create.list(hub)).id,
      'api-keys': async () => (await test.app.create.key({ hub })).id,
    };
    const owner = test.app
      .as((await test.app.create.ownerKey(hub)).secret)
      .with({ 'content-type': 'application/json' });
    const path = `/v1/hubs/current/${collection}/${await ids[collection]?.()}`;

    expect((await owner.delete(path)).status).toBe(status);
    await owner.get(path).expect(404);
  });
});

describe('a body', () => {
  const bodies: [string, string, string, number, string][] = [
    ['that is no JSON', 'application/json', '{"name":', 400, '400.invalid-syntax'],
    ['that would change prototypes', 'application/json', '{"__proto__":{"root":true}}', 400, '400.invalid-syntax'],
    ['that is an array', 'application/json', '[]', 422, '422.invalid-argument'],
    ['that is null', 'application/json', 'null', 422, '422.invalid-argument'],
    ['in another format', 'application/x-www-form-urlencoded', 'name=x', 415, '415.invalid-content-type'],
    ['as plain text', 'text/plain', '{"name":"x"}', 415, '415.invalid-content-type'],
    ['of more than 1 MiB', 'application/json', `{"name":"${'x'.repeat(1_100_000)}"}`, 422, '422.max-exceeded'],
  ];

  it.each(bodies)('%s (%s) is refused and makes nothing', async (_name, type, body, status, code) => {
    const hub = await test.app.create.hub();
    const caller = await test.app.create.caller({ hub, capabilities: ['groups-manage'] });

    const answer = await caller.post('/v1/hubs/current/groups').set('content-type', type).send(body);

    expect([answer.status, (answer.body as { error: { code: string } }).error.code]).toEqual([status, code]);
    const { body: groups } = await caller.get('/v1/hubs/current/groups').expect(200);
    expect((groups as { data: unknown[] }).data).toEqual([]);
  });
});

describe('BASE_PATH', () => {
  it('may be kept in any case, or stripped, and reaches the same routes and doors', async () => {
    const app = await TestApp.start({ environment: { BASE_PATH: '/hubapi/' } });
    try {
      const owner = await ownerOf(app);
      const bearer = [`Authorization: Bearer ${owner}`];
      for (const prefix of ['', '/hubapi', '/HubApi', '/HUBAPI', 'http://hub.test/hubapi', 'HTTP://hub.test:80']) {
        const status = async (path: string) => (await rawRequest(app, prefix + path, bearer)).status;

        expect([prefix, await status('/v1/hubs/current')]).toEqual([prefix, 200]);
        expect([prefix, await status('/public-api/v1/lists')]).toEqual([prefix, 401]);
        expect([prefix, await status('/public-api/index.html')]).toEqual([prefix, 200]);
      }
      for (const path of [
        '/hubapi',
        '/hubapi/',
        '/hubapix/v1/hubs/current',
        '/hubapi/hubapi/v1/hubs/current',
        '/x/hubapi/v1/hubs/current',
      ]) {
        expect([path, (await rawRequest(app, path, bearer)).status]).toEqual([path, 404]);
      }
    } finally {
      await app.stop();
    }
  });
});

async function ownerOf(app: TestApp): Promise<string> {
  return (await app.create.ownerKey(await app.create.hub())).secret;
}

function declaredBy(controller: Function): string[] {
  const prototype = controller.prototype as Record<string, object>;
  const folder = Reflect.getMetadata(PATH_METADATA, controller) as string;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    if (!handler || !Reflect.hasMetadata(METHOD_METADATA, handler)) {
      return [];
    }
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
    const path = Reflect.getMetadata(PATH_METADATA, handler) as string;
    return [`${method} /${[folder, path].filter((part) => part !== '/').join('/')}`];
  });
}

/** Of a head that was made lower case. */
function headerOf(head: string, name: string): string {
  return (
    head
      .split('\r\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? ''
  );
}

function expectCommonHeaders(head: string): void {
  expect(headerOf(head, 'cache-control')).toBe('no-store');
  expect(headerOf(head, 'x-content-type-options')).toBe('nosniff');
  expect(headerOf(head, 'x-request-id')).toMatch(UUID);
}
