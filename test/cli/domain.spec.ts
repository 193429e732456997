import { beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess } from '../support/server-process.js';
import { type Bootstrapped, useCli } from './support/cli.js';

interface Fact {
  readonly name: string;
  readonly hub_id: string;
  readonly state: string;
  readonly rules: string;
}

const test = useCli();
const NAME = 'shop.example.com';
let ours: Bootstrapped;
let theirs: Bootstrapped;
let server: ServerProcess;

const ask = (path: string, { api_key }: Bootstrapped, more: RequestInit = {}): Promise<Response> => {
  const headers = { authorization: `Bearer ${api_key.secret}`, 'content-type': 'application/json' };
  return fetch(`${server.url}/api/v1/domains${path}`, { ...more, headers });
};
const claim = async (hub: Bootstrapped): Promise<void> => {
  expect((await ask('', hub, { method: 'POST', body: JSON.stringify({ name: NAME }) })).status).toBe(201);
};
const list = async (...more: string[]): Promise<readonly Fact[]> =>
  (await test.cli.json<{ domains: Fact[] }>('domain', 'list', ...more)).domains;
const run = (...args: string[]) => test.cli.run('domain', ...args);

beforeAll(async () => {
  ours = await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Plant Nord');
  theirs = await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Plant Süd');
}, 60_000);

describe('hubgate domain', () => {
  it('lists, approves, disarms and rejects, beside a running server', async () => {
    server = await ServerProcess.start(test.databaseUrl);
    try {
      await claim(ours);
      await claim(theirs);
      const fact = ({ hub }: Bootstrapped, state: string, rules = 'enabled') => ({
        name: NAME,
        hub_id: hub.id,
        state,
        rules,
      });
      expect(await list()).toEqual([fact(ours, 'pending'), fact(theirs, 'pending')]);
      expect(await list('--hub', theirs.hub.id)).toEqual([fact(theirs, 'pending')]);
      expect((await run('list')).stdout).toMatch(
        new RegExp(`^NAME +HUB +STATE +RULES\n${NAME} +${ours.hub.id} +pending`),
      );

      expect(await run('approve', '--domain', NAME)).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining(`--hub with one of: ${ours.hub.id}, ${theirs.hub.id}`),
      });
      const approved = await test.cli.json('domain', 'approve', '--domain', NAME.toUpperCase(), '--hub', ours.hub.id);
      expect(approved).toEqual({ domain: fact(ours, 'approved') });
      expect(await run('approve', '--domain', NAME, '--hub', theirs.hub.id)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('approved for another hub'),
      });
      expect(((await (await ask(`/${NAME}`, ours)).json()) as Fact).state).toBe('approved');
      expect(((await (await ask(`/${NAME}`, theirs)).json()) as Fact).state).toBe('pending');

      const disarmed = await test.cli.json('domain', 'rules', '--domain', NAME, '--disable');
      expect(disarmed).toEqual({ domain: fact(ours, 'approved', 'disabled') });
      expect(await run('rules', '--domain', NAME, '--enable')).toEqual({
        code: 0,
        stderr: '',
        stdout: `The rules of ${NAME} act again.\n`,
      });

      expect(await run('reject', '--domain', NAME, '--hub', ours.hub.id)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('--force'),
      });
      expect((await run('reject', '--domain', NAME, '--hub', theirs.hub.id)).code).toBe(0);
      expect((await ask(`/${NAME}`, theirs)).status).toBe(404);
      expect((await run('reject', '--domain', NAME, '--force')).code).toBe(0);
      expect(await list()).toEqual([]);
    } finally {
      await server.stop();
    }
  }, 300_000);

  it.each([
    [['approve', '--domain', 'nobody.example.com'], 'No hub claims nobody.example.com'],
    [['approve', '--domain', '127.0.0.1'], 'No hub claims 127.0.0.1'],
    [['reject', '--domain', 'nobody.example.com', '--force'], 'No hub claims nobody.example.com'],
    [['rules', '--domain', 'nobody.example.com', '--disable'], 'approved for no hub'],
    [['rules', '--domain', NAME], 'either --disable or --enable'],
    [['rules', '--domain', NAME, '--disable', '--enable'], 'either --disable or --enable'],
    [['list', '--hub', '0'.repeat(24)], 'no such hub'],
  ])('refuses %j with the reason', async (args, words) => {
    expect(await run(...args)).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining(words) });
  });

  it.each([['approve'], ['reject'], ['rules', '--disable']])('without a name %s is wrong usage', async (...args) => {
    expect((await run(...args)).code).toBe(2);
  });
});
