import type { DataSource, QueryRunner } from 'typeorm';
import type { Counter } from './engine.js';
import { isConnectionLost, surfaced } from './database-errors.js';

/** Told about every statement that failed on a runner, also when the caller swallows the error. */
export type FailureListener = (runner: QueryRunner, error: unknown) => void;

const guarded = new WeakSet<QueryRunner>();

/** Every statement that TypeORM sends is counted, and a lost connection surfaces as a 503, whoever sent it. */
export function guardRunners(source: DataSource, counter: Counter, onFailure: FailureListener = () => {}): void {
  const create = source.driver.createQueryRunner.bind(source.driver);
  source.driver.createQueryRunner = (mode) => {
    const runner = create(mode);
    if (!guarded.has(runner)) {
      guarded.add(runner);
      guardQuery(runner, counter, onFailure);
    }
    return runner;
  };
}

function guardQuery(runner: QueryRunner, counter: Counter, onFailure: FailureListener): void {
  const query = runner.query.bind(runner) as (...input: unknown[]) => Promise<unknown>;
  const counted = async (...input: unknown[]): Promise<unknown> => {
    counter.value += 1;
    try {
      return await query(...input);
    } catch (error) {
      onFailure(runner, error);
      throw isConnectionLost(error) ? surfaced(error) : error;
    }
  };
  runner.query = counted as QueryRunner['query'];
}
