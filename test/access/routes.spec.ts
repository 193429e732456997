import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Controller, Get, Module } from '@nestjs/common';
import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryModule, DiscoveryService, NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  AccessGuard,
  Authenticated,
  Authenticator,
  Public,
  Requires,
  ROUTE_ACCESS,
  type RouteAccess,
  RouteAccessCheck,
} from '../../src/access/index.js';
import { ApiKeyHeaderGuard } from '../../src/modules/auth/api-key-header.strategy.js';
import { type TestKey } from '../support/factory.js';
import { OPEN_ROUTES } from '../support/route-table.js';
import { type RawAnswer, rawRequest } from '../support/raw-request.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let key: TestKey;
let token: string;

beforeAll(async () => {
  app = await TestApp.start();
  const hub = await app.create.hub();
  key = await app.create.integrationKey(hub, { roleId: hub.roles.owner });
  token = await app.create.token(key);
}, 60_000);

afterAll(() => app?.stop());

const bearer = (credential: string) => [`Authorization: Bearer ${credential}`];

describe('an application with a route', () => {
  async function start(controller: new () => object): Promise<void> {
    @Module({ imports: [DiscoveryModule], controllers: [controller], providers: [RouteAccessCheck] })
    class Tiny {}
    const tiny = await NestFactory.create(Tiny, new FastifyAdapter(), { logger: false, abortOnError: false });
    try {
      await tiny.init();
    } finally {
      await tiny.close();
    }
  }

  it('that declares its access starts', async () => {
    @Controller()
    class Declared {
      @Get('a')
      @Public()
      a() {}

      @Get('b')
      @Authenticated()
      b() {}

      @Get('c')
      @Requires('lists-manage')
      c() {}

      notARoute() {}
    }

    await expect(start(Declared)).resolves.toBeUndefined();
  });

  it('that declares none does not start, and names the route', async () => {
    @Controller()
    class Forgotten {
      @Get('a')
      @Public()
      a() {}

      @Get('b')
      b() {}
    }

    await expect(start(Forgotten)).rejects.toThrow('Routes without @Requires, @Authenticated or @Public: Forgotten.b.');
  });

  it('that inherits an undeclared one does not start', async () => {
    class Base {
      @Get('inherited')
      inherited() {}
    }
    @Controller()
    class Heir extends Base {
      @Get('own')
      @Public()
      own() {}
    }

    await expect(start(Heir)).rejects.toThrow('Heir.inherited');
  });

  it('that is declared on its class only does not start: the guard reads the route', async () => {
    @Public()
    @Controller()
    class Whole {
      @Get('a')
      a() {}
    }

    await expect(start(Whole)).rejects.toThrow('Whole.a');
  });

  it('without access is refused by the guard too, should the check be missing', () => {
    const handler = () => {};
    const context = { getHandler: () => handler, getClass: () => class Lost {} };
    const guard = new AccessGuard(new Reflector(), app.nest.get(Authenticator));

    expect(() => guard.canActivate(context as never)).toThrow('declares no access');
  });
});

describe('a route that wants a capability', () => {
  it('is closed to access tokens, wherever it lies and whatever the key’s role may do', async () => {
    const handler = () => {};
    Reflect.defineMetadata(
      ROUTE_ACCESS,
      { kind: 'capability', capability: 'lists-manage' } satisfies RouteAccess,
      handler,
    );
    const request = {
      url: '/public-api/v1/future',
      routeOptions: { url: '/public-api/v1/future' },
      headers: { authorization: `Bearer ${token}` },
      client: { address: null, peer: null },
    };
    const context = { getHandler: () => handler, switchToHttp: () => ({ getRequest: () => request }) };
    const guard = new AccessGuard(new Reflector(), app.nest.get(Authenticator));

    await expect(guard.canActivate(context as never)).rejects.toMatchObject({ status: 403 });
  });
});

/** What Fastify will answer to, from its own list: also what was put there past the controllers. */
function registered(): { method: string; url: string }[] {
  const fastify = app.nest.getHttpAdapter().getInstance() as unknown as { printRoutes(options: object): string };
  const parents: string[] = [];
  return fastify
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const match = /^((?:│ {3}| {4})*)[├└]── (\S*)(?: \(([A-Z, ]+)\))?/.exec(line);
      if (!match) {
        return [];
      }
      const depth = match[1].length / 4;
      const url = (depth > 0 ? parents[depth - 1] : '') + match[2];
      parents[depth] = url;
      return (match[3] ?? '')
        .split(', ')
        .filter(Boolean)
        .map((method) => ({ method, url }));
    });
}

