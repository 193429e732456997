import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager, QueryRunner } from 'typeorm';
import { isBusy, isConnectionLost, isDeadlock, surfaced } from './database-errors.js';
import type { Engine } from './engine.js';
import type { Lane } from './write-queue.js';

export type Outcome = 'committed' | 'failed';

const RETRIES = 3;

/** One attempt at a transaction, as the code inside it sees it. */
export class TransactionScope {
  /** False as soon as the work has settled: what was left running does not join a transaction that is over. */
  active = true;
  /** Why this transaction must not commit, even if the code inside swallowed the error. */
  doom: unknown;
  readonly #callbacks: ((outcome: Outcome) => void)[] = [];

  constructor(readonly manager: EntityManager) {}

  afterwards(callback: (outcome: Outcome) => void): void {
    this.#callbacks.push(callback);
  }

  /** Each callback runs once; one that throws does not keep the others from running. */
  settle(outcome: Outcome, onError: (error: unknown) => void): void {
    for (const callback of this.#callbacks.splice(0)) {
      try {
        callback(outcome);
      } catch (error) {
        onError(error);
      }
    }
  }
}

/** How an attempt ended that did not succeed, which decides whether there may be another. */
class AttemptFailed extends Error {
  constructor(
    readonly stage: 'begin' | 'work' | 'commit',
    override readonly cause: unknown,
  ) {
    super('The attempt failed.', { cause });
  }
}

export interface TransactionOptions {
  /** Which waiting transactions of SQLite it goes before. */
  lane?: Lane;
  /** How long another process's write to the file of SQLite may keep it from beginning; milliseconds, 10 s unless said. */
  beginWithin?: number;
}

export interface TransactionEnvironment {
  engine: Engine;
  /** Makes `scope` the current one for the time of `work`. */
  enter<T>(scope: TransactionScope, work: () => Promise<T>): Promise<T>;
  onCallbackError: (error: unknown) => void;
}

/**
 * Runs `work` in a transaction of its own. A deadlock or lock time-out starts it again, at most three times; a
 * connection that was already dead at BEGIN is replaced once; after COMMIT was sent nothing is ever repeated.
 */
export async function runTransaction<T>(
  environment: TransactionEnvironment,
  options: TransactionOptions,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  const { lane = 'normal', beginWithin } = options;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await environment.engine.withWriter(lane, (runner) => tryOnce(environment, runner, work, beginWithin));
    } catch (error) {
      if (!(error instanceof AttemptFailed)) {
        throw surfaced(error);
      }
      if (!mayRetry(error, attempt)) {
        throw surfaced(error.cause);
      }
      await sleep(randomInt(5, 26) * (attempt + 1));
    }
  }
}

function mayRetry({ stage, cause }: AttemptFailed, attempt: number): boolean {
  if (stage === 'begin') {
    return attempt === 0 && isConnectionLost(cause);
  }
  return stage === 'work' && attempt < RETRIES && (isDeadlock(cause) || isBusy(cause));
}

async function tryOnce<T>(
  environment: TransactionEnvironment,
  runner: QueryRunner,
  work: (tx: EntityManager) => Promise<T>,
  beginWithin?: number,
): Promise<T> {
  const { engine } = environment;
  await stage('begin', () => engine.begin(runner, beginWithin));
  const scope = new TransactionScope(runner.manager);
  scopes.set(runner, scope);
  let outcome: Outcome = 'failed';
  try {
    const result = await stage('work', () => perform(environment, scope, work));
    await stage('commit', () => engine.commit(runner));
    outcome = 'committed';
    return result;
  } catch (error) {
    await engine.rollback(runner);
    throw error;
  } finally {
    scope.settle(outcome, environment.onCallbackError);
  }
}

async function perform<T>(
  environment: TransactionEnvironment,
  scope: TransactionScope,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  try {
    const result = await environment.enter(scope, () => work(scope.manager));
    if (scope.doom !== undefined) {
      throw scope.doom;
    }
    return result;
  } finally {
    scope.active = false;
  }
}

async function stage<T>(name: AttemptFailed['stage'], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new AttemptFailed(name, error);
  }
}

const scopes = new WeakMap<QueryRunner, TransactionScope>();

/** The server has ended a transaction on these; going on would write outside it, so it must not commit. */
export function noteFailure(runner: QueryRunner, error: unknown): void {
  const scope = scopes.get(runner);
  if (scope && (isDeadlock(error) || isBusy(error) || isConnectionLost(error))) {
    scope.doom ??= error;
  }
}
