import { type DynamicModule, Global, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/index.js';
import { Database } from './database.js';
import { type DatabaseLogger, type DatabaseOptions } from './engine.js';
import { migrate } from './migrate.js';

/** The database for everybody: connected, and migrated under a lock, before anything else starts; closed last. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(Database) private readonly database: Database) {}

  static forRoot(schema: Pick<DatabaseOptions, 'entities' | 'migrations'>): DynamicModule {
    const open = async (config: Config): Promise<Database> => {
      const database = new Database({ ...schema, url: config.databaseUrl, logger: operatorsLog() });
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

/** What an operator should know: which migrations ran, and what a start is waiting for. */
function operatorsLog(): DatabaseLogger {
  const logger = new Logger('Database');
  return { info: (message) => logger.log(message), warn: (message) => logger.warn(message) };
}
