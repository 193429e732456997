import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { NameResolver } from '../../src/modules/outbound/index.js';
import { OddServer } from '../support/odd-server.js';
import { useTestApp } from '../support/test-app.js';
import { hubCalling, kindOf, LOOPBACK, send } from './support.js';

const test = useTestApp({ environment: LOOPBACK });
const servers: OddServer[] = [];
let hub: string;

beforeAll(async () => {
  hub = await hubCalling(test.app, '127.0.0.0/8', '192.0.2.0/24');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function keep(server: Promise<OddServer>): Promise<OddServer> {
  servers.push(await server);
  return server;
}
const saying = (...parts: (string | Buffer)[]) => keep(OddServer.saying(...parts));
const resolver = () => test.app.nest.get(NameResolver);

describe('a call that is answered', () => {
  it('gives status, headers and body, and sent what was asked', async () => {
    const server = await saying('HTTP/1.1 201 Created\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 2\r\n\r\nok');

    const answer = await send(test.app, hub, `${server.url}a/b?c=d`, {
      method: 'POST',
      body: '{"ä":1}',
      headers: { 'content-type': 'application/json' },
    });

    expect({ ...answer, body: answer.body.toString() }).toEqual({
      status: 201,
      headers: { 'x-a': '1, 2', 'content-length': '2' },
      body: 'ok',
    });
    expect(server.heads).toEqual([expect.stringMatching(/^POST \/a\/b\?c=d HTTP\/1\.1\r\n/)]);
    expect(server.heads[0]).toMatch(/\r\naccept-encoding: identity\r\n/i);
    expect(server.heads[0]).toMatch(/\r\ncontent-length: 8\r\n/i);
    expect(server.heads[0]).toContain('{"Ã¤":1}');
  });

  it.each([301, 302, 303, 307, 308])('with %d gives the redirect and follows it nowhere', async (status) => {
    const elsewhere = await saying('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    const server = await saying(`HTTP/1.1 ${status} X\r\nLocation: ${elsewhere.url}\r\nContent-Length: 0\r\n\r\n`);

    const answer = await send(test.app, hub, server.url);

    expect(answer.status).toBe(status);
    expect(elsewhere.connections).toBe(0);
  });

  it.each([400, 404, 500, 503])('with %d is no failure', async (status) => {
    const server = await saying(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`);

    expect((await send(test.app, hub, server.url)).status).toBe(status);
  });

  it('asks no proxy of the environment', async () => {
    const proxy = await saying('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    const server = await saying('HTTP/1.1 204 No Content\r\n\r\n');
    for (const [name, value] of Object.entries({
      http_proxy: proxy.url,
      HTTP_PROXY: proxy.url,
      NODE_USE_ENV_PROXY: '1',
    })) {
      vi.stubEnv(name, value);
    }

    expect((await send(test.app, hub, server.url)).status).toBe(204);
    vi.unstubAllEnvs();
    expect(proxy.connections).toBe(0);
  });
});

describe('an answer that cannot be taken', () => {
  it.each([
    ['announces too much', ['HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n'], 'too-long'],
    [
      'sends too much, in chunks',
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', chunk(600), chunk(600)],
      'too-long',
    ],
    ['sends too much, until it closes', ['HTTP/1.1 200 OK\r\n\r\n', 'x'.repeat(1001)], 'too-long'],
    ['sends less than it announced', ['HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'], 'bad-answer'],
    ['ends in the middle of a chunk', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nabc'], 'bad-answer'],
    ['announces two lengths', ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc'], 'bad-answer'],
    [
      'announces a length and chunks',
      ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n'],
      'bad-answer',
    ],
    ['is compressed', ['HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n', gzipSync(Buffer.alloc(1e6))], 'bad-answer'],
    ['has a huge head', ['HTTP/1.1 200 OK\r\n', `X: ${'x'.repeat(40_000)}\r\n\r\n`], 'bad-answer'],
    ['is no HTTP', ['SSH-2.0-OpenSSH_9.6\r\n'], 'bad-answer'],
    ['is nothing', [], 'bad-answer'],
    ['changes the protocol', ['HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'], 'bad-answer'],
  ])('%s', async (_what, parts, kind) => {
    const server = await saying(...parts);

    expect(await kindOf(send(test.app, hub, server.url))).toBe(kind);
  });

  it('never comes: the whole call has one end', async () => {
    const server = await keep(OddServer.start(() => {}));

    expect(await kindOf(send(test.app, hub, server.url, { timeoutMilliseconds: 60 }))).toBe('timeout');
  });

  it('drips for ever', async () => {
    const server = await keep(
      OddServer.start((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n');
        const drip = setInterval(() => socket.write('x'), 5);
        socket.on('close', () => clearInterval(drip));
      }),
    );

    expect(await kindOf(send(test.app, hub, server.url, { timeoutMilliseconds: 150 }))).toBe('timeout');
  });

  it('says "continue" for ever', async () => {
    const server = await keep(
      OddServer.start((socket) => {
        const drip = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 5);
        socket.on('close', () => clearInterval(drip));
      }),
    );

    expect(await kindOf(send(test.app, hub, server.url, { timeoutMilliseconds: 150 }))).toBe('timeout');
  });

  it('does not come because nobody listens', async () => {
    const server = await OddServer.saying();
    await server.stop();

    expect(await kindOf(send(test.app, hub, server.url))).toBe('unreachable');
  });

  it('comes in the clear to a call that wants TLS', async () => {
    const server = await saying('HTTP/1.1 200 OK\r\n\r\n');

    expect(await kindOf(send(test.app, hub, `https://127.0.0.1:${server.port}/`))).toBe('unreachable');
  });
});

describe('a name', () => {
  it('is resolved once, and exactly what was checked is called (DNS rebinding)', async () => {
    const server = await saying('HTTP/1.1 204 No Content\r\n\r\n');
    const inner = await keep(OddServer.start((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'), '127.0.0.2'));
    const asked = vi.spyOn(resolver(), 'resolve').mockResolvedValueOnce(['127.0.0.1']).mockResolvedValue(['127.0.0.2']);

    const answer = await send(test.app, hub, `http://box.example.test:${server.port}/`);

    expect(answer.status).toBe(204);
    expect(asked).toHaveBeenCalledTimes(1);
    expect(inner.connections).toBe(0);
    expect(server.heads[0]).toContain(`\r\nHost: box.example.test:${server.port}\r\n`);
  });

  it('that is public first and this machine afterwards is called where it was public', async () => {
    const only = await hubCalling(test.app, '192.0.2.0/24');
    const server = await saying('HTTP/1.1 204 No Content\r\n\r\n');
    vi.spyOn(resolver(), 'resolve').mockResolvedValueOnce(['192.0.2.1']).mockResolvedValue(['127.0.0.1']);

    await kindOf(send(test.app, only, `http://x.example.test:${server.port}/`, { timeoutMilliseconds: 200 }));

    expect(server.connections).toBe(0);
  });

  it.each([
    [['127.0.0.1', '169.254.169.254']],
    [['127.0.0.1', '10.0.0.1']],
    [['127.0.0.1', '::1']],
    [['127.0.0.1', 'nonsense']],
    [['127.0.0.1', '64:ff9b::a9fe:a9fe']],
  ])('with one bad address among %j is refused whole', async (addresses) => {
    const server = await saying('HTTP/1.1 204 No Content\r\n\r\n');
    vi.spyOn(resolver(), 'resolve').mockResolvedValue(addresses);

    expect(await kindOf(send(test.app, hub, `http://x.example.test:${server.port}/`))).toBe('network-refused');
    expect(server.connections).toBe(0);
  });

  it('without an address is unresolved', async () => {
    vi.spyOn(resolver(), 'resolve').mockResolvedValue([]);

    expect(await kindOf(send(test.app, hub, 'http://x.example.test/'))).toBe('unresolved');
  });

  it('that takes too long is a timeout, and the question is called off', async () => {
    let calledOff = false;
    vi.spyOn(resolver(), 'resolve').mockImplementation(
      (_name, signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            calledOff = true;
            resolve([]);
          }),
        ),
    );

    expect(await kindOf(send(test.app, hub, 'http://x.example.test/', { timeoutMilliseconds: 50 }))).toBe('timeout');
    expect(calledOff).toBe(true);
  });
});

describe('an address in another spelling', () => {
  const only = { hub: '' };
  beforeAll(async () => {
    only.hub = await hubCalling(test.app, '0.0.0.0/0', '::/0');
  });

  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '169.254.169.254',
    '2852039166',
    '[fd00:ec2::254]',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    '127。0。0。1',
    '①②⑦.0.0.1',
    '10.0.0.1',
    '0x0a000001',
  ])('http://%s/ is refused', async (host) => {
    expect(await kindOf(send(test.app, only.hub, `http://${host}/`))).toBe('network-refused');
  });
});

describe('an address of another kind', () => {
  it.each([
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'unix:/run/x.sock',
    'javascript:1',
    'x',
    '',
    '//127.0.0.1/',
    'http://user:password@127.0.0.1:8080/',
    'http://user@127.0.0.1:8080/',
    'http://127.0.0.1:25/',
    'http://127.0.0.1:22/',
  ])('%s is refused', async (url) => {
    expect(await kindOf(send(test.app, hub, url))).toBe('network-refused');
  });

  it.each([
    'Host',
    'accept-encoding',
    'Content-Length',
    'transfer-encoding',
    'connection',
    'proxy-authorization',
    'expect',
  ])('the header %s is not the caller’s', async (name) => {
    await expect(send(test.app, hub, 'http://127.0.0.1:8080/', { headers: { [name]: 'x' } })).rejects.toThrow(
      TypeError,
    );
  });

  it('a header cannot hold a line of its own', async () => {
    await expect(send(test.app, hub, 'http://127.0.0.1:8080/', { headers: { a: 'b\r\nc: d' } })).rejects.toThrow(
      'Invalid character in header',
    );
  });
});

function chunk(length: number): string {
  return `${length.toString(16)}\r\n${'x'.repeat(length)}\r\n`;
}
