import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import { newId } from '../../../src/common/ids.js';
import { inRounds, type Outcome, type Scenario } from './scenario.js';
import { type EventResult, type Watch } from './watch.js';
import { KINDS } from './victims.js';
import { type World } from './world.js';

const DELETED = KINDS[0];

/** Ends a key by SQL, in a transaction that has its number long before it commits. */
async function endLate(connection: Connection, { victim }: Watch, pause: number): Promise<void> {
  await connection.beginTransaction();
  await connection.query('UPDATE access_counter SET last_seq = last_seq + 1 WHERE id = 1');
  const [rows] = await connection.query('SELECT last_seq FROM access_counter WHERE id = 1');
  const [{ last_seq: seq }] = rows as { last_seq: number }[];
  await connection.query("UPDATE api_key SET state = 'inactive' WHERE id = ?", [victim.keyId]);
  await sleep(pause);
  const row = [seq, newId(), victim.hub.id, 'key', victim.keyId, Date.now()];
  await connection.query(
    'INSERT INTO access_change (seq, nonce, hub_id, kind, subject_id, created_at) VALUES (?, ?, ?, ?, ?, ?)',
    row,
  );
  await connection.commit();
}

/** One late one, and three ordinary changes on both nodes that want a number meanwhile. */
async function round(world: World, connection: Connection, size: number, turn: number): Promise<EventResult[]> {
  const [late, others] = await Promise.all([world.openWatch(DELETED), world.openWatches(size - 1)]);
  const ending = endLate(connection, late, 400 + (turn % 5) * 700).then(() => late.counts());
  await sleep(50);
  const replies = await Promise.all(others.map((watch, index) => watch.change(world.nodes[index % 2])));
  await ending;
  const events = await Promise.all([late, ...others].map((watch) => watch.finish()));
  return events.map((event, index) => {
    const status = index === 0 ? 200 : replies[index - 1].status;
    return status < 300 ? event : { ...event, problems: [`${event.kind}: the change was answered ${status}`] };
  });
}

async function run(world: World, count: number): Promise<Outcome> {
  const connection = await createConnection(world.databaseUrl.replace(/^mariadb:/, 'mysql:'));
  try {
    return { events: await inRounds(count, 4, (size, turn) => round(world, connection, size, turn)) };
  } finally {
    await connection.end();
  }
}

export const LATE_COMMITS: Scenario = {
  name: 'late-commits',
  about: 'transactions take a number of the feed and commit 0.4 to 3.2 s later, between others',
  events: 40,
  run,
};
