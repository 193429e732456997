import { setTimeout as sleep } from 'node:timers/promises';
import { changeOnce } from './plain.js';
import { inLanes, inRounds, type Outcome, type Scenario } from './scenario.js';
import { type EventResult } from './watch.js';
import { type World } from './world.js';

const LANES = 3;
/** A node on a slow line verifies by one slow SELECT each, on ten connections: more would only queue. */
const WAITING_MAX = 3;
const DARK_MS = 3000;
const FEED_STATEMENT = 'FROM access_counter c LEFT JOIN';

/** Everything that the other node and the database say to each other takes this much longer, each way. */
function delayed(milliseconds: number, events: number): Scenario {
  const run = async (world: World, count: number): Promise<Outcome> => {
    world.there.proxy.delay = milliseconds;
    world.waitingMax = WAITING_MAX;
    try {
      return { events: await inLanes(count, LANES, () => changeOnce(world, world.here)) };
    } finally {
      world.there.proxy.delay = 0;
      // What is under way comes as late as before.
      await sleep(2 * milliseconds + 1000);
    }
  };
  const about = `all bytes between one node and the database come ${milliseconds} ms late, each way`;
  return { name: `delay-${milliseconds}`, about, events, run };
}

/** The other node's connections stay open and carry nothing for 3 s, from just before the changes. */
function dark(name: string, about: string, matching?: (text: string) => boolean): Scenario {
  const round = async (world: World, size: number): Promise<EventResult[]> => {
    const watches = await world.openWatches(size);
    world.there.proxy.darken(matching);
    const light = sleep(DARK_MS).then(() => world.there.proxy.lighten());
    const replies = await Promise.all(watches.map((watch) => watch.change(world.here)));
    await light;
    const events = await Promise.all(watches.map((watch) => watch.finish()));
    return events.map((event, index) => withAnswer(event, replies[index].status));
  };
  const run = async (world: World, count: number): Promise<Outcome> => ({
    events: await inRounds(count, 10, (size) => round(world, size)),
  });
  return { name, about, events: 30, run };
}

function withAnswer(event: EventResult, status: number): EventResult {
  const problems = status < 300 ? [] : [`the change on a healthy node was answered ${status}`];
  return { ...event, problems: [...event.problems, ...problems] };
}

export const SLOW_NETWORK: readonly Scenario[] = [
  delayed(300, 36),
  delayed(750, 18),
  dark('dark', 'one node hears nothing from the database for 3 s while its connections stay open'),
  dark('dark-feed', 'only the change feed of one node hears nothing for 3 s', (text) => text.includes(FEED_STATEMENT)),
];
