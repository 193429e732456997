import { assertSameAnswer, type Bench } from '../bench.js';
import { ask } from '../http.js';
import { type Load } from '../load/load.js';
import { addRow, readRows, tokenFor } from '../loads.js';
import { type MeasuredServer } from '../measured-server.js';
import { alternate, type Measured } from '../rounds.js';
import { atLeast, number, type Section, speedTable, throughputShare, voidNotes } from '../section.js';
import { countStatements } from '../statements.js';
import { answerToEnvironment } from '../references/answer.js';
import { restoreLists, type World } from '../world/world.js';
import { type Case } from './case.js';

/** New rows of both servers have ids of their own. */
const ROW_ID = /"column":"ID","value":\d+/;

/** Five rows of a list, with a token, beside the SELECT by hand. */
export const readFive: Case = {
  name: 'read',
  about: 'read five rows of a list',
  async run(bench) {
    const world = await bench.small();
    const { load, servers } = await contest(bench, world, (token) => readRows(token, world.lists.five.name, 5));
    await assertSameAnswer(load, servers);
    const { measured, statements } = await measure(bench, world, load, servers);
    const goal = 'read five rows, of bare Fastify with one SELECT';
    const notes = [`${statements} SQL statements per request; the reference sends one.`];
    return [section('read five rows of a list, warm', measured, notes, [atLeast(goal, measured[0], measured[1], 0.7)])];
  },
};

/** One row, with a token, beside the INSERT by hand. */
export const addOne: Case = {
  name: 'add',
  about: 'add a row to a list',
  async run(bench) {
    const world = await bench.small();
    const { load, servers } = await contest(bench, world, (token) => addRow(token, world.lists.intake.name));
    await assertSameAnswer(load, servers, ROW_ID);
    const { measured, statements } = await measure(bench, world, load, servers);
    await bench.stopServers();
    await restoreLists(world);
    const share = number(throughputShare(measured[0], measured[1]));
    const notes = [
      `${statements} SQL statements per request: Hubgate also locks the list, counts its rows and counts the writes of ` +
        `the key in the same transaction. The reference inserts into a table of its own, without a lock: ${share} × its throughput.`,
    ];
    return [section('add a row to a list, durable when it is answered', measured, notes)];
  },
};

interface Contest {
  readonly load: Load;
  readonly servers: readonly MeasuredServer[];
}

async function contest(bench: Bench, world: World, loadFor: (token: string) => Load): Promise<Contest> {
  const hubgate = await bench.hubgate(world);
  const load = loadFor(await tokenFor(hubgate.url, world.integrationKey));
  const { headers } = await ask(hubgate.url, load);
  const kept = Object.entries(headers).filter(([name]) => /^(x-|cache-control|content-type)/.test(name));
  const answer = { method: '', path: '', status: 200, body: '', headers: Object.fromEntries(kept) };
  const environment = { DATABASE_URL: world.url, BENCH_HUB: world.hubId, ...answerToEnvironment(answer) };
  return { load, servers: [hubgate, await bench.start('bare Fastify', 'references/rows-fastify.js', environment)] };
}

async function measure(
  bench: Bench,
  world: World,
  load: Load,
  servers: readonly MeasuredServer[],
): Promise<{ measured: Measured[]; statements: number }> {
  const contestants = servers.map((server) => ({ name: server.name, server, load }));
  const measured = await alternate(contestants, bench.plan);
  const { warm } = await countStatements(world.url, load);
  return { measured, statements: warm };
}

function section(
  title: string,
  measured: readonly Measured[],
  notes: readonly string[],
  verdicts: Section['verdicts'] = [],
): Section {
  return { title, table: speedTable(measured), verdicts, notes: [...notes, ...voidNotes(measured)] };
}
