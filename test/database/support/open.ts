import { Database, migrate } from '../../../src/database/index.js';
import { testDatabase } from '../../support/test-database.js';
import { entities, migrations } from './sample.js';

export interface OpenDatabase {
  database: Database;
  url: string;
  /** Another object on the same database, as another process would have it. */
  another(): Promise<Database>;
  close(): Promise<void>;
}

/** A migrated, connected database of its own with the sample entities. */
export async function openSample(): Promise<OpenDatabase> {
  const { url, drop } = await testDatabase();
  const opened: Database[] = [];
  const another = async (): Promise<Database> => {
    const database = new Database({ url, entities, migrations, poolSize: 8 });
    await database.connect();
    opened.push(database);
    return database;
  };
  const database = new Database({ url, entities, migrations, poolSize: 8 });
  await migrate(database);
  await database.connect();
  opened.push(database);
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((one) => one.close()));
    await drop();
  };
  return { database, url, another, close };
}
