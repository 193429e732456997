import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench } from '../bench.js';
import { bearers, type Load, type LoadResult } from '../load/load.js';
import { OWN } from '../load/own.js';
import { loadTool } from '../load/tool.js';
import { get, WHOAMI_KEY } from '../loads.js';
import { type MeasuredServer } from '../measured-server.js';
import { atMost, number, type Section } from '../section.js';
import { type Case } from './case.js';

/** RECORDS_MAX in src/access/principal-cache.ts: so many records of keys are kept, and the eldest goes. */
const CACHE_HOLDS = 100_000;
/** RECORD_TTL_MS, there too. */
const KEPT_SECONDS = 60;
const SETTLE_MS = 2_000;
/** Garbage that waits for its collection makes the figure uneven. */
const GROWTH_LIMIT = 1.25;

/** How much memory keys in use take, and what happens when there are more than the cache holds. */
export const memory: Case = {
  name: 'memory',
  about: 'memory, and more keys than the cache holds',
  async run(bench) {
    const [small, big] = [await bench.small(), await bench.big()];
    const first = await bench.hubgate(small);
    await sleep(SETTLE_MS);
    const rows = [['idle', shownMemory(first.residentMiB)]];
    const { roundSeconds, rounds, connections } = bench.plan;
    const seconds = roundSeconds * rounds;
    await loadTool.run(get(WHOAMI_KEY, small.ownerKey), { url: first.url, connections, seconds });
    rows.push([`after ${seconds} s of whoami by one key`, shownMemory(first.residentMiB)]);
    const many = await bench.hubgate(big);
    const full = await useKeys(bench, many, big.keys.slice(0, CACHE_HOLDS));
    rows.push([`after one request by each of ${number(full.requests, 0)} keys`, shownMemory(full.residentMiB)]);
    const over = await useKeys(bench, many, big.keys.slice(CACHE_HOLDS));
    rows.push([`and then by each of ${number(over.requests, 0)} others`, shownMemory(over.residentMiB)]);
    return [memorySection(rows, full, over), spreadSection(full, over)];
  },
};

interface Use extends LoadResult {
  readonly cpuMicroseconds: number | null;
  readonly residentMiB: number | null;
}

/** Each key once, unless that takes longer than the cache keeps it. */
async function useKeys(bench: Bench, server: MeasuredServer, keys: readonly string[]): Promise<Use> {
  const load: Load = { path: WHOAMI_KEY, headers: {}, rotate: bearers(keys), once: true };
  const before = server.cpuMicroseconds;
  const result = await OWN.run(load, { url: server.url, ...bench.plan, seconds: KEPT_SECONDS });
  const after = server.cpuMicroseconds;
  if (result.failures > 0) {
    throw new Error(`${result.failures} of ${result.requests} requests by many keys failed.`);
  }
  const cpuMicroseconds = before === null || after === null ? null : (after - before) / result.requests;
  return { ...result, cpuMicroseconds, residentMiB: server.residentMiB };
}

function memorySection(rows: string[][], full: Use, over: Use): Section {
  const growth = (over.residentMiB ?? Number.NaN) / (full.residentMiB ?? Number.NaN);
  const filled = full.requests >= CACHE_HOLDS;
  const goal = 'memory with more keys than the cache holds, of that when it is just full';
  return {
    title: 'memory of the process',
    table: [['', 'RSS MiB'], ...rows],
    verdicts: filled && !Number.isNaN(growth) ? [atMost(goal, growth, GROWTH_LIMIT, ' ×')] : [],
    notes: [
      `The cache of principals holds ${number(CACHE_HOLDS, 0)} records (RECORDS_MAX in src/access/principal-cache.ts), each for a minute.`,
      ...(filled ? [] : ['The machine was too slow to fill it within a minute.']),
    ],
  };
}

function spreadSection(full: Use, over: Use): Section {
  const row = (name: string, { requests, perSecond, p50Milliseconds, p99Milliseconds, cpuMicroseconds }: Use) => [
    name,
    number(requests, 0),
    number(perSecond, 0),
    number(p50Milliseconds),
    number(p99Milliseconds),
    cpuMicroseconds === null ? '' : number(cpuMicroseconds, 1),
  ];
  return {
    title: 'whoami by keys that the server has not in its cache, one SQL statement each',
    table: [
      ['', 'requests', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs/request'],
      row('the first keys', full),
      row('other keys, after them', over),
    ],
    verdicts: [],
    notes: [],
  };
}

function shownMemory(residentMiB: number | null): string {
  return residentMiB === null ? 'not told by this system' : number(residentMiB, 0);
}
