import { createServer as createTlsServer } from 'node:tls';
import { type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NameResolver } from '../../src/modules/outbound/index.js';
import { OddServer } from '../support/odd-server.js';
import { useTestApp } from '../support/test-app.js';
import { hubCalling, kindOf, LOOPBACK, send } from './support.js';

const MAIL = { MAIL_URL: 'smtp://127.0.0.1:2599', MAIL_FROM: 'hub@example.com' };
const opened = useTestApp({ environment: { ...LOOPBACK, ...MAIL, BOX_PORT: '40999' } });
const closed = useTestApp();

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a hub', () => {
  it('may call nothing before somebody allows it', async () => {
    const server = await OddServer.saying('HTTP/1.1 204 No Content\r\n\r\n');
    const none = await hubCalling(opened.app);
    try {
      expect(await kindOf(send(opened.app, none, server.url))).toBe('network-refused');
      expect(await kindOf(send(opened.app, none, 'http://192.0.2.1/'))).toBe('network-refused');
      expect(server.connections).toBe(0);
    } finally {
      await server.stop();
    }
  });

  it('may call only what it is allowed itself, not what another hub is', async () => {
    const server = await OddServer.saying('HTTP/1.1 204 No Content\r\n\r\n');
    const ours = await hubCalling(opened.app, '127.0.0.0/8');
    const theirs = await hubCalling(opened.app, '192.0.2.0/24');
    try {
      expect((await send(opened.app, ours, server.url)).status).toBe(204);
      expect(await kindOf(send(opened.app, theirs, server.url))).toBe('network-refused');
      expect(server.connections).toBe(1);
    } finally {
      await server.stop();
    }
  });

  it('is allowed networks with an activity by the platform', async () => {
    const hub = await hubCalling(opened.app, '192.0.2.0/24');
    const sql = "SELECT body FROM activity WHERE hub_id = ? AND event = 'hub.networks.update'";
    const [row] = await opened.app.database.query<{ body: string }>(sql, [hub]);

    expect(JSON.parse(row?.body ?? '{}')).toMatchObject({
      user: { type: 'platform' },
      component: { type: 'hub', id: hub },
      changes: { allowed: { before: [], after: ['box 192.0.2.0/24', 'webhook 192.0.2.0/24'] } },
    });
  });

  it('cannot be allowed this machine without the switch', async () => {
    await expect(hubCalling(closed.app, '127.0.0.0/8')).rejects.toMatchObject({ status: 422 });
    const wide = await hubCalling(closed.app, '0.0.0.0/0', '::/0');
    expect(await kindOf(send(closed.app, wide, 'http://127.0.0.1:8080/'))).toBe('network-refused');
  });
});

describe('what the server needs itself', () => {
  const portOfServer = () => (opened.app.nest.getHttpServer().address() as AddressInfo).port;
  const locals = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);

  it('is not called: its own door, at any address of this machine', async () => {
    const hub = await hubCalling(opened.app, '127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16');
    for (const host of ['127.0.0.1', '127.9.9.9', ...locals]) {
      expect(await kindOf(send(opened.app, hub, `http://${host}:${portOfServer()}/health`))).toBe('network-refused');
      expect(await kindOf(send(opened.app, hub, `http://${host}:${opened.app.config.port}/`))).toBe('network-refused');
    }
  });

  it('is not called: its mail server, by a name neither', async () => {
    const hub = await hubCalling(opened.app, '127.0.0.0/8');
    vi.spyOn(opened.app.nest.get(NameResolver), 'resolve').mockResolvedValue(['127.0.0.1']);

    expect(await kindOf(send(opened.app, hub, 'http://127.0.0.1:2599/'))).toBe('network-refused');
    expect(await kindOf(send(opened.app, hub, 'http://127.0.0.7:2599/'))).toBe('network-refused');
    expect(await kindOf(send(opened.app, hub, 'http://mail.example.test:2599/'))).toBe('network-refused');
  });

  it('is not called: its database, where it is a server', async () => {
    const hub = await hubCalling(opened.app, '127.0.0.0/8');
    const { databaseUrl } = opened.app.config;
    const address = databaseUrl.startsWith('sqlite:') ? '127.0.0.1:2599' : new URL(databaseUrl).host;

    expect(await kindOf(send(opened.app, hub, `http://${address}/`))).toBe('network-refused');
  });
});

describe('a box', () => {
  it('is called on the box port only', async () => {
    const hub = await hubCalling(opened.app, '127.0.0.0/8');
    const call = (url: string) => kindOf(send(opened.app, hub, url, { purpose: 'box' }));

    expect(await call('http://127.0.0.1:40404/')).toBe('network-refused');
    expect(await call('http://127.0.0.1/')).toBe('network-refused');
    expect(await call('http://127.0.0.1:40999/')).toBe('unreachable');
  });

  it('is called with networks that are allowed for boxes only', async () => {
    const { HubNetworks } = await import('../../src/modules/outbound/index.js');
    const hub = await hubCalling(opened.app);
    const change = { purposes: ['webhook' as const], allow: ['127.0.0.0/8'], deny: [], remove: [] };
    await opened.app.nest.get(HubNetworks).change(hub, change);

    expect(await kindOf(send(opened.app, hub, 'http://127.0.0.1:40999/', { purpose: 'box' }))).toBe('network-refused');
    expect(await kindOf(send(opened.app, hub, 'http://127.0.0.1:40999/'))).toBe('unreachable');
  });
});

describe('TLS', () => {
  it('asks for the name although it connects to an address, and does without proof nothing', async () => {
    const names: string[] = [];
    const server = createTlsServer({
      SNICallback: (name, done) => {
        names.push(name);
        done(null);
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const hub = await hubCalling(opened.app, '127.0.0.0/8');
    vi.spyOn(opened.app.nest.get(NameResolver), 'resolve').mockResolvedValue(['127.0.0.1']);

    const kind = await kindOf(send(opened.app, hub, `https://hooks.example.test:${port}/`));
    await new Promise((resolve) => server.close(resolve));

    expect(kind).toBe('unreachable');
    expect(names).toEqual(['hooks.example.test']);
  });
});
