import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { useFolder } from './support/cli.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const folder = useFolder();
const started: ChildProcess[] = [];
let counter = 0;

afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')));

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

/** The embedded server, in an empty folder unless one is named. */
function start(environment: NodeJS.ProcessEnv = {}): Started {
  counter += 1;
  const { PATH, SystemRoot, TEMP, TMPDIR } = process.env;
  const own = { HUBGATE_DATA_DIR: join(folder.path, `data-${counter}`), PORT: '0', HOST: '127.0.0.1' };
  const child = spawn(process.execPath, [MAIN], { env: { PATH, SystemRoot, TEMP, TMPDIR, ...own, ...environment } });
  started.push(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output: () => text, ended };
}

async function until(server: Started, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const found = pattern.exec(server.output());
    if (found) {
      return found;
    }
    if (server.child.exitCode !== null) {
      throw new Error(`The server ended: ${server.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const KEYS = /hgk_\w+/g;
const CURL = /curl -H "Authorization: (Bearer hgk_\w+)" (\S+)\n/;

describe('the first start on an empty embedded database', () => {
  it('prints the page, the hub, the owner key and a line that works, once', async () => {
    const dataDir = join(folder.path, 'once');
    const first = start({ HUBGATE_DATA_DIR: dataDir });
    const [, authorization = '', url = ''] = await until(first, CURL);
    const answer = await fetch(url, { headers: { authorization } });

    expect(await answer.json()).toMatchObject({ data: { hub: { name: 'Main' }, role: { identifier: 'owner' } } });
    expect(first.output()).toMatch(/Its page: http:\/\/127\.0\.0\.1:\d+\/public-api\/index\.html\n/);
    const logged = first
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    expect(logged.join('\n')).not.toMatch(KEYS);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);

    const second = start({ HUBGATE_DATA_DIR: dataDir });
    await until(second, /"listening":/);
    await new Promise((resolve) => setTimeout(resolve, 300));
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(second.output()).not.toMatch(KEYS);
    expect(second.output()).not.toContain('No key of the hub');
  });

  it('is followed, while nobody has used a key, by a hint how to make another one', async () => {
    const dataDir = join(folder.path, 'unseen');
    const first = start({ HUBGATE_DATA_DIR: dataDir });
    await until(first, CURL);
    first.child.kill('SIGKILL');
    await first.ended;

    const second = start({ HUBGATE_DATA_DIR: dataDir });

    await until(second, /key create --hub [0-9a-f]{24} --name Owner --role owner\n/);
    expect(second.output()).not.toMatch(KEYS);
  });

  it('prints PUBLIC_URL when it is known', async () => {
    const server = start({ PUBLIC_URL: 'https://hub.example.com', BASE_PATH: '/hubapi' });

    const [, , url] = await until(server, CURL);

    expect(url).toBe('https://hub.example.com/hubapi/v1/hubs/current/whoami');
  });

  it('is made by exactly one of two servers that start at once', async () => {
    const dataDir = join(folder.path, 'both');
    const servers = [start({ HUBGATE_DATA_DIR: dataDir }), start({ HUBGATE_DATA_DIR: dataDir })];
    await Promise.all(servers.map((server) => until(server, /"listening":/)));
    await new Promise((resolve) => setTimeout(resolve, 1000));

    expect(servers.filter((server) => CURL.test(server.output()))).toHaveLength(1);
  });
});

describe('a start that cannot be', () => {
  it('lists everything that is wrong and ends with 1, without a stack', async () => {
    const server = start({ PORT: 'x', BASE_PATH: 'hub', DATABASE_URL: 'mysql://me:hush@h/x' });

    expect(await server.ended).toBe(1);
    expect(server.output()).toMatch(/PORT[\s\S]*BASE_PATH[\s\S]*HUBGATE_SECRET/);
    expect(server.output()).not.toMatch(/hush|\n\s+at /);
  });

  it('says that the port is in use, and makes no key that nobody would see', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;

    const server = start({ PORT: String(port) });

    expect(await server.ended).toBe(1);
    expect(server.output()).toContain(`port ${port} is in use by another program`);
    expect(server.output()).not.toMatch(KEYS);
    other.close();
  });

  it('says that the database does not answer', async () => {
    const server = start({ DATABASE_URL: 'mysql://me:hush@127.0.0.1:1/x', HUBGATE_SECRET: 's'.repeat(40) });

    expect(await server.ended).toBe(1);
    expect(server.output()).toContain('error: The database cannot be reached.');
    expect(server.output()).not.toContain('hush');
  });
});

describe('a stop', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'by %s lets a request in flight finish and ends with 0',
    async (signal) => {
      const server = start();
      const [, authorization = '', url = ''] = await until(server, CURL);
      const body = JSON.stringify({ identifier: 'made-while-stopping', rank: 1 });
      const headers = { authorization, 'content-type': 'application/json', 'content-length': body.length };
      const slow = request(new URL('/v1/hubs/current/roles', url), { method: 'POST', headers });
      const answered = once(slow, 'response').then(([response]) => (response as { statusCode: number }).statusCode);
      slow.write(body.slice(0, 5));
      await new Promise((resolve) => setTimeout(resolve, 300));

      server.child.kill(signal);
      server.child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 300));
      slow.end(body.slice(5));

      expect(await answered).toBe(201);
      expect(await server.ended).toBe(0);
    },
  );
});
