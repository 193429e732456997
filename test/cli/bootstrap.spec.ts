import { describe, expect, it } from 'vitest';
import { Database } from '../../src/database/index.js';
import { ServerProcess } from '../support/server-process.js';
import { dumpTables } from '../support/table-dump.js';
import { type Bootstrapped, useCli } from './support/cli.js';

const KEY = /^hgk_[0-9a-f]{24}_[0-9A-Za-z]{38}$/;
const ID = /^[0-9a-f]{24}$/;
const test = useCli();

async function rows(): Promise<Awaited<ReturnType<typeof dumpTables>>> {
  const database = new Database({ url: test.databaseUrl, entities: [], migrations: [] });
  await database.connect();
  try {
    return await dumpTables(database);
  } finally {
    await database.close();
  }
}

describe('hubgate bootstrap', () => {
  it('makes a hub, its default roles, an owner key and the audit of all that, on an empty database', async () => {
    const made = await test.cli.json<Bootstrapped>('bootstrap', '--hub', ' Plant Nord ');

    expect(made).toEqual({
      hub: { id: expect.stringMatching(ID), name: 'Plant Nord' },
      api_key: { id: expect.stringMatching(ID), secret: expect.stringMatching(KEY) },
    });
    const { hub, role, api_key, activity } = await rows();
    expect(hub).toMatchObject([{ id: made.hub.id, identifier: 'plant-nord', creator_type: 'platform' }]);
    expect(role?.map(({ identifier }) => identifier)).toEqual(
      expect.arrayContaining(['owner', 'admin', 'dev_ops', 'developer', 'consultant', 'analyst', 'integration']),
    );
    const owner = role?.find(({ identifier }) => identifier === 'owner');
    expect(api_key).toMatchObject([{ id: made.api_key.id, role_id: owner?.['id'], expires_at: null, ips: null }]);
    expect(new Set(activity?.map(({ event }) => event))).toEqual(new Set(['hub.create', 'hub.apikey.create']));
    expect(JSON.stringify(await rows())).not.toContain(made.api_key.secret);
  });

  it('prints for people, with the secret exactly once and nothing on standard error', async () => {
    const { code, stdout, stderr } = await test.cli.spawned.run('bootstrap', '--hub', 'For people');

    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout.match(/hgk_\w+/g)).toHaveLength(1);
  });

  it('refuses a name that exists, also in other case, and writes nothing', async () => {
    await test.cli.json('bootstrap', '--hub', 'Straße');
    const before = await rows();

    const refused = await test.cli.run('bootstrap', '--hub', ' STRASSE ', '--json');

    expect(refused).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/^error: A hub named .* exists/) });
    expect(await rows()).toEqual(before);
  });

  it.each(['   ', 'x'.repeat(201)])('refuses the name "%s"', async (name) => {
    const { code, stderr } = await test.cli.run('bootstrap', '--hub', name);

    expect(code).toBe(1);
    expect(stderr).toContain('A hub name has 1 to 200 characters');
  });

  it('lets exactly one of several that make the same name at once win, leaves nothing of the others, and makes another name', async () => {
    const tries = await Promise.all(
      ['Race', 'race', 'RACE', 'Other'].map((name) => test.cli.spawned.run('bootstrap', '--hub', name)),
    );

    expect(
      tries
        .slice(0, 3)
        .map(({ code }) => code)
        .toSorted((one, other) => Number(one) - Number(other)),
    ).toEqual([0, 1, 1]);
    expect(tries[3]?.code).toBe(0);
    const { hub, role, api_key } = await rows();
    const won = hub?.filter(({ name_key }) => name_key === 'race') ?? [];
    expect(won).toHaveLength(1);
    const live = new Set(hub?.map(({ id }) => id));
    expect([...(role ?? []), ...(api_key ?? [])].every(({ hub_id }) => live.has(hub_id))).toBe(true);
    expect(api_key).toHaveLength(live.size);
  });

  it('works beside a running server, which takes the key at once and never logs it', async () => {
    const server = await ServerProcess.start(test.databaseUrl);
    try {
      const { hub, api_key } = await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Beside');
      const headers = { authorization: `Bearer ${api_key.secret}` };

      const answer = await fetch(`${server.url}/v1/hubs/current/whoami`, { headers });

      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ data: { hub: { id: hub.id }, role: { identifier: 'owner' } } });
      expect(server.output).not.toContain(api_key.secret);
    } finally {
      await server.stop();
    }
  });
});

describe('hubgate, used wrongly', () => {
  it.each([[['bootstrap']], [['nonsense']], [[]], [['bootstrap', '--hub', 'x', '--nonsense']], [['key']]])(
    'ends with 2 and says how it is used: %j',
    async (args) => {
      const { code, stdout, stderr } = await test.cli.spawned.run(...args);

      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).not.toBe('');
    },
  );

  it('explains itself without a valid configuration', async () => {
    const { code, stdout } = await test.cli.spawned.with({ DATABASE_URL: 'postgres://x', PORT: 'no' }).run('--help');

    expect(code).toBe(0);
    expect(stdout).toContain('bootstrap');
  });

  it('lists everything that is wrong with the configuration, without a stack and without the secret', async () => {
    const wrong = { DATABASE_URL: 'postgres://me:hush@x/y', PORT: 'no', HUBGATE_SECRET: 'too-short-secret' };
    const { code, stdout, stderr } = await test.cli.with(wrong).run('bootstrap', '--hub', 'x', '--json');

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/PORT[\s\S]*DATABASE_URL[\s\S]*HUBGATE_SECRET/);
    expect(stderr).not.toMatch(/hush|too-short-secret|\n\s+at /);
  });

  it('says in one sentence that the secret is not the one of the database', async () => {
    const { code, stderr } = await test.cli.with({ HUBGATE_SECRET: 'z'.repeat(40) }).run('bootstrap', '--hub', 'Other');

    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: HUBGATE_SECRET does not fit this database.*\n$/);
  });
});
