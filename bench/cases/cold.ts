import { type Bench } from '../bench.js';
import { ask } from '../http.js';
import { bearers, type Load } from '../load/load.js';
import { exchange, get, readRows, tokenFor, WHOAMI_KEY, WHOAMI_TOKEN } from '../loads.js';
import { quantile } from '../rounds.js';
import { atMost, number, type Section } from '../section.js';
import { countStatements } from '../statements.js';
import { type World } from '../world/world.js';
import { type Case } from './case.js';

const KEYS = 500;

/** What a server that does not know a key needs for its first request. */
export const cold: Case = {
  name: 'cold',
  about: 'the first request of a key',
  async run(bench) {
    const world = await bench.small();
    return [await statements(bench, world), await latency(bench, world)];
  },
};

async function statements(bench: Bench, world: World): Promise<Section> {
  const { url } = await bench.hubgate(world);
  const token = await tokenFor(url, world.integrationKey);
  await bench.stopServers();
  const loads: [string, Load][] = [
    ['whoami by key', get(WHOAMI_KEY, world.integrationKey)],
    ['whoami by token', get(WHOAMI_TOKEN, token)],
    ['token exchange', exchange(world.integrationKey)],
    ['read five rows', readRows(token, world.lists.five.name, 5)],
  ];
  const counts = [];
  for (const [name, load] of loads) {
    counts.push({ name, ...(await countStatements(world.url, load)) });
  }
  const most = Math.max(...counts.map(({ first }) => first));
  return {
    title: 'SQL statements of the first request to a server that has just started, and of later ones',
    table: [['', 'first', 'later'], ...counts.map(({ name, first, warm }) => [name, String(first), String(warm)])],
    verdicts: [
      atMost('SQL statements, whoami as first request of a key', counts[0].first, 1, ''),
      atMost('SQL statements, the dearest first request of a key', most, 4, ''),
    ],
    notes: [],
  };
}

/** One after the other, so that nobody waits for anybody else. */
async function latency(bench: Bench, world: World): Promise<Section> {
  const hubgate = await bench.hubgate(world);
  const load: Load = { path: WHOAMI_KEY, headers: {}, rotate: bearers(world.keys.slice(0, KEYS)) };
  const warmUp = get(WHOAMI_KEY, world.ownerKey);
  for (let index = 0; index < KEYS; index += 1) {
    await ask(hubgate.url, warmUp);
  }
  const rows = [['first request of each', ...(await pass(hubgate.url, load))]];
  rows.push(['second request of each', ...(await pass(hubgate.url, load))]);
  return {
    title: `whoami by ${KEYS} keys, one request after the other`,
    table: [['', 'p50 ms', 'p99 ms'], ...rows],
    verdicts: [],
    notes: [],
  };
}

async function pass(url: string, load: Load): Promise<string[]> {
  const times: number[] = [];
  for (let index = 0; index < KEYS; index += 1) {
    times.push((await ask(url, load, index)).milliseconds);
  }
  return [number(quantile(times, 0.5)), number(quantile(times, 0.99))];
}
