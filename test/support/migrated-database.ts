import { copyFileSync } from 'node:fs';
import { type RowDataPacket } from 'mysql2/promise';
import { MIGRATIONS } from '../../migrations/index.js';
import { ENTITIES } from '../../src/app.data-source.js';
import { Database, migrate } from '../../src/database/index.js';
import { connectToServer, onServer, type TestDatabase, testDatabase } from './test-database.js';

interface Model {
  readonly database: TestDatabase;
  /** On a server: what makes the tables, and which of them the migrations fill. */
  readonly tables: readonly { readonly name: string; readonly create: string; readonly filled: boolean }[];
}

let model: Promise<Model> | undefined;

/**
 * A database on which every migration has run: a copy of one that this process migrated, as that takes a second or
 * more. What the migrations themselves do is asked by tests that start from an empty database.
 */
export async function migratedDatabase(): Promise<TestDatabase> {
  model ??= makeModel();
  const [{ database, tables }, copy] = await Promise.all([model, testDatabase()]);
  if (onServer) {
    await copyTables(nameOf(database), nameOf(copy), tables);
  } else {
    copyFileSync(fileOf(database), fileOf(copy));
  }
  return copy;
}

const fileOf = ({ url }: TestDatabase): string => url.slice('sqlite:'.length);
const nameOf = ({ url }: TestDatabase): string => url.slice(url.lastIndexOf('/') + 1);

async function makeModel(): Promise<Model> {
  const database = await testDatabase();
  await migrate(new Database({ url: database.url, entities: ENTITIES, migrations: MIGRATIONS }));
  // The file goes with the process; a server's is dropped after all tests, with whatever else was left (global-setup).
  process.once('exit', () => onServer || void database.drop());
  return { database, tables: onServer ? await tablesOf(nameOf(database)) : [] };
}

async function tablesOf(database: string): Promise<Model['tables']> {
  const connection = await connectToServer();
  try {
    await connection.query(`USE \`${database}\``);
    const [names] = await connection.query<RowDataPacket[]>('SHOW TABLES');
    const tables = [];
    for (const row of names) {
      const name = String(Object.values(row)[0]);
      const [[shown]] = await connection.query<RowDataPacket[]>(`SHOW CREATE TABLE \`${name}\``);
      const [rows] = await connection.query<RowDataPacket[]>(`SELECT 1 FROM \`${name}\` LIMIT 1`);
      tables.push({ name, create: String(shown?.['Create Table']), filled: rows.length > 0 });
    }
    return tables;
  } finally {
    await connection.end();
  }
}

async function copyTables(from: string, to: string, tables: Model['tables']): Promise<void> {
  const connection = await connectToServer();
  try {
    await connection.query(`USE \`${to}\``);
    await connection.query('SET foreign_key_checks = 0');
    for (const { name, create, filled } of tables) {
      await connection.query(create);
      if (filled) {
        await connection.query(`INSERT INTO \`${name}\` SELECT * FROM \`${from}\`.\`${name}\``);
      }
    }
  } finally {
    await connection.end();
  }
}
