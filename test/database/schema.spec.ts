import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/common/ids.js';
import {
  addColumn,
  addIndex,
  column,
  createTable,
  Database,
  dropColumn,
  dropIndex,
  dropTable,
  isForeignKeyViolation,
  isUniqueViolation,
  migrate,
  migrationStatus,
  revertLastMigration,
  schemaDrift,
} from '../../src/database/index.js';
import { onServer, testDatabase } from '../support/test-database.js';
import { openSample, type OpenDatabase } from './support/open.js';
import { CreateSampleKey1700000000002, entities, migrations, SampleKey, SampleRole } from './support/sample.js';

const hubId = newId();
let open: OpenDatabase;
let database: Database;

const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

function insert(entity: typeof SampleRole | typeof SampleKey, row: object): Promise<unknown> {
  return database.transaction((tx) => tx.insert(entity, row));
}

beforeAll(async () => {
  open = await openSample();
  database = open.database;
});
afterAll(() => open.close());

describe('columns', () => {
  it('give back what was stored', async () => {
    const key = {
      hubId,
      id: newId(),
      roleId: null,
      label: 'Straße 🦊 with blanks  ',
      hash: Buffer.from(Array.from({ length: 32 }, (_, index) => index * 8)),
      enabled: false,
      expiresAt: 1_790_000_000_123,
      scopes: { list: ['a', null, 1.5], text: "quote ' \\ 🦊" },
      note: `${'x'.repeat(100_000)} 🦊\n`,
      size: -5,
      ratio: 0.1,
      picture: Buffer.from([0, 255, 39, 92]),
    };
    await insert(SampleKey, key);
    expect(key.enabled).toBe(false);
    expect(await database.reader.findOneByOrFail(SampleKey, { id: key.id })).toEqual(key);
    expect(await database.reader.countBy(SampleKey, { enabled: false, hash: key.hash })).toBe(1);
  });

  it('use defaults, and keep null as null', async () => {
    const id = newId();
    await insert(SampleKey, { hubId, id, scopes: null });
    expect(await database.reader.findOneByOrFail(SampleKey, { id })).toMatchObject({
      label: 'none',
      enabled: true,
      scopes: null,
      hash: null,
      size: 7,
    });
  });

  it('come as numbers and bytes from SQL by hand', async () => {
    const id = newId();
    await insert(SampleKey, { hubId, id, expiresAt: 2 ** 53 - 1, hash: Buffer.alloc(32, 7) });
    const [row] = await database.query<Record<string, unknown>>(
      'SELECT expires_at, enabled, hash, (SELECT SUM(size) FROM sample_key WHERE id = ?) AS total FROM sample_key WHERE id = ? AND hash = ? AND enabled = ?',
      [id, id, new Uint8Array(32).fill(7), true],
    );
    expect(row).toMatchObject({ expires_at: 2 ** 53 - 1, enabled: 1, total: 7 });
    expect(Buffer.from(row?.['hash'] as Uint8Array)).toEqual(Buffer.alloc(32, 7));
  });

  it('are compared and ordered bytewise', async () => {
    const hub = newId();
    for (const nameKey of ['b', 'B', 'ä', 'a', '🦊', 'z']) {
      await insert(SampleRole, { id: newId(), hubId: hub, nameKey });
    }
    const rows = await database.query<{ name_key: string }>(
      'SELECT name_key FROM sample_role WHERE hub_id = ? ORDER BY name_key',
      [hub],
    );
    expect(rows.map(({ name_key }) => name_key)).toEqual(['B', 'a', 'b', 'z', 'ä', '🦊']);
    expect(await database.reader.countBy(SampleRole, { hubId: hub, nameKey: 'A' })).toBe(0);
  });
});

