import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/index.js';
import { Database } from './database.js';
import { type DatabaseOptions } from './engine.js';
import { migrate } from './migrate.js';

/** The database for everybody: connected, and migrated under a lock, before anything else starts; closed last. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(Database) private readonly database: Database) {}

  static forRoot(schema: Pick<DatabaseOptions, 'entities' | 'migrations' | 'logger'>): DynamicModule {
    const open = async (config: Config): Promise<Database> => {
      const database = new Database({ ...schema, url: config.databaseUrl });
      await migrate(database);
      await database.connect();
      return database;
    };
    const provider = { provide: Database, inject: [Config], useFactory: open };
    return { module: DatabaseModule, providers: [provider], exports: [Database] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
