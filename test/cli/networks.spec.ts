import { beforeAll, describe, expect, it } from 'vitest';
import { type Bootstrapped, useCli } from './support/cli.js';

interface Shown {
  readonly networks: readonly { readonly for: string; readonly network: string; readonly allowed: boolean }[];
}

const test = useCli();
let ours: Bootstrapped;
let theirs: Bootstrapped;

beforeAll(async () => {
  ours = await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Plant Nord');
  theirs = await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Plant Süd');
}, 60_000);

const networks = async ({ hub }: Bootstrapped, ...more: string[]) => {
  const { networks: shown } = await test.cli.json<Shown>('hub', 'networks', '--hub', hub.id, ...more);
  return shown.map((each) => `${each.allowed ? '+' : '-'} ${each.for} ${each.network}`);
};

describe('hubgate hub networks', () => {
  it('allows, denies and forgets networks of one hub, each in its canonical spelling', async () => {
    expect(await networks(ours)).toEqual([]);
    expect(await networks(ours, '--allow', '10.0.0.0/8', '::ffff:192.168.1.7', '--for', 'box')).toEqual([
      '+ box 10.0.0.0/8',
      '+ box 192.168.1.7',
    ]);
    expect(await networks(ours, '--deny', '10.1.0.0/16', '--remove', '192.168.1.7')).toEqual([
      '+ box 10.0.0.0/8',
      '- box 10.1.0.0/16',
      '- webhook 10.1.0.0/16',
    ]);
    expect(await networks(ours, '--deny', '10.0.0.0/8', '--for', 'box')).toContain('- box 10.0.0.0/8');
    expect(await networks(theirs)).toEqual([]);
  });

  it.each([
    [['--allow', '10.1.2.3/8'], 'write 10.0.0.0/8'],
    [['--allow', 'example.com'], 'is not an IPv4 or IPv6 address'],
    [['--allow', '127.0.0.1'], 'is never called'],
    [['--allow', '169.254.169.254'], 'is never called'],
    [['--allow', '10.0.0.0/8', '--deny', '10.0.0.0/8'], 'is named twice'],
    [['--allow', '10.0.0.0/8', '--list'], '--list only shows'],
  ])('refuses %j and changes nothing', async (args, words) => {
    const before = await networks(ours);
    const { code, stderr } = await test.cli.run('hub', 'networks', '--hub', ours.hub.id, ...args);

    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(words) });
    expect(await networks(ours)).toEqual(before);
  });

  it('knows no hub that does not exist', async () => {
    const { code, stderr } = await test.cli.run('hub', 'networks', '--hub', '0'.repeat(24), '--allow', '10.0.0.0/8');

    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('no such hub') });
  });
});
