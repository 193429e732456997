// A process of its own that migrates DATABASE_URL and prints what it ran.
const url = process.env['DATABASE_URL'] ?? '';
const { entities, migrations } = await import('./sample.js');
const { Database, migrate } = await import('../../../src/database/index.js');
process.stdout.write(JSON.stringify(await migrate(new Database({ url, entities, migrations }))));

export {};
