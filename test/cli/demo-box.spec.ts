import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BoxSimulator } from '../support/box-simulator.js';
import { ServerProcess } from '../support/server-process.js';
import { type Bootstrapped, useCli } from './support/cli.js';

interface DemoWithBox {
  readonly api_key: { readonly secret: string };
  readonly box: { readonly id: string; readonly box_id: string; readonly address: string };
}

const CLI = fileURLToPath(new URL('../../src/cli.js', import.meta.url));
const test = useCli();
let environment: NodeJS.ProcessEnv;
let server: ServerProcess;
let hubId: string;

beforeAll(async () => {
  const probe = await BoxSimulator.start();
  environment = { BOX_PORT: String(probe.port), OUTBOUND_LOOPBACK: 'allow', NODE_ENV: 'test' };
  await probe.stop();
  hubId = (await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Demo')).hub.id;
  server = await ServerProcess.start(test.databaseUrl, environment);
}, 120_000);
afterAll(() => server?.stop());

async function firstLine(child: ChildProcess): Promise<string> {
  let output = '';
  for await (const chunk of child.stdout ?? []) {
    output += String(chunk);
    if (output.includes('\n')) {
      return output;
    }
  }
  throw new Error(`The command ended: ${output}`);
}

describe('hubgate demo --box', () => {
  it('plays a box whose functions the key runs, and which reports itself until it is stopped', async () => {
    const settings = { ...process.env, ...test.cli.environment, ...environment, PUBLIC_URL: server.url };
    const child = spawn(process.execPath, [CLI, 'demo', '--hub', hubId, '--box', '127.0.0.1', '--json'], {
      env: settings,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    const { api_key, box } = JSON.parse(await firstLine(child)) as DemoWithBox;
    const door = `${server.url}/public-api/v1`;
    const exchanged = await fetch(`${door}/auth/token`, { headers: { apiKey: api_key.secret } });
    const { accessToken } = (await exchanged.json()) as { accessToken: string };
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
    const boxes = async () => (await fetch(`${door}/box`, { headers })).json() as Promise<Record<string, unknown>[]>;

    const body = JSON.stringify({
      boxId: box.box_id,
      functionName: 'StartLine',
      parameters: [{ name: 'Line', value: 1 }],
    });
    const ran = await fetch(`${door}/box/function`, { method: 'POST', headers, body });
    expect([ran.status, await ran.text()]).toEqual([200, 'true']);
    while ((await boxes())[0]?.['runtimeVersion'] === null) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await boxes()).toEqual([
      { name: 'Demo box', boxID: 'PB0000PT', runtimeVersion: '4.1.2-simulated', state: 'online', group: 'Demo' },
    ]);
    child.kill('SIGTERM');

    expect(await ended).toEqual([0, null]);
    expect((await boxes())[0]).toMatchObject({ state: 'offline' });
  }, 120_000);

  it('makes nothing when the port is taken', async () => {
    const taken = await BoxSimulator.start({ port: Number(environment['BOX_PORT']) });
    const { hub } = await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Taken');
    try {
      const refused = await test.cli.with(environment).run('demo', '--hub', hub.id, '--box', '127.0.0.1');
      expect(refused).toMatchObject({ code: 1, stdout: '' });
    } finally {
      await taken.stop();
    }

    expect(await test.cli.json<{ api_keys: unknown[] }>('key', 'list', '--hub', hub.id)).toMatchObject({
      api_keys: [expect.objectContaining({ name: 'Owner' })],
    });
  }, 120_000);
});