/** What is open beside the routes of the management door, and why: public keys, probes, and the page with its documents. */
const OPEN =
  /^(\/\.well-known\/jwks\.json|\/healthz\/(live|ready)|\/metrics|\/public-api\/?|\/public-api\/[\w.-]+\.(html|js|css|png|svg|map)|\/public-api\/openapi\/[\w.-]+\.json)$/;

const closed = () => registered().filter(({ method, url }) => !OPEN.test(url) && !OPEN_ROUTES.has(`${method} ${url}`));
const target = (url: string) => url.replaceAll(/:\w+/g, '0'.repeat(24));

describe('the server', () => {
  it('declares the access of every route of every controller', () => {
    const routes = app.nest.get(RouteAccessCheck).routes();

    expect(routes.length).toBeGreaterThan(20);
    expect(routes.filter(({ access }) => !access)).toEqual([]);
  });

  it('puts the gate of the header on every route that leaves the decision to it', () => {
    const handlers = app.nest
      .get(DiscoveryService, { strict: false })
      .getControllers()
      .flatMap(({ metatype }) => {
        const { prototype } = metatype as { prototype: Record<string, object> };
        return Object.getOwnPropertyNames(prototype).map((name) => prototype[name]);
      });
    const gated = handlers.filter((handler) => {
      const access = Reflect.getMetadata(ROUTE_ACCESS, handler) as RouteAccess | undefined;
      return access?.kind === 'authenticated' && access.by === 'api-key-header';
    });

    expect(gated.map((handler) => Reflect.getMetadata(GUARDS_METADATA, handler) as unknown)).toEqual(
      gated.map(() => [ApiKeyHeaderGuard]),
    );
    expect(gated).toHaveLength(2);
  });

  it('opens nothing to a caller without a credential, with a wrong one, or with one of the other door', async () => {
    const routes = closed();
    expect(routes.length).toBeGreaterThan(30);
    const opened = [];
    for (const { method, url } of routes) {
      const foreign = url.startsWith('/public-api') ? key.secret : token;
      for (const headers of [[], bearer('junk'), bearer(foreign), ['X-Hub-Id: 1'], ['apiKey: junk']]) {
        const { status } = await rawRequest(app, target(url), headers, method);
        opened.push(...(status === 401 ? [] : [`${method} ${url} ${headers.join()} ${status}`]));
      }
    }

    expect(opened).toEqual([]);
  });

  it.each(['OPTIONS', 'TRACE', 'PROPFIND'])('has no route for %s', async (method) => {
    const answers = closed().map(({ url }) => rawRequest(app, target(url), bearer(key.secret), method));

    expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([404]));
  });

  it('takes the method from the request line and from nowhere else', async () => {
    const override = ['X-HTTP-Method-Override: DELETE', 'X-HTTP-Method: DELETE', 'X-Method-Override: DELETE'];
    const { status } = await rawRequest(app, `/v1/hubs/current/api-keys/${key.id}`, [
      ...bearer(key.secret),
      ...override,
    ]);

    expect(status).toBe(200);
    expect((await rawRequest(app, '/v1/hubs/current/whoami', bearer(key.secret))).status).toBe(200);
  });
});

/** Ways of writing a path that some router takes for the same one, and a guard for another (incident 33). */
const SPELLINGS: [string, (path: string) => string][] = [
  ['upper case', (path) => path.toUpperCase()],
  ['one letter in upper case', (path) => path.replace(/[a-z](?=[^/]*$)/, (letter) => letter.toUpperCase())],
  ['two slashes in front', (path) => `/${path}`],
  ['two slashes inside', (path) => path.replace(/\/(?=[^/]*$)/, '//')],
  ['a slash at the end', (path) => `${path}/`],
  ['a dot segment', (path) => path.replace(/\/(?=[^/]*$)/, '/./')],
  ['an encoded dot segment', (path) => path.replace(/\/(?=[^/]*$)/, '/%2e/')],
  ['a step back', (path) => `/healthz/..${path}`],
  ['an encoded step back', (path) => `/healthz/%2e%2e${path}`],
  ['a step back from the open page', (path) => `/public-api/openapi/..;/..${path}`],
  ['a parameter', (path) => `${path};jsessionid=1`],
  ['a parameter inside', (path) => path.replace(/\/(?=[^/]*$)/, ';x=1/')],
  ['an encoded slash', (path) => path.replace(/\/(?=[^/]*$)/, '%2f')],
  ['an encoded letter', (path) => path.replace(/[a-z](?=[^/]*$)/, (letter) => encoded(letter))],
  ['an encoded letter in front', (path) => path.replace(/[a-z]/, (letter) => encoded(letter))],
  ['a letter encoded twice', (path) => path.replace(/[a-z]/, (letter) => encoded(letter).replace('%', '%25'))],
  ['a backslash', (path) => path.replace(/\/(?=[^/]*$)/, '\\')],
  ['an encoded backslash', (path) => path.replace(/\/(?=[^/]*$)/, '%5c')],
  ['a zero', (path) => `${path}%00`],
  ['a zero and an open name', (path) => `${path}%00.css`],
  ['an open name', (path) => `${path}/index.html`],
  ['an open ending', (path) => `${path}.css`],
  ['a blank', (path) => `${path}%20`],
  ['a fragment', (path) => `${path}#/public-api/index.html`],
  ['a query', (path) => `${path}?/public-api/index.html`],
  ['a host', (path) => `http://hub.test${path}`],
  ['a host without a name', (path) => `http://${path}`],
  ['a broken code', (path) => `${path}%`],
  ['an overlong code', (path) => path.replace(/\/(?=[^/]*$)/, '%c0%af')],
];

