import { beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess } from '../support/server-process.js';
import { type Bootstrapped, useCli } from './support/cli.js';

interface HubFacts {
  readonly id: string;
  readonly name: string;
  readonly identifier: string;
  readonly state: string;
}

interface Deleted {
  readonly hub: HubFacts;
  readonly job: { readonly id: string };
}

const test = useCli();
let ours: Bootstrapped;
let theirs: Bootstrapped;

beforeAll(async () => {
  ours = await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Plant Nord');
  theirs = await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Plant Süd');
}, 60_000);

const list = async (): Promise<readonly HubFacts[]> => (await test.cli.json<{ hubs: HubFacts[] }>('hub', 'list')).hubs;
const turn = (way: 'disable' | 'enable', { hub }: Bootstrapped) =>
  test.cli.json<{ hub: HubFacts }>('hub', way, '--hub', hub.id);

describe('hubgate hub list', () => {
  it('shows every hub in the order of their making, as text and as JSON, and no secret', async () => {
    const { stdout } = await test.cli.spawned.run('hub', 'list');

    const hubs = await list();
    expect(hubs).toEqual([
      { id: ours.hub.id, name: 'Plant Nord', identifier: 'plant-nord', state: 'live' },
      { id: theirs.hub.id, name: 'Plant Süd', identifier: expect.any(String), state: 'live' },
    ]);
    for (const { id, name } of hubs) {
      expect(stdout).toMatch(new RegExp(`${id} +${name}`));
    }
    expect(stdout).not.toContain('hgk_');
  });
});

describe('hubgate hub disable and enable', () => {
  it('shut one hub within a second on a running server, keys and tokens, and open it again', async () => {
    const server = await ServerProcess.start(test.databaseUrl);
    try {
      const whoami = async ({ api_key }: Bootstrapped): Promise<number> => {
        const headers = { authorization: `Bearer ${api_key.secret}` };
        return (await fetch(`${server.url}/v1/hubs/current/whoami`, { headers })).status;
      };
      const exchange = await fetch(`${server.url}/public-api/v1/auth/token`, {
        headers: { apiKey: ours.api_key.secret },
      });
      const { accessToken } = (await exchange.json()) as { accessToken: string };
      const token = async (): Promise<number> => {
        const headers = { authorization: `Bearer ${accessToken}` };
        return (await fetch(`${server.url}/public-api/v1/auth/whoami`, { headers })).status;
      };
      const doors = async () => [await whoami(ours), await token(), await whoami(theirs)];
      expect(await doors()).toEqual([200, 200, 200]);

      const { hub } = await turn('disable', ours);
      expect(hub).toMatchObject({ id: ours.hub.id, state: 'inactive' });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(await doors()).toEqual([401, 401, 200]);
      expect((await list()).map(({ state }) => state)).toEqual(['inactive', 'live']);

      expect((await turn('enable', ours)).hub.state).toBe('live');
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(await doors()).toEqual([200, 200, 200]);
    } finally {
      await server.stop();
    }
  }, 120_000);

  it('say in words what they did, and may be said twice', async () => {
    for (const _ of [1, 2]) {
      const said = await test.cli.run('hub', 'enable', '--hub', theirs.hub.id);
      const effect = 'is live: its keys and tokens are accepted again';
      expect(said).toEqual({ code: 0, stderr: '', stdout: `The hub "Plant Süd" (${theirs.hub.id}) ${effect}.\n` });
    }
  }, 60_000);

  it.each([
    ['disable', '0'.repeat(24)],
    ['enable', 'Plant Nord'],
  ])('%s: refuses a hub that there is not: %s', async (way, id) => {
    expect(await test.cli.run('hub', way, '--hub', id)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: There is no such hub.\n',
    });
  });

  it('without a hub are wrong usage', async () => {
    expect((await test.cli.run('hub', 'disable')).code).toBe(2);
  });
});

describe('hubgate hub delete', () => {
  it('is refused without --yes, and without --force while the hub has keys; nothing changes then', async () => {
    const { hub } = await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Plant West');

    const unsure = await test.cli.spawned.run('hub', 'delete', '--hub', hub.id, '--force');
    const full = await test.cli.run('hub', 'delete', '--hub', hub.id, '--yes');

    expect([unsure.code, full.code]).toEqual([2, 1]);
    expect(unsure.stderr).toContain('--yes');
    expect(full.stderr).toContain('API keys: 1, members: 0, lists: 0');
    expect((await list()).find(({ id }) => id === hub.id)?.state).toBe('live');
  });

  it('shuts the hub out on a running server, which ends what is in it', async () => {
    const doomed = await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Plant East');
    const server = await ServerProcess.start(test.databaseUrl);
    try {
      const headers = { authorization: `Bearer ${doomed.api_key.secret}` };
      const status = async () => (await fetch(`${server.url}/v1/hubs/current/whoami`, { headers })).status;
      expect(await status()).toBe(200);

      const options = ['--hub', doomed.hub.id, '--force', '--yes'];
      const { hub, job } = await test.cli.json<Deleted>('hub', 'delete', ...options);

      expect(hub.state).toBe('deleting');
      expect(job.id).toMatch(/^[0-9a-f]{24}$/);
      while ((await status()) === 200) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(await status()).toBe(401);
      while ((await list()).some(({ id }) => id === doomed.hub.id)) {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    } finally {
      await server.stop();
    }
    const again = await test.cli.run('hub', 'enable', '--hub', doomed.hub.id);
    expect(again.code).toBe(1);
    expect((await list()).map(({ id }) => id)).toEqual(expect.arrayContaining([ours.hub.id, theirs.hub.id]));
  }, 60_000);
});
