// The whole campaign on one kind of database: TEST_DATABASE_URL, or SQLite without it. Arguments: how many times five
// nodes start, and the parts to do.
import { onServer } from '../../support/test-database.js';
import { startFive } from './five-nodes.js';
import { type Choice, killEverywhere, type Start } from './kill-campaign.js';
import { upDownUp } from './up-down.js';

const [rounds = '20', parts = ''] = process.argv.slice(2);
const starts: readonly Start[] = ['empty', 'first release'];
const title = onServer ? (process.env['TEST_DATABASE_URL'] ?? '').replace(/:.*/, '') : 'sqlite';

/** Does one part and says how it went, and how long it took. */
async function report(name: string, work: () => Promise<{ summary: string; problems: readonly string[] }>) {
  const began = performance.now();
  const { summary, problems } = await work();
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const verdict = problems.length === 0 ? 'ok' : `${problems.length} PROBLEMS`;
  process.stdout.write(`${title.padEnd(8)} ${name.padEnd(30)} ${verdict.padEnd(12)} ${summary}, ${seconds} s\n`);
  problems.forEach((problem) => process.stdout.write(`    ${problem}\n`));
  process.exitCode = problems.length > 0 || process.exitCode === 1 ? 1 : 0;
}

/** Every one; it takes long enough to be told how far it is. */
const everyKill: Choice = (number, moment, statements) => {
  progress(`killing ${moment} statement ${number} of ${statements}`);
  return true;
};

function progress(where: string): void {
  process.stderr.write(`${title}: ${where}\n`);
}

const kills = (start: Start) => async () => {
  const { statements, kills: done, problems } = await killEverywhere(start, 'released', everyKill);
  return { summary: `${statements} statements, ${done} kills`, problems };
};

const nodes = (start: Start) => async () => {
  const problems: string[] = [];
  for (let round = 1; round <= Number(rounds); round += 1) {
    const found = await startFive(start);
    problems.push(...found.map((problem) => `start ${round}: ${problem}`));
    progress(`five nodes, ${start}: ${round} of ${rounds} starts done${found.map((one) => `\n    ${one}`).join('')}`);
  }
  return { summary: `${rounds} starts of five nodes`, problems };
};

const steps = (start: Start) => async () => ({ summary: 'up, down, up', problems: await upDownUp(start) });

const work = { down: steps, kill: kills, nodes };
for (const [part, does] of Object.entries(work)) {
  for (const start of starts) {
    if (parts === '' || parts.split(',').includes(part)) {
      await report(`${part}, ${start}`, does(start));
    }
  }
}
