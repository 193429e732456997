// The tests run on the compiled dist/: types are checked and the Swagger metadata is there. Only the ES modules that
// CommonJS code require()s need help on Node < 24.9.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist'],
  testMatch: ['**/*.spec.js'],
  transform: {
    '/node_modules/(?:.*/)?(?:cookie|content-disposition)/.*\\.js$': '<rootDir>/scripts/jest-esm-to-cjs.mjs',
  },
  transformIgnorePatterns: [],
  setupFiles: ['<rootDir>/dist/test/support/test-environment.js'],
  globalSetup: '<rootDir>/dist/test/support/global-setup.js',
  testTimeout: 30_000,
  maxWorkers: '100%',
  // Each file loads the application anew and the module registry is not given back.
  workerIdleMemoryLimit: '1GB',
};
