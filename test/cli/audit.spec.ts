import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess } from '../support/server-process.js';
import { Database } from '../../src/database/index.js';
import { type Bootstrapped, useCli } from './support/cli.js';

interface HubFacts {
  readonly id: string;
  readonly name: string;
  readonly sealed: number;
  readonly head: { readonly position: number; readonly seal: string; readonly sealed_at: string } | null;
  readonly unsealed: number;
  readonly unsealed_since: string | null;
  readonly broken: {
    readonly position: number | null;
    readonly row_id: string | null;
    readonly problem: string;
  } | null;
}

interface Row {
  readonly id: string;
  readonly body: string;
}

interface Verified {
  readonly intact: boolean;
  readonly hubs: readonly HubFacts[];
}

const test = useCli();
let database: Database;
/** The hub whose rows the tests break, one after the other. */
let hub: Bootstrapped['hub'];
let log: string;

beforeAll(async () => {
  hub = (await test.cli.json<Bootstrapped>('bootstrap', '--hub', 'Audited')).hub;
  database = new Database({ url: test.databaseUrl, entities: [], migrations: [] });
  await database.connect();
}, 60_000);
afterAll(() => database?.close());

const change = (sql: string, ...parameters: unknown[]) => database.transaction((tx) => tx.query(sql, parameters));
const rowsOf = () => database.query<Row>('SELECT * FROM activity WHERE hub_id = ? ORDER BY seal_position', [hub.id]);

async function verify(...args: string[]): Promise<{ code: number | null; intact: boolean; hub: HubFacts }> {
  const { code, stdout, stderr } = await test.cli.run('audit', 'verify', '--hub', hub.id, ...args, '--json');
  expect(stderr).toBe('');
  const { intact, hubs } = JSON.parse(stdout) as Verified;
  expect(hubs).toHaveLength(1);
  return { code, intact, hub: hubs[0] as HubFacts };
}

describe('hubgate audit verify', () => {
  it('tells of rows that no server has sealed yet, and since when, and changes nothing', async () => {
    await change('UPDATE activity SET created_at = ?', Date.parse('2026-01-02T03:04:05Z'));
    const before = await rowsOf();
    const { code, stdout, stderr } = await test.cli.run('audit', 'verify', '--hub', ' AUDITED ');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [head, row, waiting] = stdout.split('\n');
    expect(head?.split(/ +/)).toEqual(['ID', 'NAME', 'SEALED', 'UNSEALED', 'HEAD', 'STATE']);
    expect(row).toMatch(new RegExp(`^${hub.id} +Audited +0 +${before.length} +- +intact$`));
    expect(waiting).toContain('for a seal since 2026-01-02T03:04:05.000Z');
    expect(await rowsOf()).toEqual(before);
  });

  it('tells how far the chain goes that a server has made, and takes the head that it logged', async () => {
    const server = await ServerProcess.start(test.databaseUrl);
    await server.stop();
    log = server.output;
    const { position, seal } = loggedHead();

    const { length } = await rowsOf();
    expect(await verify('--head', `${hub.id}:${position}:${seal}`)).toEqual({
      code: 0,
      intact: true,
      hub: {
        id: hub.id,
        name: 'Audited',
        sealed: length,
        head: { position: length, seal, sealed_at: expect.any(String) },
        unsealed: 0,
        unsealed_since: null,
        broken: null,
      },
    });
  }, 60_000);

  it('ends with 1 and names the first broken row', async () => {
    const [row] = await rowsOf();
    await change('UPDATE activity SET body = ? WHERE id = ?', row?.body.replace('{', '{ '), row?.id);

    const problem = expect.stringContaining('not what was sealed');
    const found = { sealed: 0, broken: { position: 1, row_id: row?.id, problem } };
    expect(await verify()).toMatchObject({ code: 1, intact: false, hub: found });
    const { code, stdout } = await test.cli.spawned.run('audit', 'verify');
    expect(code).toBe(1);
    expect(stdout).toContain(`Hub ${hub.id} is broken first at: position 1, row ${row?.id}: the row or its seal`);
    expect(stdout).toContain('The activities of 1 of 1 hub are not as they were written.');
    await change('UPDATE activity SET body = ? WHERE id = ?', row?.body, row?.id);
  }, 60_000);

  it('finds by a logged head alone that the hub was set back', async () => {
    await change('DELETE FROM activity WHERE hub_id = ?', hub.id);
    await change('DELETE FROM activity_head WHERE hub_id = ?', hub.id);
    const { position, seal } = loggedHead();

    expect((await verify()).code).toBe(0);
    const anchored = await verify('--head', `${hub.id}:${position}:${seal}`);
    expect(anchored).toMatchObject({ code: 1, hub: { broken: { position: 1, row_id: null } } });
  }, 60_000);

  it('does not know a hub that does not exist', async () => {
    const { code, stdout, stderr } = await test.cli.run('audit', 'verify', '--hub', 'Nobody', '--json');

    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: 'error: There is no hub "Nobody".\n' });
  });

  it('takes a head that is none for wrong usage', async () => {
    const { code, stderr } = await test.cli.run('audit', 'verify', '--head', `${hub.id}:0:${'b'.repeat(64)}`);

    expect(code).toBe(2);
    expect(stderr).toContain('HUB:POSITION:SEAL');
  });
});

/** The last that the server's log names for the hub. */
function loggedHead(): { position: number; seal: string } {
  const lines = log.split('\n').filter((line) => line.includes('activities sealed') && line.includes(hub.id));
  return JSON.parse(lines.at(-1) ?? '{}') as { position: number; seal: string };
}
