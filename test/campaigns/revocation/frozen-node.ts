import { setTimeout as sleep } from 'node:timers/promises';
import { distributionOf } from '../support/percentiles.js';
import { inRounds, type Outcome, type Scenario } from './scenario.js';
import { KINDS } from './victims.js';
import { type EventResult } from './watch.js';
import { type World } from './world.js';

/** The node is thawed after this, or when all changes are answered, whichever is later. */
const FROZEN_MS = 6000;

/**
 * The other node is frozen while one of its transactions holds the counter's row: it has its number and will not
 * commit. Meanwhile this node makes changes, which must not wait for it for ever.
 */
async function round(world: World, size: number, waits: number[]): Promise<EventResult[]> {
  const { here, there } = world;
  const [bait, watches] = await Promise.all([world.openWatch(KINDS[0]), world.openWatches(size)]);
  const cut = there.proxy.cutAfter('UPDATE `access_counter`');
  const baited = bait.change(there);
  await cut;
  there.freeze();
  const changes = watches.map(async (watch) => {
    const startedAt = performance.now();
    const { status } = await watch.change(here);
    waits.push(performance.now() - startedAt);
    return status;
  });
  const [statuses] = await Promise.all([Promise.all(changes), sleep(FROZEN_MS)]);
  there.thaw();
  there.proxy.lighten();
  await baited;
  await bait.abandon();
  const events = await Promise.all(watches.map((watch) => watch.finish()));
  return events.map((event, index) => {
    const status = statuses[index];
    const problem = `${event.kind}: the change beside a frozen node was answered ${status}`;
    return status < 300 ? event : { ...event, problems: [problem] };
  });
}

async function run(world: World, count: number): Promise<Outcome> {
  const waits: number[] = [];
  const events = await inRounds(count, 6, (size) => round(world, size, waits));
  const { p50, max } = distributionOf(waits);
  const note = `changes on the other node were answered after ${Math.round(p50)} ms (median), ${Math.round(max)} ms (longest)`;
  return { events, notes: [note] };
}

export const FROZEN_NODE: Scenario = {
  name: 'frozen-node',
  about: 'one node is frozen (SIGSTOP) between taking its number and COMMIT; the other one revokes meanwhile',
  events: 18,
  run,
};
