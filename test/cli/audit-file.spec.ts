import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestHub } from '../support/factory.js';
import { TEST_SECRET, useTestApp } from '../support/test-app.js';
import { anchorOf, record, seal } from '../activity/support/chain.js';
import { exported } from '../activity/support/export.js';
import { Cli, useFolder } from './support/cli.js';

const test = useTestApp();
const folder = useFolder();
const file = join(folder.path, 'export.jsonl');
const dataDir = join(folder.path, 'data');

let hub: TestHub;

beforeAll(async () => {
  hub = await test.app.create.hub();
  await record(test.app, hub, 3, 'two\u2028lines');
  await seal(test.app);
  const caller = await test.app.create.caller({ hub, capabilities: ['hubs-auditlog-view'] });
  writeFileSync(file, `${(await exported(caller)).join('\n')}\n`);
}, 60_000);

/** A machine that has the secret and no database. */
const machine = (secret: string | null = TEST_SECRET) =>
  new Cli({ HUBGATE_DATA_DIR: dataDir, ...(secret === null ? {} : { HUBGATE_SECRET: secret }) });
const verify = (args: readonly string[], secret?: string | null) => machine(secret).run('audit', 'verify', ...args);

describe('hubgate audit verify --file', () => {
  it('says that an export is intact, with the secret alone, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await machine().spawned.run('audit', 'verify', '--file', file);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      new RegExp(`^Export of hub ${hub.id}, made at .* is intact: 3 sealed rows up to position 3`),
    );
    expect(existsSync(dataDir)).toBe(false);
  });

  it('tells programs the same', async () => {
    const { position, seal: hex } = await anchorOf(test.app, hub);
    const { code, stdout } = await verify(['--file', file, '--head', `${hub.id}:${position}:${hex}`, '--json']);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      intact: true,
      export: {
        hub: hub.id,
        exported_at: expect.any(String),
        from: null,
        to: null,
        sealed: 3,
        unsealed: expect.any(Number),
        last: { position: 3, seal: hex },
        broken: null,
      },
    });
  });

  it('ends with 1 and names the first line that is wrong', async () => {
    const changed = join(folder.path, 'changed.jsonl');
    writeFileSync(changed, readFileSync(file, 'utf8').replace('hub.inactive', 'hub.test.occurred'));
    const { code, stdout, stderr } = await verify(['--file', changed]);

    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('is NOT intact');
    expect(stdout).toMatch(/broken first at: line 2, position 1, row [0-9a-f]{24}: the row or its seal is not what/);
  });

  it('ends with 1 where the secret is another, or there is none, and makes none', async () => {
    expect((await verify(['--file', file], 'another secret of at least 32 characters')).stdout).toContain(
      'HUBGATE_SECRET',
    );
    const { code, stdout, stderr } = await verify(['--file', file], null);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('HUBGATE_SECRET');
    expect(existsSync(dataDir)).toBe(false);
  });

  it('ends with 1 where there is no such file, or a head of another hub', async () => {
    expect((await verify(['--file', join(folder.path, 'none.jsonl')])).stderr).toContain('no such file');
    const { code, stderr } = await verify(['--file', file, '--head', `${'0'.repeat(24)}:1:${'0'.repeat(64)}`]);

    expect(code).toBe(1);
    expect(stderr).toContain(`--head names hub ${'0'.repeat(24)}`);
  });

  it('takes a hub beside a file for wrong usage', async () => {
    expect((await verify(['--file', file, '--hub', hub.id])).code).toBe(2);
  });
});
