import { ChangeFeed } from '../../src/access/index.js';
import { EndedSecretWatch } from '../../src/modules/api-key/index.js';
import { type TestApp } from './test-app.js';

/**
 * Stops what moves by itself: the node's time stands until `clock.advance`, and it hears of changes only through `poll`.
 * It has just polled, so its lease holds.
 */
export async function hold(app: Pick<TestApp, 'clock' | 'nest'>): Promise<void> {
  // Whole, so that sums and differences of it are exact.
  const [wall, monotonic] = [app.clock.now(), Math.ceil(app.clock.monotonic())];
  let passed = 0;
  Object.assign(app.clock, {
    now: () => wall + passed,
    monotonic: () => monotonic + passed,
    advance: (milliseconds: number) => {
      passed += milliseconds;
    },
  });
  app.nest.get(ChangeFeed).onApplicationShutdown();
  await poll(app);
}

/** One poll of the change feed, by hand. */
export function poll(app: Pick<TestApp, 'nest'>): Promise<void> {
  return app.nest.get(ChangeFeed).poll();
}

/** Ended secrets that turn up are acted on only through `EndedSecretWatch.flush` from here on. */
export function holdWatch(app: Pick<TestApp, 'nest'>): Promise<void> {
  return app.nest.get(EndedSecretWatch).onApplicationShutdown();
}

/** How many statements this node sends while `work` runs. */
export async function statementsOf(app: TestApp, work: () => PromiseLike<unknown>): Promise<number> {
  const before = app.database.statementCount;
  await work();
  return app.database.statementCount - before;
}

/** Statements behind the server's back, in one transaction. */
export async function tamper(app: TestApp, ...statements: [sql: string, parameters?: unknown[]][]): Promise<void> {
  await app.database.transaction(async (tx) => {
    for (const [sql, parameters] of statements) {
      await tx.query(sql, parameters);
    }
  });
}
