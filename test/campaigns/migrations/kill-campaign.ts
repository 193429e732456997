import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { onServer, testDatabase, type TestDatabase } from '../../support/test-database.js';
import { tableNames } from '../../support/table-dump.js';
import { Database, migrate } from '../../../src/database/index.js';
import { CAMPAIGN_SECRET } from '../support/node-process.js';
import { makeFirstRelease } from './first-release.js';
import { type Kill, type Moment } from './kill.js';
import { migrationsOf, type MigrationSet } from './migration-sets.js';
import { differences, lost, type State, stateOf } from './state.js';

/** What the migration finds: nothing, or a database of the first release with rows in every table. */
export type Start = 'empty' | 'first release';

/** Which kills are done, of all there could be. */
export type Choice = (number: number, moment: Moment, statements: number) => boolean;

const EVERY: Choice = () => true;

/** How long the second node is given to reach the lock. It decides how hard the case is, never what is right. */
const QUEUE_MS = 75;
const SCRIPT = fileURLToPath(new URL('./killed-migration.js', import.meta.url));
const ENVIRONMENT = { HUBGATE_SECRET: CAMPAIGN_SECRET };

export const MOMENTS: readonly Moment[] = onServer ? ['before', 'during', 'after'] : ['before', 'after'];

export interface KillReport {
  /** How many statements the whole migration sends. */
  readonly statements: number;
  readonly kills: number;
  readonly problems: readonly string[];
}

/**
 * Kills the migration at its n-th statement, for every n (or for those that are chosen), lets another process migrate
 * what was left, and compares the outcome with that of a migration nobody killed.
 */
export async function killEverywhere(start: Start, set: MigrationSet, chosen: Choice = EVERY): Promise<KillReport> {
  const wanted = await withDatabase(start, async ({ url }) => {
    await migrateNow(url, set);
    return stateAfter(url, set);
  });
  const statements = await withDatabase(start, ({ url }) => countStatements(url, set));
  const problems = [...(set === 'released' ? unsound(wanted) : []), ...(start === 'empty' ? [] : lost(wanted))];
  let kills = 0;
  for (let number = 1; number <= statements; number += 1) {
    for (const moment of MOMENTS.filter((one) => chosen(number, one, statements))) {
      const found = await withDatabase(start, ({ url }) => killAndRepeat(url, { set, moment, number }, wanted));
      problems.push(...found.map((problem) => `${start}, killed ${moment} statement ${number}: ${problem}`));
      kills += 1;
    }
  }
  return { statements, kills, problems };
}

async function killAndRepeat(url: string, kill: Kill, wanted: State): Promise<string[]> {
  try {
    await killAt(url, kill);
    await migrateNow(url, kill.set);
    return differences(wanted, await stateAfter(url, kill.set));
  } catch (error) {
    return [String(error)];
  }
}

/** Resolves when the migrating process is dead and, at `during`, another node has migrated behind it. */
async function killAt(url: string, kill: Kill): Promise<void> {
  const child = fork(SCRIPT, [JSON.stringify(kill)], { env: { ...process.env, DATABASE_URL: url }, silent: true });
  const ended = once(child, 'exit');
  let behind: Promise<unknown> = Promise.resolve();
  child.once('message', () => {
    behind = migrateBehind(url, kill.set, () => child.send('go'));
    behind.catch(() => {});
  });
  const [code, signal] = (await ended) as [number | null, string | null];
  await behind;
  if (signal !== 'SIGKILL') {
    throw new Error(`The process that should have been killed ended with ${code ?? signal}.`);
  }
}

/**
 * Queues up behind the one that dies, while a reader keeps the server from finishing what that one had sent: the next
 * node gets the lock, looks, finds nothing, and meets the statement of the dead.
 */
async function migrateBehind(url: string, set: MigrationSet, letItDie: () => void): Promise<void> {
  const done = await readEverything(url);
  const migrated = migrateNow(url, set);
  migrated.catch(() => {});
  await sleep(QUEUE_MS);
  letItDie();
  await sleep(4 * QUEUE_MS);
  await done();
  await migrated;
}

/** A transaction that has read every table: DDL on them waits until it ends. */
async function readEverything(url: string): Promise<() => Promise<void>> {
  const reader = new Database({ url, entities: [], migrations: [] });
  await reader.connect();
  const source = reader.reader.connection.createQueryRunner();
  await source.startTransaction();
  for (const name of await tableNames(reader)) {
    await source.query(`SELECT 1 FROM ${name} LIMIT 1`);
  }
  return async () => {
    await source.commitTransaction();
    await source.release();
    await reader.close();
  };
}

async function countStatements(url: string, set: MigrationSet): Promise<number> {
  const kill: Kill = { set, moment: 'after', number: 0 };
  const child = fork(SCRIPT, [JSON.stringify(kill)], { env: { ...process.env, DATABASE_URL: url }, silent: true });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  const count = Number(output);
  if (!(count > 0)) {
    throw new Error(`The statements could not be counted: ${output}`);
  }
  return count;
}

function migrateNow(url: string, set: MigrationSet): Promise<string[]> {
  return migrate(new Database({ url, entities: [], migrations: migrationsOf(set) }));
}

/** The epoch of a database is made at random with it, so it is not compared. */
async function stateAfter(url: string, set: MigrationSet): Promise<State> {
  const state = await stateOf(url, migrationsOf(set), ENVIRONMENT);
  const counter = (state.rows['access_counter'] ?? []).map((row) => ({ ...row, epoch: typeof row['epoch'] }));
  return { ...state, rows: { ...state.rows, access_counter: counter } };
}

function unsound({ drift, doctor }: State): string[] {
  return [...drift.map((sql) => `drift: ${sql}`), ...doctor];
}

export async function withDatabase<T>(start: Start, work: (database: TestDatabase) => Promise<T>): Promise<T> {
  const database = await testDatabase();
  try {
    if (start === 'first release') {
      await makeFirstRelease(database.url);
    }
    return await work(database);
  } finally {
    await database.drop();
  }
}
