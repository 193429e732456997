// Runs before each test file: column types are chosen while the entities load.
process.env['NODE_ENV'] = 'test';
process.env['TEST_DATABASE_URL'] ||= '';
if (process.env['TEST_DATABASE_URL'] === '') {
  delete process.env['TEST_DATABASE_URL'];
}
process.env['DATABASE_URL'] = process.env['TEST_DATABASE_URL'] ?? 'sqlite:unused.db';
