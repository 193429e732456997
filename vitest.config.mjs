import { defineConfig } from 'vitest/config';

// The tests run on the compiled dist/: types are checked and the Swagger metadata is there. So nothing is transformed:
// Node itself loads every file.
export default defineConfig({
  test: {
    include: ['dist/**/*.spec.js'],
    globalSetup: 'dist/test/support/global-setup.js',
    setupFiles: ['dist/test/support/test-environment.js', 'dist/test/support/test-hooks.js'],
    sequence: { setupFiles: 'list' },
    server: { deps: { external: [/.*/] } },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Loading Nest and TypeORM takes seconds: the files of a worker share what is loaded, so each gives back what it
    // takes, and what a file spied on is restored before each test.
    pool: 'forks',
    maxWorkers: '100%',
    isolate: false,
    restoreMocks: true,
  },
});
