import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Table } from 'typeorm';
import { MIGRATIONS } from '../../migrations/index.js';
import { ENTITIES } from '../../src/app.data-source.js';
import { newId } from '../../src/common/ids.js';
import {
  Database,
  isForeignKeyViolation,
  isUniqueViolation,
  migrate,
  migrationStatus,
  revertLastMigration,
  schemaDrift,
} from '../../src/database/index.js';
import { tableNames } from '../support/table-dump.js';
import { TestApp } from '../support/test-app.js';
import { onServer, testDatabase, type TestDatabase } from '../support/test-database.js';

const MIGRATIONS_TABLE = 'schema_migration';

/** The feed tells of things that may be gone; a foreign key of a kept answer would lock the hub that its work is to lock. */
const REFERS_TO_NO_HUB = ['access_change', 'idempotency_record'];

/** `1763769600000-create-installation.ts` → `CreateInstallation1763769600000` */
function classNameOf(file: string): string {
  const [, time = '', slug = ''] = /^(\d{13})-([a-z0-9-]+)\.ts$/.exec(file) ?? [];
  const words = slug.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return words.join('') + time;
}

async function withEmptyDatabase(work: (own: TestDatabase, open: () => Database) => Promise<void>): Promise<void> {
  const own = await testDatabase();
  const opened: Database[] = [];
  const open = (): Database => {
    const database = new Database({ url: own.url, entities: ENTITIES, migrations: MIGRATIONS });
    opened.push(database);
    return database;
  };
  try {
    await work(own, open);
  } finally {
    await Promise.all(opened.map((database) => database.close()));
    await own.drop();
  }
}

async function tablesOf(database: Database): Promise<Table[]> {
  const source = await database.engine.openForMigrations();
  try {
    const names = (await tableNames(database)).filter((name) => name !== MIGRATIONS_TABLE);
    const tables = await source.createQueryRunner().getTables(names);
    return tables.map((table) => Object.assign(table, { name: table.name.slice(table.name.lastIndexOf('.') + 1) }));
  } finally {
    await source.destroy();
  }
}

/** The schema in the database's own words, without its counters. */
async function schemaText(database: Database): Promise<string[]> {
  const texts: string[] = [];
  for (const name of await tableNames(database)) {
    const sql = onServer ? `SHOW CREATE TABLE \`${name}\`` : 'SELECT sql FROM sqlite_master WHERE tbl_name = ?';
    const rows = await database.query<Record<string, string>>(sql, onServer ? [] : [name]);
    texts.push(JSON.stringify(rows).replace(/ AUTO_INCREMENT=\d+/, ''));
  }
  return texts;
}

describe('the folder of migrations', () => {
  const files = readdirSync(join(process.cwd(), 'migrations')).filter((file) => file !== 'index.ts');

  it('is listed whole and in order', () => {
    expect(MIGRATIONS.map(({ name }) => name)).toEqual(files.sort().map(classNameOf));
  });

  it('gives each migration its file’s name and a time of its own', () => {
    expect(MIGRATIONS.map((migration) => new migration().name)).toEqual(MIGRATIONS.map(({ name }) => name));
    expect(new Set(files.map((file) => file.slice(0, 13))).size).toBe(files.length);
  });
});

describe('migrations', () => {
  it('run once when five processes start together on an empty database', async () => {
    await withEmptyDatabase(async (_own, open) => {
      const five = Array.from({ length: 5 }, open);

      const ran = await Promise.all(five.map((database) => migrate(database)));

      expect(ran.flat()).toEqual(MIGRATIONS.map(({ name }) => name));
      expect(await schemaDrift(open())).toEqual([]);
    });
  });

  it('can all be taken back, leave nothing but their own table, and make the same again', async () => {
    await withEmptyDatabase(async (_own, open) => {
      const database = open();
      await migrate(database);
      await database.connect();
      const first = await schemaText(database);

      const reverted: (string | undefined)[] = [];
      while ((await migrationStatus(database)).some(({ applied }) => applied)) {
        reverted.push(await revertLastMigration(database));
      }

      expect(reverted).toEqual(MIGRATIONS.map(({ name }) => name).toReversed());
      expect(await tableNames(database)).toEqual([MIGRATIONS_TABLE]);
      expect(await migrate(database)).toEqual(MIGRATIONS.map(({ name }) => name));
      expect(await schemaText(database)).toEqual(first);
      expect(await schemaDrift(database)).toEqual([]);
    });
  });

  it('can be run again when a process died before it could write down that they had run', async () => {
    await withEmptyDatabase(async (_own, open) => {
      const database = open();
      await migrate(database);
      await database.connect();
      const [schema, counter] = [await schemaText(database), await database.query('SELECT * FROM access_counter')];
      await database.transaction((tx) => tx.query(`DELETE FROM ${MIGRATIONS_TABLE}`));

      expect(await migrate(database)).toHaveLength(MIGRATIONS.length);

      expect(await schemaText(database)).toEqual(schema);
      expect(await database.query('SELECT * FROM access_counter')).toEqual(counter);
    });
  });

  it('converge from wherever they were stopped', async () => {
    await withEmptyDatabase(async (own, open) => {
      for (let count = 1; count <= MIGRATIONS.length; count += 1) {
        const some = MIGRATIONS.slice(0, count);
        expect(await migrate(new Database({ url: own.url, entities: [], migrations: some }))).toHaveLength(1);
      }

      expect(await schemaDrift(open())).toEqual([]);
    });
  });
});

