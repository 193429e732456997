import { Config, environmentProblems, parseEnvironment } from '../config/index.js';
import { type Check, fail, ok } from './doctor/check.js';
import { fileChecks } from './doctor/file-checks.js';
import { answer, type OutputOptions } from './output.js';
import { useForEntities } from './settings.js';
import { shell } from './shell.js';

/** Looks at what most often is wrong, and says what mends it. Resolves to false when something fails. */
export async function doctor(options: OutputOptions): Promise<boolean> {
  const checks = await examine();
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, found, remedy }) => {
    const line = `${status.padEnd(4)}  ${name.padEnd(width)}  ${found}`;
    return remedy === null ? [line] : [line, `${' '.repeat(width + 8)}-> ${remedy}`];
  });
  answer(options, { checks }, lines);
  return checks.every(({ status }) => status !== 'fail');
}

async function examine(): Promise<Check[]> {
  const environment = parseEnvironment(shell().env);
  const problems = environmentProblems(environment);
  if (problems.length > 0) {
    return problems.map((problem) => fail('configuration', problem, 'Mend this variable; then run doctor again.'));
  }
  const config = useForEntities(new Config(environment));
  const { databaseChecks } = await import('./doctor/database-checks.js');
  return [ok('configuration', 'valid'), ...fileChecks(config), ...(await databaseChecks(config))];
}
