import { setTimeout as sleep } from 'node:timers/promises';
import { isAccepted } from './prober.js';
import { inRounds, type Outcome, type Scenario } from './scenario.js';
import { type EventResult, type Watch } from './watch.js';
import { type World } from './world.js';
import { type PrivateMariadb } from '../support/private-mariadb.js';

const GIVEN_UP_AFTER_MS = 90_000;

/** What happens to the server: at once, or right after the changes were answered. */
type Blow = (server: PrivateMariadb, turn: number) => Promise<void>;

const frozen: Blow = async (server, turn) => {
  server.freeze();
  await sleep(2000 + (turn % 4) * 1000);
  server.thaw();
};

const restarted: Blow = async (server, turn) => {
  await server.kill(turn % 4 < 2 ? 'SIGKILL' : 'SIGTERM');
  await server.start();
};

/** In even rounds the blow falls into the changes, in odd ones right after their answers. */
async function round(world: World, blow: Blow, size: number, turn: number): Promise<EventResult[]> {
  const { server } = world;
  if (!server) {
    return [];
  }
  const watches = await world.openWatches(size);
  const changes = watches.map((watch, index) => insist(watch, world, index + turn));
  const struck = turn % 2 === 0 ? sleep(turn * 3) : Promise.all(changes);
  await struck.then(() => blow(server, turn >> 1));
  await Promise.all(changes);
  const events = await Promise.all(watches.map((watch) => watch.finish()));
  await settled(world);
  return events;
}

/** Repeats the change until it is answered with success; 404: an earlier try whose answer was lost has done it. */
async function insist(watch: Watch, world: World, turn: number): Promise<void> {
  const deadline = performance.now() + GIVEN_UP_AFTER_MS;
  while (performance.now() < deadline) {
    const reply = await watch.change(world.nodes[turn % 2]);
    if (isAccepted(reply)) {
      return;
    }
    if (reply.status === 404) {
      watch.counts();
      return;
    }
    await sleep(100);
  }
  throw new Error(`"${watch.kind.name}" could not be made within ${GIVEN_UP_AFTER_MS / 1000} s.`);
}

/** Both nodes verify from their cache again before the next round begins. */
async function settled({ nodes }: World): Promise<void> {
  for (const { client } of nodes) {
    while ((await client.send('GET', '/healthz/ready')).status !== 200) {
      await sleep(100);
    }
  }
  await sleep(500);
}

function broken(name: string, about: string, blow: Blow): Scenario {
  const run = async (world: World, count: number): Promise<Outcome> => ({
    events: await inRounds(count, 6, (size, turn) => round(world, blow, size, turn)),
  });
  return { name, about, events: 24, ownServer: true, run };
}

export const BROKEN_SERVER: readonly Scenario[] = [
  broken('frozen-database', 'the database is frozen (SIGSTOP) for 2 to 5 s during or right after the changes', frozen),
  broken('restarted-database', 'the database is killed or restarted during or right after the changes', restarted),
];
