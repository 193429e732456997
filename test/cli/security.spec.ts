import { beforeAll, describe, expect, it } from 'vitest';
import { type Bootstrapped, useCli } from './support/cli.js';

const test = useCli();
let made: Bootstrapped;

beforeAll(async () => {
  made = await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Plant Nord');
}, 60_000);

const security = (...more: string[]) => test.cli.json('hub', 'security', '--hub', made.hub.id, ...more);

describe('hubgate hub security', () => {
  it('shows where the keys of a hub are taken', async () => {
    expect(await security()).toMatchObject({ security: { require_domain: false } });
  });

  it('refuses to shut out every key, unless it is forced, and is the way back in', async () => {
    const { code, stderr } = await test.cli.run('hub', 'security', '--hub', made.hub.id, '--require-domain', 'on');
    expect([code, stderr]).toEqual([1, expect.stringContaining('the hub has no approved domain')]);
    expect(await security()).toMatchObject({ security: { require_domain: false } });

    expect(await security('--require-domain', 'on', '--force')).toMatchObject({ security: { require_domain: true } });
    expect(await security('--require-domain', 'off')).toMatchObject({ security: { require_domain: false } });
  });
});
