import { type DataSource, type QueryRunner } from 'typeorm';
import { type Database } from '../../../src/database/index.js';

/** Gets each statement with its number, from 1, and sends it when it likes. */
export type StatementHook = (number: number, send: () => Promise<unknown>) => Promise<unknown>;

/**
 * Puts a hook around every statement that migrations send: DDL, look-ups, BEGIN and COMMIT, and what TypeORM writes
 * down. What a new connection asks about its server comes before, changes nothing, and is not among them.
 */
export function hookStatements(database: Database, hook: StatementHook): { readonly count: () => number } {
  const open = database.engine.openForMigrations.bind(database.engine);
  let count = 0;
  let uncounted = 0;
  const counted: StatementHook = (_, send) => {
    count += 1;
    return hook(count, send);
  };
  const hooked = async (): Promise<DataSource> => {
    const before = database.statementCount;
    const source = await open();
    uncounted += database.statementCount - before;
    hookRunners(source, counted);
    return source;
  };
  Object.assign(database.engine, { openForMigrations: hooked });
  return {
    count: () => {
      if (count !== database.statementCount - uncounted) {
        throw new Error(`${count} statements passed the hook, but ${database.statementCount - uncounted} were sent.`);
      }
      return count;
    },
  };
}

function hookRunners(source: DataSource, hook: StatementHook): void {
  const create = source.driver.createQueryRunner.bind(source.driver);
  const known = new WeakSet<QueryRunner>();
  source.driver.createQueryRunner = (mode) => {
    const runner = create(mode);
    if (!known.has(runner)) {
      known.add(runner);
      const query = runner.query.bind(runner) as (...input: unknown[]) => Promise<unknown>;
      const hooked = (...input: unknown[]): Promise<unknown> => hook(0, () => query(...input));
      runner.query = hooked as QueryRunner['query'];
    }
    return runner;
  };
}