describe('violations', () => {
  it('tell which unique key it was', async () => {
    const role = { id: newId(), hubId, nameKey: "it's key 'x'" };
    await insert(SampleRole, role);
    const byName = await caught(insert(SampleRole, { ...role, id: newId() }));
    expect(isUniqueViolation(byName)).toBe(true);
    expect(isUniqueViolation(byName, 'uq_sample_role_name')).toBe(true);
    expect(isUniqueViolation(byName, 'uq_sample_role_hub_id')).toBe(false);
    expect(isUniqueViolation(byName, 'pk_sample_role')).toBe(false);
    expect(isForeignKeyViolation(byName)).toBe(false);
    const byId = await caught(insert(SampleRole, { ...role, hubId: newId() }));
    expect(isUniqueViolation(byId, 'pk_sample_role')).toBe(true);
  });

  it('tell a foreign key, from both sides', async () => {
    const role = { id: newId(), hubId, nameKey: 'fk' };
    const missing = await caught(insert(SampleKey, { hubId, id: newId(), roleId: newId() }));
    expect(isForeignKeyViolation(missing)).toBe(true);
    await insert(SampleRole, role);
    await insert(SampleKey, { hubId, id: newId(), roleId: role.id });
    const held = await caught(database.transaction((tx) => tx.delete(SampleRole, { id: role.id })));
    expect(isForeignKeyViolation(held)).toBe(true);
    expect(isUniqueViolation(held)).toBe(false);
  });
});

