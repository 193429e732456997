import { CASES } from './cases/index.js';
import { cacheFolder } from './folders.js';
import { machineFacts } from './machine.js';
import { type Options, readOptions, USAGE } from './options.js';
import { printVerdicts, writeReport } from './report.js';
import { runDatabase, type RunResult } from './run.js';
import { onServer } from './world/place.js';

const options = read();
if (options === 'help') {
  console.log(`${USAGE}\n\nCases:\n${CASES.map(({ name, about }) => `  ${name.padEnd(12)}${about}`).join('\n')}`);
} else {
  await run(options);
}

function read(): Options | 'help' {
  try {
    const names = CASES.map(({ name }) => name);
    return readOptions(process.argv.slice(2), names);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

async function run({ databases, only, plan, serverUrl, serverNamed, write }: Options): Promise<void> {
  const version = databases.includes('mariadb') ? await serverVersion(serverUrl, serverNamed) : null;
  const facts = machineFacts(version, { plan, only });
  console.log(facts.join('\n'));
  const results: RunResult[] = [];
  for (const database of databases) {
    const title = database === 'sqlite' ? 'SQLite' : version;
    if (title !== null) {
      results.push(await runDatabase({ database, title, only, plan, serverUrl }));
    }
  }
  printVerdicts(results);
  if (write) {
    console.log(`\nWritten to ${await writeReport(facts, results)}.`);
  }
  console.log(
    `\nKept for the next run: ${cacheFolder()}${version === null ? '' : ', and databases named hubgate_bench_…'}`,
  );
  process.exitCode = results.some(({ failures }) => failures.length > 0) ? 1 : 0;
}

/** Null: it does not answer, and nobody asked for it by name. */
async function serverVersion(url: string, named: boolean): Promise<string | null> {
  try {
    const [row] = await onServer<{ version: string }>(`${url}/none`, 'SELECT VERSION() AS version');
    const [number = ''] = (row?.version ?? '').split('-', 1);
    return `${/mariadb/i.test(row?.version ?? '') ? 'MariaDB' : 'MySQL'} ${number}`;
  } catch (error) {
    if (named) {
      throw error;
    }
    console.log(
      `No server answers at ${url.replace(/\/\/.*@/, '//')}: only SQLite is measured. --database-url names another.`,
    );
    return null;
  }
}
