import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cli, useCli, useFolder } from './support/cli.js';

interface Status {
  readonly migrations: readonly { readonly name: string; readonly applied: boolean }[];
}

const test = useCli();
const folder = useFolder();

describe('hubgate migrate', () => {
  it('--status changes nothing; migrate runs what is pending; a second run finds nothing to do', async () => {
    const before = await test.cli.json<Status>('migrate', '--status');
    expect(before.migrations.length).toBeGreaterThan(0);
    expect(before.migrations.some(({ applied }) => applied)).toBe(false);
    expect(await test.cli.json<Status>('migrate', '--status')).toEqual(before);

    const { code, stdout } = await test.cli.spawned.run('migrate', '--json');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Status).migrations).toHaveLength(before.migrations.length);

    const after = await test.cli.json<Status>('migrate', '--status');
    expect(after.migrations).toEqual(before.migrations.map(({ name }) => ({ name, applied: true })));
    expect((await test.cli.json<Status>('migrate')).migrations).toEqual([]);
  });

  it('--status makes neither a database file nor a secret', async () => {
    const dataDir = join(folder.path, 'none');
    const status = await new Cli({ HUBGATE_DATA_DIR: dataDir }).run('migrate', '--status');

    expect(status.code).toBe(0);
    expect(status.stdout).toContain('0 applied');
    expect(existsSync(dataDir)).toBe(false);
  });
});

describe('hubgate openapi', () => {
  it('writes the four documents, the same each time, and touches no database', async () => {
    const [one, two] = [join(folder.path, 'one'), join(folder.path, 'two')];
    const environment = { HUBGATE_DATA_DIR: join(folder.path, 'untouched'), DATABASE_URL: 'mysql://u@127.0.0.1:1/x' };
    const nowhere = new Cli(environment).spawned;

    expect((await nowhere.run('openapi', '--out', one)).code).toBe(0);
    expect((await nowhere.run('openapi', '--out', two)).code).toBe(0);

    expect(readdirSync(one).toSorted()).toEqual([
      'account.json',
      'management.json',
      'public-v1.json',
      'public-v2.json',
    ]);
    expect(existsSync(join(folder.path, 'untouched'))).toBe(false);
  });
});
