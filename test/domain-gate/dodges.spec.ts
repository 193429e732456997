import { Agent, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestApp } from '../support/test-app.js';
import { domainOf, setRules, type TestDomain } from './support.js';

const NEVER = 'http.request.uri.path matches "^/v1/hubs/current"';

let direct: TestApp;
let behind: TestApp;
let untrusting: TestApp;
let domain: TestDomain;
let secret: string;

beforeAll(async () => {
  direct = await TestApp.start({ environment: { BASE_PATH: '/hubapi' } });
  const hub = await direct.create.hub();
  domain = await domainOf(direct, hub);
  secret = (await direct.create.ownerKey(hub)).secret;
  await setRules(direct, domain, [[NEVER, 'deny']]);
  behind = await direct.secondNode({ TRUST_FORWARDED_HOST: 'true' });
  untrusting = await direct.secondNode({ TRUST_FORWARDED_HOST: 'true', TRUSTED_PROXIES: '192.0.2.1' });
}, 90_000);

afterAll(async () => {
  await untrusting?.stop();
  await behind?.stop();
  await direct?.stop();
});

/** Sends exactly these lines; resolves to the status. */
function statusOf(app: TestApp, target: string, lines: readonly string[], version = '1.1'): Promise<number> {
  const { port } = app.nest.getHttpServer().address() as AddressInfo;
  const head = [`GET ${target} HTTP/${version}`, ...lines, `Authorization: Bearer ${secret}`, 'Connection: close'];
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${head.join('\r\n')}\r\n\r\n`, 'latin1'));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(Number(text.slice(9, 12))));
  });
}

const WHOAMI = '/v1/hubs/current/whoami';

describe('the host', () => {
  const named = (write: (name: string) => string) => statusOf(direct, WHOAMI, [`Host: ${write(domain.name)}`]);

  it.each<[string, (name: string) => string]>([
    ['as it is', (name) => name],
    ['in capitals', (name) => name.toUpperCase()],
    ['with a dot at its end', (name) => `${name}.`],
    ['with a port', (name) => `${name}:8443`],
    ['with an empty port', (name) => `${name}:`],
    ['with all of these', (name) => `  ${name.toUpperCase()}.:443  `],
  ])('written %s is the same host', async (_, write) => {
    expect(await named(write)).toBe(403);
  });

  it.each<[string, (name: string) => string]>([
    ['below it', (name) => `www.${name}`],
    ['that ends alike', (name) => `x${name}`],
    ['above it', (name) => name.slice(name.indexOf('.') + 1)],
    ['with a user', (name) => `user@${name}`],
    ['that is none', (name) => `${name} x`],
  ])('%s is another one, or none', async (_, write) => {
    expect(await named(write)).toBe(200);
  });

  it('is named once: two headers are refused, whichever comes first', async () => {
    const hosts = [`Host: ${domain.name}`, 'Host: hub.test'];
    expect(await statusOf(direct, WHOAMI, hosts)).toBe(400);
    expect(await statusOf(direct, WHOAMI, hosts.toReversed())).toBe(400);
    expect(await statusOf(direct, WHOAMI, ['host: hub.test', 'HOST: hub.test'])).toBe(400);
  });

  it('is that of an absolute target, which wins over the header', async () => {
    expect(await statusOf(direct, `http://${domain.name}${WHOAMI}`, ['Host: hub.test'])).toBe(403);
    expect(await statusOf(direct, `http://${domain.name.toUpperCase()}.:80${WHOAMI}`, ['Host: hub.test'])).toBe(403);
    expect(await statusOf(direct, `http://hub.test${WHOAMI}`, [`Host: ${domain.name}`])).toBe(200);
  });

  it('is nobody’s where none is named', async () => {
    expect(await statusOf(direct, WHOAMI, [], '1.0')).toBe(200);
    expect(await statusOf(direct, WHOAMI, ['Host:'])).toBe(200);
    expect(await statusOf(direct, WHOAMI, [`Host: ${domain.name}`], '1.0')).toBe(403);
  });
});