describe('migrations', () => {
  it('leave no difference to the entities', async () => {
    expect(await schemaDrift(database)).toEqual([]);
  });

  it('are idempotent', async () => {
    const source = await database.engine.openForMigrations();
    const runner = source.createQueryRunner();
    await new CreateSampleKey1700000000002().up(runner);
    await addColumn(runner, 'sample_role', column.boolean('extra', { default: false }));
    await addColumn(runner, 'sample_role', column.boolean('extra', { default: false }));
    expect(await runner.hasColumn('sample_role', 'extra')).toBe(true);
    await dropColumn(runner, 'sample_role', 'extra');
    await dropColumn(runner, 'sample_role', 'extra');
    expect(await runner.hasColumn('sample_role', 'extra')).toBe(false);
    await runner.release();
    await source.destroy();
    expect(await schemaDrift(database)).toEqual([]);
  });

  it('add and drop an index once, however often they are run', async () => {
    const source = await database.engine.openForMigrations();
    const runner = source.createQueryRunner();
    const index = { name: 'ix_sample_role_counter', columns: ['counter', 'id'] };
    const unique = { name: 'uq_sample_role_counter', columns: ['hub_id', 'counter', 'id'], unique: true };
    const found = async () => {
      const indices = (await runner.getTable('sample_role'))?.indices ?? [];
      return indices
        .filter(({ name }) => name?.endsWith('_counter'))
        .map(({ name, columnNames, isUnique }) => ({ name, columns: columnNames, unique: isUnique }))
        .sort((a, b) => String(a.name).localeCompare(String(b.name)));
    };
    for (let times = 0; times < 2; times += 1) {
      await addIndex(runner, 'sample_role', index);
      await addIndex(runner, 'sample_role', unique);
    }
    expect(await found()).toEqual([{ ...index, unique: false }, unique]);
    for (let times = 0; times < 2; times += 1) {
      await dropIndex(runner, 'sample_role', index.name);
      await dropIndex(runner, 'sample_role', unique.name);
    }

    expect(await found()).toEqual([]);
    await runner.release();
    await source.destroy();
    expect(await schemaDrift(database)).toEqual([]);
  });

  it('drop a column and nothing else: the rows stay, and so do their other columns', async () => {
    const role = { id: newId(), hubId, nameKey: 'kept' };
    await insert(SampleRole, role);
    const stored = () => database.query('SELECT * FROM sample_role WHERE id = ?', [role.id]);
    const before = await stored();
    const source = await database.engine.openForMigrations();
    const runner = source.createQueryRunner();
    await addColumn(runner, 'sample_role', column.integer('extra', { nullable: true }));
    expect(await stored()).toEqual([{ ...(before[0] as object), extra: null }]);
    await dropColumn(runner, 'sample_role', 'extra');
    await runner.release();
    await source.destroy();

    expect(await stored()).toEqual(before);
  });

  it('refuse a new column that existing rows could not have', async () => {
    const source = await database.engine.openForMigrations();
    const runner = source.createQueryRunner();
    await expect(addColumn(runner, 'sample_role', column.id('x'))).rejects.toThrow('nullable or have a default');
    await source.destroy();
  });

  it('are content when a node that died makes the same between their look and their statement', async () => {
    const source = await database.engine.openForMigrations();
    const runner = source.createQueryRunner();
    const query = runner.query.bind(runner) as (...input: unknown[]) => Promise<unknown>;
    const twice = async (...input: unknown[]): Promise<unknown> => {
      const changes = /^(ALTER|CREATE) TABLE/.test(String(input[0]));
      return changes ? query(...input).then(() => query(...input)) : query(...input);
    };
    runner.query = twice as typeof runner.query;
    const key = { name: 'pk_sample_late', columns: ['id'] };

    await createTable(runner, { name: 'sample_late', columns: [column.id('id')], primaryKey: key });
    await addColumn(runner, 'sample_late', column.boolean('extra', { default: false }));
    await expect(addColumn(runner, 'no_such_table', column.boolean('extra', { default: false }))).rejects.toThrow(
      'no_such_table',
    );

    expect(await runner.hasColumn('sample_late', 'extra')).toBe(true);
    await dropTable(runner, 'sample_late');
    await runner.release();
    await source.destroy();
  });

  it('make InnoDB utf8mb4_bin tables in a latin1 database', async () => {
    if (!onServer) {
      return;
    }
    const tables = await database.query<Record<string, string>>(
      'SELECT TABLE_NAME AS name, ENGINE AS engine, TABLE_COLLATION AS collation, ROW_FORMAT AS row_format FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
    );
    expect(tables).toHaveLength(3);
    for (const table of tables) {
      expect(table).toMatchObject({ engine: 'InnoDB', collation: 'utf8mb4_bin', row_format: 'Dynamic' });
    }
    const columns = await database.query(
      "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLLATION_NAME <> 'utf8mb4_bin'",
    );
    expect(columns).toEqual([]);
  });

  it('can be taken back and run again', async () => {
    const own = await testDatabase();
    const fresh = new Database({ url: own.url, entities, migrations });
    await migrate(fresh);
    expect(await revertLastMigration(fresh)).toBe('CreateSampleKey1700000000002');
    expect(await migrationStatus(fresh)).toEqual([
      { name: 'CreateSampleRole1700000000001', applied: true },
      { name: 'CreateSampleKey1700000000002', applied: false },
    ]);
    expect(await migrate(fresh)).toEqual(['CreateSampleKey1700000000002']);
    await own.drop();
  });

  it('run once when five start together', async () => {
    const own = await testDatabase();
    const five = Array.from({ length: 5 }, () => new Database({ url: own.url, entities, migrations }));
    const ran = await Promise.all(five.map((one) => migrate(one)));
    expect(ran.flat()).toEqual(['CreateSampleRole1700000000001', 'CreateSampleKey1700000000002']);
    await Promise.all(five.map((one) => one.connect()));
    expect(await schemaDrift(five[0] as Database)).toEqual([]);
    await Promise.all(five.map((one) => one.close()));
    await own.drop();
  });

  it('run once when three processes start together', async () => {
    const own = await testDatabase();
    const script = fileURLToPath(new URL('support/migrate-process.js', import.meta.url));
    const env = { ...process.env, DATABASE_URL: own.url };
    const runs = Array.from({ length: 3 }, () => promisify(execFile)(process.execPath, [script], { env }));
    const ran = (await Promise.all(runs)).flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
    expect(ran).toEqual(['CreateSampleRole1700000000001', 'CreateSampleKey1700000000002']);
    await own.drop();
  }, 30_000);

  it('leave nothing of a migration that failed, and run it when it is mended', async () => {
    const own = await testDatabase();
    class Broken1700000000003 extends CreateSampleKey1700000000002 {
      override async up(): Promise<void> {
        throw new Error('broken');
      }
    }
    const [first] = migrations;
    const broken = new Database({ url: own.url, entities, migrations: [first as Function, Broken1700000000003] });
    await expect(migrate(broken)).rejects.toThrow('broken');
    const mended = new Database({ url: own.url, entities, migrations });
    expect(await migrate(mended)).toEqual(['CreateSampleKey1700000000002']);
    await own.drop();
  });
});

it('createTable makes the same table twice without complaint', async () => {
  const source = await database.engine.openForMigrations();
  const runner = source.createQueryRunner();
  const table = {
    name: 'sample_twice',
    columns: [column.id('id')],
    primaryKey: { name: 'pk_sample_twice', columns: ['id'] },
  };
  await createTable(runner, table);
  await createTable(runner, table);
  expect(await runner.hasTable('sample_twice')).toBe(true);
  await runner.dropTable('sample_twice');
  await source.destroy();
});
