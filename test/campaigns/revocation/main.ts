import { endOnSignals } from '../support/children.js';
import { BROKEN_SERVER } from './broken-server.js';
import { FROZEN_NODE } from './frozen-node.js';
import { LATE_COMMITS } from './late-commits.js';
import { BackgroundLoad } from './load.js';
import { PLAIN } from './plain.js';
import { print, report, reportKinds, type ScenarioResult } from './report.js';
import { RESTORED } from './restored.js';
import { type Scenario } from './scenario.js';
import { readSettings, type Settings, USAGE } from './settings.js';
import { SLOW_NETWORK } from './slow-network.js';
import { onStage } from './stage.js';
import { type World } from './world.js';

const SCENARIOS: readonly Scenario[] = [PLAIN, ...SLOW_NETWORK, ...BROKEN_SERVER, RESTORED, LATE_COMMITS, FROZEN_NODE];

/** Why this scenario cannot be played here; null when it can. */
function obstacle(scenario: Scenario, { databaseUrl, server }: World): string | null {
  if (scenario.ownServer && !server) {
    return 'it freezes or kills the database server, and this one is not ours';
  }
  return scenario.onlyMariaDb && !databaseUrl.startsWith('mariadb:') ? 'it needs the tools of MariaDB' : null;
}

async function play(scenario: Scenario, world: World, count: number): Promise<ScenarioResult> {
  const startedAt = performance.now();
  print(`${scenario.name}: ${scenario.about}`);
  try {
    const { events, notes = [], problems = [] } = await scenario.run(world, count);
    return { name: scenario.name, events, notes, problems, seconds: since(startedAt) };
  } catch (error) {
    const problems = [`it broke off: ${error instanceof Error ? error.message : String(error)}`];
    return { name: scenario.name, events: [], notes: [], problems, seconds: since(startedAt) };
  } finally {
    await world.tidy();
  }
}

async function playAll(world: World, { scenarios, events }: Settings): Promise<string[]> {
  const failed: string[] = [];
  await world.furnish();
  const load = new BackgroundLoad();
  await load.start(world);
  for (const scenario of scenarios) {
    const why = obstacle(scenario, world);
    if (why) {
      print(`${scenario.name}: left out: ${why}.\n`);
      continue;
    }
    const result = await play(scenario, world, scenario.name === PLAIN.name ? events : scenario.events);
    if (!report(result)) {
      failed.push(scenario.name);
    }
    if (scenario.name === PLAIN.name) {
      reportKinds(result);
    }
  }
  await load.stop();
  const answers = [...load.answers]
    .toSorted(([a], [b]) => a - b)
    .map(([status, count]) => `${count} × ${status || 'none'}`);
  print(`Background load, answers by status: ${answers.join(', ')}.`);
  return failed;
}

const since = (moment: number): number => Math.round((performance.now() - moment) / 1000);

async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2), SCENARIOS);
  const startedAt = performance.now();
  await onStage(settings.databaseUrl, async (world) => {
    const failed = await playAll(world, settings);
    print(failed.length === 0 ? `PASS in ${since(startedAt)} s` : `FAIL: ${failed.join(', ')}`);
    process.exitCode = failed.length === 0 ? 0 : 1;
  });
}

endOnSignals();
try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  process.exitCode = 2;
}
// Whatever a broken run has left open must not keep it from ending.
process.exit();
