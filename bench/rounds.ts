import { type Load, type LoadResult } from './load/load.js';
import { loadTool } from './load/tool.js';
import { type Plan } from './options.js';
import { type MeasuredServer } from './measured-server.js';

/** Who is measured beside whom, and with what. */
export interface Contestant {
  readonly name: string;
  readonly server: MeasuredServer;
  readonly load: Load;
}

/** Medians over the rounds. */
export interface Measured {
  readonly name: string;
  readonly perSecond: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  /** Of the server's process; null where the system does not tell. */
  readonly cpuMicroseconds: number | null;
  readonly voidRounds: number;
}

const WARM_REQUESTS = 5_000;
const WARM_ATTEMPTS = 5;

type Round = LoadResult & { readonly cpuMicroseconds: number | null };

/** Lets all work in turn, round by round, so that what disturbs the machine disturbs them alike. */
export async function alternate(
  contestants: readonly Contestant[],
  plan: Pick<Plan, 'rounds' | 'roundSeconds' | 'warmSeconds' | 'connections'>,
): Promise<Measured[]> {
  const rounds = contestants.map((): Round[] => []);
  for (const contestant of contestants) {
    await warm(contestant, plan.warmSeconds, plan.connections);
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (let place = 0; place < contestants.length; place += 1) {
      const index = (place + round) % contestants.length;
      rounds[index].push(await measure(contestants[index], plan.roundSeconds, plan.connections));
    }
  }
  return contestants.map(({ name }, index) => summary(name, rounds[index]));
}

/** Until the compiler has seen enough; on a busy machine that takes longer. */
async function warm(contestant: Contestant, seconds: number, connections: number): Promise<void> {
  let requests = 0;
  for (let attempt = 0; attempt < WARM_ATTEMPTS && requests < WARM_REQUESTS; attempt += 1) {
    requests += (await measure(contestant, seconds, connections)).requests;
  }
}

async function measure({ server, load }: Contestant, seconds: number, connections: number): Promise<Round> {
  const before = server.cpuMicroseconds;
  const result = await loadTool.run(load, { url: server.url, connections, seconds });
  const after = server.cpuMicroseconds;
  const cpuMicroseconds = before === null || after === null ? null : (after - before) / result.requests;
  return { ...result, cpuMicroseconds };
}

/** A round in which a request failed says nothing. */
function summary(name: string, rounds: readonly Round[]): Measured {
  const good = rounds.filter(({ failures, requests }) => failures === 0 && requests > 0);
  if (good.length === 0) {
    const failures = rounds.reduce((sum, round) => sum + round.failures, 0);
    throw new Error(`${name}: every round had failed requests (${failures}).`);
  }
  const cpu = good.flatMap(({ cpuMicroseconds }) => cpuMicroseconds ?? []);
  return {
    name,
    perSecond: median(good.map(({ perSecond }) => perSecond)),
    p50Milliseconds: median(good.map(({ p50Milliseconds }) => p50Milliseconds)),
    p99Milliseconds: median(good.map(({ p99Milliseconds }) => p99Milliseconds)),
    cpuMicroseconds: cpu.length > 0 ? median(cpu) : null,
    voidRounds: rounds.length - good.length,
  };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