const encoded = (letter: string) => `%${letter.charCodeAt(0).toString(16)}`;

describe('a path', () => {
  const PATHS = [
    '/v1/hubs/current/whoami',
    '/v1/hubs/current/api-keys',
    '/public-api/v1/lists',
    '/public-api/v1/auth/token',
  ];
  const ask = (path: string, headers: string[]): Promise<RawAnswer> => rawRequest(app, path, headers);

  it.each(SPELLINGS)('with %s reaches no handler without its guard', async (_, spell) => {
    for (const path of PATHS) {
      const anonymous = await ask(spell(path), []);
      expect([400, 401, 404, 422]).toContain(anonymous.status);

      const isPublic = path.startsWith('/public-api');
      for (const wrong of [bearer('junk'), bearer(isPublic ? key.secret : token)]) {
        expect([400, 401, 404, 422]).toContain((await ask(spell(path), wrong)).status);
      }
      expect(anonymous.body).not.toContain('"accessToken"');
    }
  });

  it.each(SPELLINGS)('with %s has the credentials of the door that it comes to', async (_, spell) => {
    const [byKey, byToken] = await Promise.all([
      ask(spell('/v1/hubs/current/whoami'), bearer(key.secret)),
      ask(spell('/public-api/v1/auth/whoami'), bearer(token)),
    ]);

    expect([200, 400, 404, 422]).toContain(byKey.status);
    expect([200, 400, 404, 422]).toContain(byToken.status);
    expect(byKey.status === 200 && !byKey.body.includes('"kind":"api-key"')).toBe(false);
    expect(byToken.status === 200 && !byToken.body.includes('"kind":"access-token"')).toBe(false);
  });

  it('under a base path has the same doors, stripped once', async () => {
    const node = await app.secondNode({ BASE_PATH: '/hubapi' });
    const under = (path: string, headers: string[]) => rawRequest(node, path, headers).then(({ status }) => status);
    try {
      expect(await under('/hubapi/public-api/v1/auth/whoami', bearer(token))).toBe(200);
      expect(await under('/hubapi/public-api/v1/auth/whoami', bearer(key.secret))).toBe(401);
      expect(await under('/HUBAPI/v1/hubs/current/whoami', bearer(key.secret))).toBe(200);
      expect(await under('/HUBAPI/v1/hubs/current/whoami', bearer(token))).toBe(401);
      expect(await under('/hubapi/hubapi/v1/hubs/current/whoami', bearer(key.secret))).toBe(404);
      expect(await under('/hubapix/v1/hubs/current/whoami', bearer(key.secret))).toBe(404);
      expect(await under('/hubapi/v1/hubs/current/api-keys', [])).toBe(401);
    } finally {
      await node.stop();
    }
  });
});

describe('X-Hub-Id', () => {
  it('may be absent or right; wrong, unknown, twice and malformed are all the same 403', async () => {
    const other = await app.create.hub();
    const ask = (...lines: string[]) => rawRequest(app, '/v1/hubs/current/whoami', [...bearer(key.secret), ...lines]);
    const own = (JSON.parse((await ask()).body) as { data: { hub: { id: string } } }).data.hub.id;
    expect((await ask(`X-Hub-Id: ${own}`)).status).toBe(200);

    const refusals = new Set<string>();
    for (const lines of [
      [other.id],
      ['0'.repeat(24)],
      [own, own],
      [own.toUpperCase()],
      ['junk'],
      [''],
      [`${own},${own}`],
    ]) {
      const { status, body } = await ask(...lines.map((line) => `X-Hub-Id: ${line}`));
      refusals.add(`${status} ${body.replace(/"requestId":"[^"]*"/, '')}`);
    }
    expect([...refusals]).toEqual([expect.stringContaining('403.wrong-hub')]);
  });
});
