import type { Logger } from 'typeorm';
import type { DatabaseLogger } from './engine.js';

/** TypeORM writes to the console by itself; what an operator should see goes to our log, and statements never do. */
export class OrmLogger implements Logger {
  constructor(private readonly target: DatabaseLogger | undefined) {}

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    if (level === 'warn') {
      this.target?.warn(String(message));
    }
  }

  logMigration(message: string): void {
    this.target?.warn(message);
  }

  logQuery(): void {}
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
}
