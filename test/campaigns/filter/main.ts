// Reads, prints, compiles and asks filters at random, and compares rule sets and patterns with what is plain.
// npm run prove:filter -- [--inputs 100000] [--seed N]
import { parseArgs } from 'node:util';
import { GROWTH } from './growth.js';
import { PROPERTIES } from './properties.js';

const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '100000' }, seed: { type: 'string' } },
});
const inputs = Number(values.inputs);
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Whether it held. */
function tried(name: string, check: () => void): boolean {
  const began = performance.now();
  let problem = '';
  try {
    check();
  } catch (error) {
    problem = `\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  print(`${problem ? 'wrong' : 'holds'}  ${seconds.padStart(6)} s  ${name}${problem}`);
  return problem === '';
}

print(`prove:filter --inputs ${inputs} --seed ${seed}`);
const held = [
  ...PROPERTIES.map(({ name, check }) => tried(name, () => check(inputs, seed))),
  ...GROWTH.map(({ name, check }) => tried(name, check)),
].every(Boolean);
print(held ? 'PASS' : 'FAIL');
process.exitCode = held ? 0 : 1;
