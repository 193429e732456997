import { BaseSequencer } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** The files that take longest start first, so that the workers end together. */
const FIRST = [
  'access/ceiling-sequences',
  'cli/start',
  'matrix/authorization',
  'database/convergence',
  'cli/bootstrap',
  'cli/key',
  'cli/hub',
  'cli/account',
  'matrix/scopes',
  'mail/mail',
  'access/signing-keys',
  'account/sign-in-attacks',
  'cli/demo',
  'cli/migrate',
  'activity/sealing',
].map((name) => `/dist/test/${name}.spec.js`);

class LongestFirst extends BaseSequencer {
  async sort(specifications) {
    const place = ({ moduleId }) => {
      const index = FIRST.findIndex((name) => moduleId.endsWith(name));
      return index < 0 ? FIRST.length : index;
    };
    // The others by their path: a run is like the one before.
    return specifications.toSorted((a, b) => place(a) - place(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

// The tests run on the compiled dist/: types are checked and the Swagger metadata is there. So nothing is transformed:
// Node itself loads every file.
export default defineConfig({
  test: {
    include: ['dist/**/*.spec.js'],
    globalSetup: 'dist/test/support/global-setup.js',
    setupFiles: ['dist/test/support/test-environment.js', 'dist/test/support/test-hooks.js'],
    server: { deps: { external: [/.*/] } },
    // Only against what never ends: a busy machine is no reason to fail.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Loading Nest and TypeORM takes seconds: the files of a worker share what is loaded, so each gives back what it
    // takes, and what a file spied on is restored before each test.
    pool: 'forks',
    maxWorkers: '100%',
    isolate: false,
    restoreMocks: true,
    sequence: { setupFiles: 'list', sequencer: LongestFirst },
  },
});
