import { rmSync } from 'node:fs';
import { Bench } from './bench.js';
import { CASES } from './cases/index.js';
import { scratchFolder } from './folders.js';
import { printSection } from './report.js';
import { type RunOrder, type RunResult } from './run.js';

// The cases of one database, in a process of its own: entities choose their column types once, while they load.

const { database, title, only, plan, serverUrl } = JSON.parse(process.env['BENCH_ORDER'] ?? '') as RunOrder;
const bench = new Bench(database, plan, database === 'sqlite' ? null : serverUrl);
// Whoever ordered this was ended: nothing may run on.
process.on('disconnect', () => process.exit(1));
const result: RunResult = { title, sections: [], failures: [] };

for (const one of CASES.filter(({ name }) => only.length === 0 || only.includes(name))) {
  console.log(`\n--- ${title}: ${one.about} (${one.name})`);
  try {
    const sections = await one.run(bench);
    sections.forEach(printSection);
    result.sections.push(...sections);
  } catch (error) {
    console.error(error);
    result.failures.push(`${one.name}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await bench.stopServers();
  }
}
rmSync(scratchFolder(), { recursive: true, force: true });
process.send?.(result, () => process.exit());