describe('X-Forwarded-Host', () => {
  const forwarded = (app: TestApp, host: string, ...values: string[]) =>
    statusOf(app, WHOAMI, [`Host: ${host}`, ...values.map((value) => `X-Forwarded-Host: ${value}`)]);

  it('says nothing where nobody said that the proxies set it', async () => {
    expect(await forwarded(direct, domain.name, 'hub.test')).toBe(403);
    expect(await forwarded(direct, 'hub.test', domain.name)).toBe(200);
  });

  it('says nothing from who is no trusted proxy', async () => {
    expect(await forwarded(untrusting, domain.name, 'hub.test')).toBe(403);
    expect(await forwarded(untrusting, 'hub.test', domain.name)).toBe(200);
  });

  it('says from a trusted proxy which host was asked for', async () => {
    expect(await forwarded(behind, 'inner:3000', domain.name)).toBe(403);
    expect(await forwarded(behind, domain.name, 'hub.test')).toBe(200);
    expect(await forwarded(behind, domain.name)).toBe(403);
  });

  it('is what the proxy wrote last: nothing that a client puts before it dodges the rules', async () => {
    expect(await forwarded(behind, 'inner:3000', `hub.test, ${domain.name}`)).toBe(403);
    expect(await forwarded(behind, 'inner:3000', 'hub.test', domain.name)).toBe(403);
  });
});

describe('the path', () => {
  it.each([
    '/v1/hubs/current/whoami',
    '/v1/hubs/%63urrent/whoami',
    '/v1/h%75bs/%63%75%72%72%65%6e%74/whoami',
    '/%76%31/hubs/current/whoami',
    '/v1/hubs/current/whoami?x=/public',
    '/v1/hubs/current/whoami#x',
    '/v1//hubs/current/whoami',
    '//v1/hubs/current/whoami',
    '/x/../v1/hubs/current/whoami',
    '/v1/./hubs/current/whoami',
    '/v1/hubs/x/../current/whoami',
    '/v1/%2e/hubs/current/whoami',
    '/hubapi/v1/hubs/current/whoami',
    '/HubApi/v1/hubs/current/whoami',
    'http://hub.invalid/v1/hubs/current/whoami',
  ])('%s never reaches what a rule closes', async (path) => {
    const status = await statusOf(direct, path.replace('hub.invalid', domain.name), [`Host: ${domain.name}`]);

    expect([400, 403, 404]).toContain(status);
  });

  it('that is open to all at another host is the very same path', async () => {
    expect(await statusOf(direct, '/v1/hubs/%63urrent/whoami', ['Host: hub.test'])).toBe(200);
  });

  it('of a health endpoint is its route, not what looks like it', async () => {
    await setRules(direct, domain, [['http.request.method == "GET"', 'deny']]);
    const at = (path: string) => statusOf(direct, path, [`Host: ${domain.name}`]);

    expect(await at('/healthz/live')).toBe(200);
    expect(await at('/hubapi/healthz/ready')).toBe(200);
    expect(await at('/v1/hubs/current/whoami?/healthz/live')).toBe(403);
    expect(await at('/v1/hubs/current/whoami#/healthz/live')).toBe(403);
    expect(await at('/healthz/live/../../v1/hubs/current/whoami')).toBe(403);
    expect(await at('/healthz/live/')).toBe(403);
    await setRules(direct, domain, [[NEVER, 'deny']]);
  });
});

describe('one connection', () => {
  it('may ask for several hosts, and each request is judged by its own', async () => {
    const { port } = direct.nest.getHttpServer().address() as AddressInfo;
    const statuses: number[] = [];
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const host of ['hub.test', domain.name, 'hub.test', domain.name]) {
      statuses.push(
        await new Promise<number>((resolve, reject) => {
          const headers = { host, authorization: `Bearer ${secret}` };
          const sent = request({ port, host: '127.0.0.1', path: WHOAMI, agent, headers }, (answer) => {
            answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
          });
          sent.on('error', reject).end();
        }),
      );
    }
    agent.destroy();

    expect(statuses).toEqual([200, 403, 200, 403]);
  });
});
