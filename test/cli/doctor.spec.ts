import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { skewCheck } from '../../src/cli/doctor/server-checks.js';
import { onServer } from '../support/test-database.js';
import { Cli, useCli, useFolder } from './support/cli.js';

interface Examined {
  readonly checks: readonly { readonly name: string; readonly status: string; readonly found: string }[];
}

const test = useCli();
const folder = useFolder();

async function examine(cli: Cli): Promise<{ code: number | null; checks: Record<string, string>; output: string }> {
  const { code, stdout, stderr } = await cli.run('doctor', '--json');
  const { checks } = JSON.parse(stdout) as Examined;
  return {
    code,
    checks: Object.fromEntries(checks.map(({ name, status }) => [name, status])),
    output: stdout + stderr,
  };
}

beforeAll(async () => {
  await test.cli.json('bootstrap', '--hub', 'Patient');
}, 60_000);

describe('hubgate doctor', () => {
  it('finds nothing wrong with a database that we made', async () => {
    const { code, checks } = await examine(test.cli.spawned);

    expect(code).toBe(0);
    const server = ['database-version', 'collation', 'sql-mode', 'clock-skew'];
    for (const name of [
      'configuration',
      'secret',
      'database-reachable',
      'migrations',
      'secret-fits',
      ...(onServer ? server : []),
    ]) {
      expect([name, checks[name]]).toEqual([name, 'ok']);
    }
  });

  it('says that the secret is another one', async () => {
    const { code, checks, output } = await examine(test.cli.with({ HUBGATE_SECRET: 'q'.repeat(40) }));

    expect(code).toBe(1);
    expect(checks['secret-fits']).toBe('fail');
    expect(output).not.toContain('q'.repeat(40));
  });

  it('reports a database that does not answer, without a stack and without the password', async () => {
    const { code, checks, output } = await examine(
      test.cli.spawned.with({ DATABASE_URL: 'mysql://me:hush@127.0.0.1:1/hub' }),
    );

    expect(code).toBe(1);
    expect(checks['database-reachable']).toBe('fail');
    expect(output).not.toMatch(/hush|\\n\s+at /);
  });

  it('reports every mistake in the configuration', async () => {
    const { stdout, code } = await test.cli.with({ PORT: 'x', LOG_LEVEL: 'loud' }).run('doctor', '--json');

    expect(code).toBe(1);
    expect((JSON.parse(stdout) as Examined).checks.map(({ found }) => found)).toEqual([
      'PORT must be a whole number from 0 to 65535',
      expect.stringContaining('LOG_LEVEL must be one of'),
    ]);
  });

  it('is content with a machine on which nothing has started yet, and makes nothing', async () => {
    const dataDir = join(folder.path, 'fresh');
    const { code } = await examine(new Cli({ HUBGATE_DATA_DIR: dataDir }));

    expect(code).toBe(0);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('reports a secret file that others can read', async () => {
    const file = join(folder.path, 'open.secret');
    writeFileSync(file, 'o'.repeat(40));
    chmodSync(file, 0o644);
    const { code, output } = await examine(test.cli.with({ HUBGATE_SECRET: '', HUBGATE_SECRET_FILE: file }));

    expect(code).toBe(1);
    expect(output).toContain('chmod 600');
  });
});

describe('the clock of the database', () => {
  it.each([
    [0, 'ok'],
    [-2000, 'ok'],
    [2001, 'warn'],
    [-300_000, 'warn'],
    [300_001, 'fail'],
    [Number.NaN, 'fail'],
  ])('%d ms away: %s', (milliseconds, status) => {
    expect(skewCheck(milliseconds, '').status).toBe(status);
  });
});
