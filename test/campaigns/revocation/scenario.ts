import { type EventResult } from './watch.js';
import { type World } from './world.js';

export interface Outcome {
  readonly events: readonly EventResult[];
  readonly notes?: readonly string[];
  readonly problems?: readonly string[];
}

export interface Scenario {
  readonly name: string;
  /** What is done, in one line. */
  readonly about: string;
  /** How many events, unless `--events` says otherwise for the plain one. */
  readonly events: number;
  /** It freezes or kills the database server, which must therefore be ours. */
  readonly ownServer?: boolean;
  /** It runs the dump and restore tools of MariaDB. */
  readonly onlyMariaDb?: boolean;
  readonly run: (world: World, events: number) => Promise<Outcome>;
}

/** Runs `work` so many times, at most `lanes` at once; each gets the number of its turn. */
export async function inLanes<T>(count: number, lanes: number, work: (turn: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const turn = next;
      next += 1;
      results.push(await work(turn));
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
  return results;
}

/** So many events in rounds of at most `size`. */
export async function inRounds(
  count: number,
  size: number,
  round: (size: number, turn: number) => Promise<EventResult[]>,
): Promise<EventResult[]> {
  const results: EventResult[] = [];
  for (let turn = 0; results.length < count; turn += 1) {
    results.push(...(await round(Math.min(size, count - results.length), turn)));
  }
  return results;
}
