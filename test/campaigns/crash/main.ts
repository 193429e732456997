import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { endOnSignals } from '../support/children.js';
import { Random } from '../support/random.js';
import { Campaign } from './campaign.js';
import { checkDatabase } from './database-check.js';
import { killFirstStarts, someKills } from './first-start.js';
import { type Aim, planKills } from './killer.js';
import { READY_WITHIN_MS, Report } from './report.js';
import { Target, type TargetName } from './target.js';

const USAGE = 'prove:crash [--kills N] [--database-kills N] [--database sqlite|mariadb|both] [--seed N]';

interface Options {
  readonly kills: number;
  readonly databaseKills: number;
  readonly names: readonly TargetName[];
  readonly seed: number;
}

function options(): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { kills: text, 'database-kills': text, database: text, seed: text } });
  const database = values.database ?? 'both';
  if (!['sqlite', 'mariadb', 'both'].includes(database)) {
    throw new Error(USAGE);
  }
  return {
    kills: whole(values.kills ?? '120', 1),
    databaseKills: whole(values['database-kills'] ?? '20'),
    names: database === 'both' ? ['sqlite', 'mariadb'] : [database as TargetName],
    seed: whole(values.seed ?? String(Date.now() % 2 ** 32)),
  };
}

function whole(text: string, minimum = 0): number {
  if (!/^\d+$/.test(text) || Number(text) < minimum) {
    throw new Error(USAGE);
  }
  return Number(text);
}

function print(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** All kills on one kind of database. */
async function prove(name: TargetName, kills: number, databaseKills: number, random: Random): Promise<Report> {
  const report = new Report(name);
  const target = await Target.open(name);
  try {
    // The last kill is that of the end.
    const plan = planKills(kills - 1, random);
    await firstStarts(target, plan.filter((aim) => aim === 'first').length, random, report);
    const { url, node } = await target.place();
    try {
      const campaign = await Campaign.begin(node, url, random, report);
      await underLoad(campaign, plan, databaseKills, target, random);
      await campaign.finish();
      report.find(...(await checkDatabase(url)));
    } finally {
      await node.kill();
    }
  } finally {
    await target.close();
  }
  return report;
}

async function firstStarts(target: Target, kills: number, random: Random, report: Report): Promise<void> {
  for (let left = kills; left > 0;) {
    const some = someKills(left, random);
    left -= some;
    const place = await target.place();
    try {
      await killFirstStarts(place, random, report, some);
    } finally {
      await place.node.kill();
    }
  }
}

async function underLoad(
  campaign: Campaign,
  plan: readonly Aim[],
  databaseKills: number,
  { server }: Target,
  random: Random,
): Promise<void> {
  for (const aim of plan.filter((one) => one !== 'first')) {
    await campaign.killServer(aim);
  }
  for (let count = 0; server && count < databaseKills; count += 1) {
    await campaign.killDatabase(server, random.pick<Aim>(['anytime', 'sent', 'acknowledged']));
  }
}

/** Ends with 0 when nothing was lost, nothing is half applied and every recovery was in time. */
async function main({ kills, databaseKills, names, seed }: Options): Promise<void> {
  const began = performance.now();
  print(`prove:crash --kills ${kills} --database-kills ${databaseKills} --database ${names.join('+')} --seed ${seed}`);
  const reports: Report[] = [];
  for (const [index, name] of names.entries()) {
    const share = Math.floor(kills / names.length) + (index === 0 ? kills % names.length : 0);
    const report = await prove(name, share, databaseKills, new Random(seed + index));
    print(...report.lines());
    reports.push(report);
  }
  const totals = reports.map(({ total }) => total);
  const sum = (kind: 'server' | 'database'): number => totals.reduce((all, one) => all + one[kind], 0);
  const passed = reports.every((report) => report.passed);
  const load = loadavg().map((one) => one.toFixed(1));
  print(
    '---',
    `${sum('server')} kills of the server, ${sum('database')} kills of the database, in ` +
      `${Math.round((performance.now() - began) / 1000)} s; load of the machine at the end ${load.join(' ')}`,
    `A recovery may take ${READY_WITHIN_MS} ms: from the new start to ready, or from the database's first accepted ` +
      'connection to the first answer and write.',
    'SIGKILL leaves the page cache of the operating system whole: the loss of power is not covered by this.',
    passed ? 'PASS' : 'FAIL',
  );
  process.exitCode = passed ? 0 : 1;
}

endOnSignals();
await main(options());
