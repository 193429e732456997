import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseDatabaseUrl } from '../../../src/database/database-url.js';
import { isAccepted } from './prober.js';
import { inRounds, type Outcome, type Scenario } from './scenario.js';
import { KINDS, type Victim } from './victims.js';
import { BOUND_MS, type EventResult } from './watch.js';
import { type World } from './world.js';

/** Longer than nodes need to see the restored change feed, and shorter than they keep what they read after it. */
const HALFWAY_MS = 2500;
const REVIVED_WITHIN_MS = 10_000;

/** Runs a tool of MariaDB on the campaign's database; resolves to what it printed. */
function tool(name: string, databaseUrl: string, options: readonly string[], input = ''): Promise<string> {
  const target = parseDatabaseUrl(databaseUrl);
  if (target.kind === 'sqlite') {
    throw new Error('A dump needs a database server.');
  }
  const { host, port, user, password, database } = target;
  const login = ['--no-defaults', `--host=${host}`, `--port=${port}`, `--user=${user}`];
  const child = spawn(name, [...login, ...options, database], { env: { ...process.env, MYSQL_PWD: password } });
  const [output, errors]: Buffer[][] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0
        ? resolve(Buffer.concat(output).toString())
        : reject(new Error(`${name} ended with ${code}: ${Buffer.concat(errors).toString()}`)),
    );
  });
}

const dump = (world: World): Promise<string> =>
  tool('mariadb-dump', world.databaseUrl, ['--single-transaction', '--hex-blob', '--skip-comments']);

/** As from a large dump: when the change feed is back already, the keys are still those of before for a while. */
function slowedDown(text: string): string {
  return text.replace('DROP TABLE IF EXISTS `api_key`;', `SELECT SLEEP(${HALFWAY_MS / 1000});\n$&`);
}

/** Milliseconds from now until every node has accepted somebody whom the restored database knows. */
async function untilRevived(world: World, { credential, path }: Victim): Promise<number> {
  const restoredAt = performance.now();
  const times = world.nodes.map(async ({ client }) => {
    let reply = await client.as(credential).send('GET', path);
    while (!isAccepted(reply) && performance.now() - restoredAt < REVIVED_WITHIN_MS) {
      await sleep(10);
      reply = await client.as(credential).send('GET', path);
    }
    return reply.startedAt - restoredAt;
  });
  return Math.max(...(await Promise.all(times)));
}

/** Keys made after the dump; in odd rounds also one that is deleted after it and must be back. */
async function round(world: World, size: number, turn: number, revivals: number[]): Promise<EventResult[]> {
  const revived = await world.openWatch(KINDS[0]);
  const saved = await dump(world);
  const makers = Array.from({ length: size }, () => world.openWatch({ ...world.nextKind(), refusal: 401 }));
  const watches = await Promise.all(makers);
  if (turn % 2 === 1) {
    await revived.change(world.here);
  }
  await revived.abandon();
  await tool('mariadb', world.databaseUrl, [], slowedDown(saved));
  watches.forEach((watch) => watch.counts());
  const [revival, ...events] = await Promise.all([
    untilRevived(world, revived.victim),
    ...watches.map((watch) => watch.finish()),
  ]);
  revivals.push(revival);
  return events;
}

async function run(world: World, count: number): Promise<Outcome> {
  const revivals: number[] = [];
  const events = await inRounds(count, 9, (size, turn) => round(world, size, turn, revivals));
  const slowest = Math.round(Math.max(...revivals));
  const problems = slowest > BOUND_MS ? [`a key that was restored was refused for ${slowest} ms`] : [];
  return { events, problems, notes: [`keys that the dump knew were accepted everywhere after at most ${slowest} ms`] };
}

export const RESTORED: Scenario = {
  name: 'restored-database',
  about: 'an older dump is restored, slowly, while the nodes run; keys made since then must be gone',
  events: 36,
  onlyMariaDb: true,
  run,
};
