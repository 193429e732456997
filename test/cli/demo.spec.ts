import { beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess } from '../support/server-process.js';
import { type Bootstrapped, useCli } from './support/cli.js';

interface Demo {
  readonly hub: { readonly id: string };
  readonly group: { readonly id: string };
  readonly list: { readonly id: string; readonly name: string };
  readonly api_key: { readonly id: string; readonly secret: string };
}

const test = useCli();
let owner: Bootstrapped;
let demo: Demo;

beforeAll(async () => {
  owner = await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Demo');
  demo = await test.cli.json<Demo>('demo', '--hub', owner.hub.id);
}, 60_000);

describe('hubgate demo', () => {
  it('makes a group, a list and a key', () => {
    const id = expect.stringMatching(/^[0-9a-f]{24}$/);

    expect(demo).toEqual({
      hub: { id: owner.hub.id },
      group: { id },
      list: { id, name: 'StockInfo' },
      api_key: { id, secret: expect.stringMatching(/^hgk_/) },
    });
  });

  it('makes a key that reads and writes the rows, with all scopes and the role without capabilities', async () => {
    const server = await ServerProcess.start(test.databaseUrl);
    try {
      const exchange = { headers: { apiKey: demo.api_key.secret } };
      const token = await fetch(`${server.url}/public-api/v1/auth/token`, exchange).then((answer) => answer.json());
      const headers = { authorization: `Bearer ${(token as { accessToken: string }).accessToken}` };
      const ask = async (path: string, body?: object): Promise<unknown> => {
        const init = body && { method: 'POST', body: JSON.stringify(body) };
        const url = `${server.url}/public-api/v1/${path}`;
        return (await fetch(url, { ...init, headers: { ...headers, 'content-type': 'application/json' } })).json();
      };

      const table = (await ask('lists/list?Name=stockinfo')) as { columns: { name: string }[]; items: unknown[] };
      expect(table.columns.map(({ name }) => name)).toEqual(['ID', 'MaterialNo', 'Quantity', 'Locked']);
      expect(table.items).toHaveLength(5);
      expect(await ask('lists/items', { listName: 'StockInfo', data: { MaterialNo: 'Z-1' } })).toMatchObject({
        addedItem: expect.arrayContaining([{ column: 'ID', value: 6 }]),
      });
      expect(await ask('auth/whoami')).toMatchObject({
        role: { identifier: 'integration' },
        group: { id: demo.group.id, name: 'Warehouse' },
        capabilities: [],
        scopes: ['read:lists', 'write:lists', 'read:alerts', 'write:alerts', 'read:box', 'write:box'],
        rights: { lists: [{ list_id: demo.list.id, rights: ['read', 'add', 'change', 'delete'] }] },
      });
      expect(server.output).not.toContain(demo.api_key.secret);
    } finally {
      await server.stop();
    }
  });

  it('refuses a second time in one sentence, and makes no further key', async () => {
    const refused = await test.cli.run('demo', '--hub', owner.hub.id, '--json');

    expect(refused).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining('nothing of it was made') });
    const { api_keys } = await test.cli.json<{ api_keys: unknown[] }>('key', 'list', '--hub', owner.hub.id);
    expect(api_keys).toHaveLength(2);
  });

  it('makes exactly one of two that run at once', async () => {
    const { hub } = await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Twice');

    const tries = await Promise.all([1, 2].map(() => test.cli.spawned.run('demo', '--hub', hub.id)));

    expect(new Set(tries.map(({ code }) => code))).toEqual(new Set([0, 1]));
  });

  it.each(['0'.repeat(24), 'nonsense'])('says that there is no hub %s', async (id) => {
    expect(await test.cli.run('demo', '--hub', id)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: There is no such hub.\n',
    });
  });
});
