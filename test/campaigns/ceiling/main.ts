// Plays random sequences of edits against the management door and checks that nobody gets more than the actor holds.
// npm run prove:ceiling -- [--sequences 50000] [--seed N]; on TEST_DATABASE_URL, or on SQLite.
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { play, type Tally } from './play.js';
import { EDITS, idleEdits, sequences } from './plans.js';
import { openStage } from './stage.js';

const { values } = parseArgs({
  options: { sequences: { type: 'string', default: '50000' }, seed: { type: 'string' } },
});
const numRuns = Number(values.sequences);
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);

function print(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

function lineOf(what: (typeof EDITS)[number], tally: Tally): string {
  const { made = 0, refused = 0 } = tally[what] ?? {};
  return `${what.padEnd(14)}${String(made).padStart(8)} made${String(refused).padStart(8)} refused`;
}

async function prove(): Promise<boolean> {
  const tally: Tally = {};
  const stage = await openStage();
  try {
    const property = fc.asyncProperty(sequences, (sequence) => play(stage.nest, sequence, tally));
    const outcome = await fc.check(property, { numRuns, seed });
    print(...EDITS.map((what) => lineOf(what, tally)));
    if (outcome.failed) {
      print(String(outcome.errorInstance), fc.defaultReportMessage(outcome) ?? '');
    }
    const idle = idleEdits(tally);
    print(...idle.map((what) => `${what} was always refused, or never: the run is too short to prove anything of it.`));
    return !outcome.failed && idle.length === 0;
  } finally {
    await stage.close();
  }
}

const began = performance.now();
print(`prove:ceiling --sequences ${numRuns} --seed ${seed}`);
const passed = await prove();
print(`${Math.round((performance.now() - began) / 1000)} s`, passed ? 'PASS' : 'FAIL');
process.exitCode = passed ? 0 : 1;
