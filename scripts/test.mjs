// The suite on SQLite, then again on the server named by TEST_DATABASE_URL. Further arguments go to Jest as they are.
// The last line is `N passed, N failed`, over both runs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const server = process.env.TEST_DATABASE_URL;
const folder = mkdtempSync(join(tmpdir(), 'hubgate-test-'));
const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];

function run(title, databaseUrl, extra) {
  process.stdout.write(`\n=== ${title}\n`);
  const report = join(folder, `${title}.json`);
  const env = { ...process.env, TEST_DATABASE_URL: databaseUrl ?? '' };
  const args = [...node, '--json', `--outputFile=${report}`, ...extra, ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const { numPassedTests, numFailedTests, numFailedTestSuites, numRuntimeErrorTestSuites } = read(report);
  // A file that could not even be loaded counts as one failure.
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  return { passed: numPassedTests, failed: failed || (status === 0 && numFailedTestSuites === 0 ? 0 : 1) };
}

function read(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numFailedTestSuites: 1, numRuntimeErrorTestSuites: 1 };
  }
}

// What never asks that server anything, or asks only for documents, has passed already.
const ELSEWHERE = [
  '/dist/src/',
  '/dist/test/config/',
  '/dist/test/cli/(start|audit-file)\\.',
  '/dist/test/openapi/(documents|headers|page|pages)\\.',
];
const runs = [run('SQLite', undefined, [])];
if (server) {
  runs.push(run('server', server, ['--testPathIgnorePatterns', ...ELSEWHERE]));
}
rmSync(folder, { recursive: true, force: true });
const passed = runs.reduce((sum, one) => sum + one.passed, 0);
const failed = runs.reduce((sum, one) => sum + one.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
