import { beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess } from '../support/server-process.js';
import { type Bootstrapped, useCli } from './support/cli.js';

interface Keys {
  readonly api_keys: readonly Record<string, unknown>[];
}

const test = useCli();
let owner: Bootstrapped;

beforeAll(async () => {
  owner = await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Keys');
  await test.cli.json('demo', '--hub', owner.hub.id);
}, 60_000);

const create = (...args: string[]) => ['key', 'create', '--hub', owner.hub.id, '--name', 'ERP', ...args];

describe('hubgate key create', () => {
  it('takes role and group by name, scopes, addresses and a span', async () => {
    const scopes = ['--scope', 'read:lists', '--scope', 'write:lists'];
    const made = await test.cli.json<Bootstrapped>(
      ...create('--role', 'integration', '--group', 'warehouse', ...scopes, '--ip', '192.0.2.0/24', '--expires', '90d'),
    );

    expect(made).toEqual({
      hub: { id: owner.hub.id },
      api_key: { id: expect.any(String), secret: expect.stringContaining(`hgk_`) },
    });
    const { api_keys } = await test.cli.json<Keys>('key', 'list', '--hub', owner.hub.id);
    const key = api_keys.find(({ id }) => id === made.api_key.id);
    expect(key).toMatchObject({
      name: 'ERP',
      secret: `hgk_${made.api_key.id}_****`,
      state: 'live',
      role: { identifier: 'integration' },
      scopes: ['read:lists', 'write:lists'],
      ips: ['192.0.2.0/24'],
      last_used_at: null,
    });
    const days = (Date.parse(String(key?.['expires_at'])) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(89.9);
    expect(days).toBeLessThanOrEqual(90);
  });

  it.each([
    ['an unknown role', ['--role', 'nobody'], 'There is no role "nobody" in this hub. It has: '],
    ['an unknown group', ['--role', 'integration', '--group', 'x'], 'There is no user group "x"'],
    ['a role id of nobody', ['--role', '0'.repeat(24)], 'role'],
    [
      'a time that has passed',
      ['--role', 'integration', '--expires', '2020-01-01T00:00:00Z'],
      'expires_at lies in the past',
    ],
    ['a time that is none', ['--role', 'integration', '--expires', 'soon'], 'expires_at'],
    ['an address that is none', ['--role', 'integration', '--ip', '10.0.0.300'], '10.0.0.300'],
    ['a blank name', ['--role', 'integration', '--name', ' '], 'name must have 1 to 200 characters'],
  ])('refuses %s', async (_, args, words) => {
    const refused = await test.cli.run(...create(...args));

    expect(refused).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining(words) });
  });

  it('takes a scope that does not exist for wrong usage', async () => {
    expect((await test.cli.run(...create('--role', 'integration', '--scope', 'read:all'))).code).toBe(2);
  });
});

describe('hubgate key list', () => {
  it('shows no secret', async () => {
    const { stdout } = await test.cli.spawned.run('key', 'list', '--hub', owner.hub.id);

    expect(stdout).toContain(owner.api_key.id);
    expect(stdout).not.toContain(owner.api_key.secret);
    expect(stdout).not.toMatch(/hgk_[0-9a-f]{24}_\w/);
  });
});

