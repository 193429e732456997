// The suite on SQLite, then again on the server named by TEST_DATABASE_URL. Further arguments go to Vitest as they are.
// The last line is `N passed, N failed`, over both runs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const server = process.env.TEST_DATABASE_URL;
const folder = mkdtempSync(join(tmpdir(), 'hubgate-test-'));

function run(title, databaseUrl, extra) {
  process.stdout.write(`\n=== ${title}\n`);
  const report = join(folder, `${title}.json`);
  const env = { ...process.env, TEST_DATABASE_URL: databaseUrl ?? '' };
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...extra, ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  const { numPassedTests, numFailedTests, testResults } = read(report);
  const failed = numFailedTests + testResults.filter(failedOutsideTests).length;
  // Errors that belong to no file, such as a rejection that nobody handles, show only in the status.
  return { passed: numPassedTests, failed: failed || (status === 0 ? 0 : 1) };
}

function read(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, testResults: [] };
  }
}

/** A file that could not be loaded, or whose setup or clean-up failed, counts as one failure. */
function failedOutsideTests({ status, assertionResults }) {
  return status === 'failed' && assertionResults.every((test) => test.status !== 'failed');
}

// What has passed on SQLite and could not fail on a server for a reason of its own. All else runs on both.
const ELSEWHERE = [
  // Parts by themselves, without a database.
  'dist/src/**',
  'dist/test/config/**',
  'dist/test/campaigns/crash/settle.*',
  'dist/test/filter/**',
  'dist/test/database/sqlite-selector.*',
  // The embedded server and a file: no other database is asked.
  'dist/test/cli/{start,audit-file}.*',
  // Words, options and exit codes of commands. Their services are asked by the tests of the modules, and bootstrap,
  // migrate and doctor, which migrate, lock and probe, run on both.
  'dist/test/cli/{account,audit,demo,demo-box,domain,hub,key,networks,security}.*',
  // Documents and pages, written from the routes, and their examples, whose services the tests of the modules ask.
  'dist/test/openapi/**',
  // Calls to other servers: sockets, names and addresses.
  'dist/test/outbound/**',
  'dist/test/box/{box-failures,box-slow}.*',
  // Hashes, time spent and words that slip out: the same code before any database.
  'dist/test/account/{leaks,sign-in-attacks}.*',
  'dist/test/contract/{canary,published,wire-format}.*',
  // Files that are refused while they are read.
  'dist/test/list-import/refusals.*',
  // What routes there are, and what is refused before anything is read. Bodies that are taken run on both: each
  // database has its own idea of texts, numbers and times.
  'dist/test/contract/{management-refusals,routes}.*',
  'dist/test/access/routes.*',
];
const runs = [run('SQLite', undefined, [])];
if (server) {
  runs.push(
    run(
      'server',
      server,
      ELSEWHERE.map((glob) => `--exclude=${glob}`),
    ),
  );
}
rmSync(folder, { recursive: true, force: true });
const passed = runs.reduce((sum, one) => sum + one.passed, 0);
const failed = runs.reduce((sum, one) => sum + one.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