describe('the schema', () => {
  let app: TestApp;
  let tables: Table[];
  beforeAll(async () => {
    app = await TestApp.start();
    tables = await tablesOf(app.database);
  });
  afterAll(() => app.stop());

  const tenantTables = () => tables.filter(({ columns }) => columns.some(({ name }) => name === 'hub_id'));

  it('is what the entities say', async () => {
    expect(await schemaDrift(app.database)).toEqual([]);
    expect(tables.map(({ name }) => name).sort()).toEqual(
      app.database.reader.connection.entityMetadatas.map(({ tableName }) => tableName).sort(),
    );
  });

  it('keeps everything in InnoDB and utf8mb4_bin, whatever the server’s defaults are', async () => {
    if (!onServer) {
      return;
    }
    const wrongTables = await app.database.query(
      "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND (ENGINE <> 'InnoDB' OR TABLE_COLLATION <> 'utf8mb4_bin')",
    );
    const wrongColumns = await app.database.query(
      "SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLLATION_NAME <> 'utf8mb4_bin'",
    );

    expect([...wrongTables, ...wrongColumns]).toEqual([]);
  });

  it('names everything in lower snake case, with what it is in front', () => {
    const keys = tables.flatMap(({ uniques, indices, foreignKeys }) => [
      ...uniques.map(({ name }) => ['uq_', name]),
      ...indices.map(({ name, isUnique }) => [isUnique ? 'uq_' : 'ix_', name]),
      ...foreignKeys.map(({ name }) => ['fk_', name]),
    ]);
    const names = [
      ...tables.map(({ name }) => name),
      ...tables.flatMap((table) => table.columns.map(({ name }) => name)),
    ];

    expect(names.filter((name) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))).toEqual([]);
    expect(
      keys.filter(([prefix = '', name = '']) => !name.startsWith(prefix) || !/^[a-z0-9_]{4,64}$/.test(name)),
    ).toEqual([]);
    expect(keys.length).toBeGreaterThan(20);
  });

  it('makes every tenant row unique by its hub and id', () => {
    const lacking = tenantTables().filter(({ name, columns, uniques, indices }) => {
      const identified = columns.some((column) => column.name === 'id') && !REFERS_TO_NO_HUB.includes(name);
      const sets = [...uniques, ...indices.filter(({ isUnique }) => isUnique)].map(({ columnNames }) =>
        columnNames.join(),
      );
      return identified && !sets.includes('hub_id,id');
    });

    expect(lacking.map(({ name }) => name)).toEqual([]);
  });

  it('ties every tenant row to a hub, and to other tenant rows by the pair', () => {
    const tenants = new Set(tenantTables().map(({ name }) => name));
    const bad = tenantTables()
      .filter(({ name }) => !REFERS_TO_NO_HUB.includes(name))
      .flatMap(({ name, foreignKeys }) => {
        const hubless = foreignKeys.filter((key) => {
          const target = key.referencedTableName.slice(key.referencedTableName.lastIndexOf('.') + 1);
          return tenants.has(target) && !(key.columnNames[0] === 'hub_id' && key.referencedColumnNames[0] === 'hub_id');
        });
        const tied = foreignKeys.some(({ columnNames }) => columnNames[0] === 'hub_id');
        return [...hubless.map((key) => key.name), ...(tied ? [] : [`${name} is tied to no hub`])];
      });

    expect(bad).toEqual([]);
  });

  it('lets a rule on a foreign key never delete or move a row by itself', () => {
    const loose = tables.flatMap(({ foreignKeys }) =>
      foreignKeys.filter(
        ({ onDelete, onUpdate }) => ![onDelete, onUpdate].every((rule) => rule === 'RESTRICT' || rule === 'NO ACTION'),
      ),
    );

    expect(loose.map(({ name }) => name)).toEqual([]);
  });

  describe('refuses a reference across hubs', () => {
    const made = async () => {
      const [ours, theirs] = [await app.create.hub(), await app.create.hub()];
      const key = await app.create.integrationKey(ours, { name: 'ours' });
      const foreignKey = await app.create.integrationKey(theirs, { name: 'theirs' });
      const foreignGroup = await app.create.group(theirs, []);
      const list = await app.create.list(theirs);
      return { ours, theirs, key, foreignKey, foreignGroup, list };
    };
    type Made = Awaited<ReturnType<typeof made>>;

    /** A copy of a row under a new id, with other values. */
    const insertLike = async (table: string, id: string, changed: Record<string, unknown>): Promise<unknown> => {
      const [row] = await app.database.query<Record<string, unknown>>(`SELECT * FROM ${table} WHERE id = ?`, [id]);
      const values = { ...row, id: newId(), ...changed };
      const marks = Object.keys(values).map(() => '?');
      const sql = `INSERT INTO ${table} (${Object.keys(values).join()}) VALUES (${marks.join()})`;
      return caught(app.database.transaction((tx) => tx.query(sql, Object.values(values))));
    };
    const update = (table: string, id: string, column: string, value: string): Promise<unknown> =>
      caught(app.database.transaction((tx) => tx.query(`UPDATE ${table} SET ${column} = ? WHERE id = ?`, [value, id])));

    const cases: [string, (all: Made) => Promise<unknown>][] = [
      [
        'a new key with a role of another hub',
        ({ key, theirs }) => insertLike('api_key', key.id, { handle_key: null, role_id: theirs.roles['integration'] }),
      ],
      [
        'a new key with a group of another hub',
        ({ key, foreignGroup }) => insertLike('api_key', key.id, { handle_key: null, group_id: foreignGroup }),
      ],
      [
        'a key given a role of another hub',
        ({ key, theirs }) => update('api_key', key.id, 'role_id', theirs.roles['owner'] ?? ''),
      ],
      [
        'a key given a group of another hub',
        ({ key, foreignGroup }) => update('api_key', key.id, 'group_id', foreignGroup),
      ],
      ['a key moved to another hub', ({ key, theirs }) => update('api_key', key.id, 'hub_id', theirs.id)],
      ['a role moved away from its keys', ({ key, theirs }) => update('role', key.roleId, 'hub_id', theirs.id)],
      ['a key of a hub that does not exist', ({ key }) => insertLike('api_key', key.id, { hub_id: newId() })],
      [
        'a secret of one hub for a key of another',
        async ({ ours, key, foreignKey }) => {
          const [secret] = await app.database.query<{ id: string }>('SELECT id FROM api_secret WHERE key_id = ?', [
            key.id,
          ]);
          return insertLike('api_secret', secret?.id ?? '', {
            hub_id: ours.id,
            key_id: foreignKey.id,
            digest: Buffer.alloc(32, 1),
          });
        },
      ],
      [
        'a count of row writes in a list of another hub',
        ({ ours, key, list }) => {
          const sql =
            'INSERT INTO list_write_count (hub_id, list_id, key_id, day, added, changed, deleted) VALUES (?, ?, ?, 1, 1, 0, 0)';
          return caught(app.database.transaction((tx) => tx.query(sql, [ours.id, list.id, key.id])));
        },
      ],
    ];

    it.each(cases)('%s', async (_name, attempt) => {
      const error = await attempt(await made());

      expect(isForeignKeyViolation(error)).toBe(true);
    });
  });

  it('has one place for one secret', async () => {
    const key = await app.create.key({ hub: await app.create.hub() });
    const sql =
      'INSERT INTO api_secret (id, hub_id, key_id, digest, created_at) SELECT ?, hub_id, key_id, digest, created_at FROM api_secret WHERE key_id = ?';

    const error = await caught(app.database.transaction((tx) => tx.query(sql, [newId(), key.id])));

    expect(isUniqueViolation(error, 'uq_api_secret_digest')).toBe(true);
  });
});

function caught(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