describe('hubgate key revoke', () => {
  it('ends the key within a second on a running server', async () => {
    const server = await ServerProcess.start(test.databaseUrl);
    try {
      const made = await test.cli.json<Bootstrapped>(...create('--role', 'admin'));
      const headers = { authorization: `Bearer ${made.api_key.secret}` };
      const status = async () => (await fetch(`${server.url}/v1/hubs/current/whoami`, { headers })).status;
      expect(await status()).toBe(200);

      await test.cli.json('key', 'revoke', '--hub', owner.hub.id, '--key', made.api_key.id);
      await new Promise((resolve) => setTimeout(resolve, 1000));

      expect(await status()).toBe(401);
    } finally {
      await server.stop();
    }
  });

  it('tells which keys it had made, and ends them too with --created', async () => {
    const server = await ServerProcess.start(test.databaseUrl);
    try {
      const maker = await test.cli.json<Bootstrapped>(...create('--role', 'admin'));
      const [kept, keeper] = await makeTwo(server.url, maker);
      const revoke = ['key', 'revoke', '--hub', owner.hub.id, '--key'];

      const { code, stdout } = await test.cli.run(...revoke, maker.api_key.id);
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('still live: 2 keys.') });
      expect(stdout).toContain(kept.api_key.id);

      const made = await makeTwo(server.url, keeper);
      expect(await test.cli.json(...revoke, keeper.api_key.id, '--created')).toEqual({
        hub: { id: owner.hub.id },
        api_key: { id: keeper.api_key.id, state: 'deleted' },
        created: {
          api_keys: made.map(({ api_key }) => ({ id: api_key.id, name: 'made', state: 'deleted' })),
        },
      });
      expect((await test.cli.run(...revoke, kept.api_key.id)).stdout).toContain('No key that it had made was left.');
    } finally {
      await server.stop();
    }
  });

  it('refuses to take the last key of the owner', async () => {
    const revoke = ['key', 'revoke', '--hub', owner.hub.id, '--key', owner.api_key.id];
    const { code, stderr } = await test.cli.spawned.run(...revoke);

    expect(code).toBe(1);
    expect(stderr).toContain('last root key');
  });

  it('does not find the key of another hub', async () => {
    const other = await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Other');
    const { code, stderr } = await test.cli.run('key', 'revoke', '--hub', other.hub.id, '--key', owner.api_key.id);

    expect({ code, stderr }).toEqual({ code: 1, stderr: 'error: There is no such API key in this hub.\n' });
  });
});

/** Two keys that a key made over HTTP. */
async function makeTwo(url: string, { api_key }: Bootstrapped): Promise<[Bootstrapped, Bootstrapped]> {
  const headers = { authorization: `Bearer ${api_key.secret}`, 'content-type': 'application/json' };
  const hub = `${url}/v1/hubs/current`;
  const whoami = (await (await fetch(`${hub}/whoami`, { headers })).json()) as { data: { role: { id: string } } };
  const body = JSON.stringify({ name: 'made', role_id: whoami.data.role.id });
  const make = async (): Promise<Bootstrapped> => {
    const answer = await fetch(`${hub}/api-keys`, { method: 'POST', headers, body });
    return { hub: owner.hub, api_key: ((await answer.json()) as { data: Bootstrapped['api_key'] }).data };
  };
  return [await make(), await make()];
}

describe('hubgate key rotate', () => {
  it('prints a new secret once, and when the old one ends', async () => {
    const made = await test.cli.json<Bootstrapped>(...create('--role', 'integration'));

    const rotate = ['key', 'rotate', '--hub', owner.hub.id, '--key', made.api_key.id];
    const rotated = await test.cli.json<Bootstrapped & { replaced: { ends_at: string } }>(
      ...rotate,
      '--overlap',
      '12h',
    );

    expect(rotated.api_key.id).toBe(made.api_key.id);
    expect(rotated.api_key.secret).toMatch(/^hgk_/);
    expect(rotated.api_key.secret).not.toBe(made.api_key.secret);
    const hours = (Date.parse(rotated.replaced.ends_at) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(11.9);
    expect(hours).toBeLessThanOrEqual(12);
    expect(await test.cli.run(...rotate)).toMatchObject({ code: 1, stderr: expect.stringContaining('being rotated') });
  });

  it.each([
    ['a span that is none', 'soon', 'is not a span'],
    ['more than the hub allows', '8d', 'at most 604800 seconds'],
  ])('refuses %s', async (_, overlap, words) => {
    const rotate = ['key', 'rotate', '--hub', owner.hub.id, '--key', owner.api_key.id, '--overlap', overlap];

    expect(await test.cli.run(...rotate)).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining(words) });
  });
});
