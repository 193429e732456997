import { headersOf } from '../load/load.js';
import { Database } from '../../src/database/index.js';
import { readRows, tokenFor } from '../loads.js';
import { atMost, number, type Section } from '../section.js';
import { openApp } from '../world/app.js';
import { withBulk } from '../world/world.js';
import { type Case } from './case.js';

const ROWS = 100_000;
const ROUNDS = 9;
const PLAIN = 'bench_sql_plain';
const GROUPED = 'select Locked, count(*) as Counter, sum(Quantity) as Total';

/** An aggregate over many rows of a list, beside the same SELECT over a plain table. */
export const sqlOverLists: Case = {
  name: 'sql',
  about: 'an SQL aggregate over 100 000 rows of a list',
  async run(bench) {
    const world = await bench.big();
    const { long } = world.lists;
    const server = await bench.hubgate(world);
    const token = await tokenFor(server.url, world.integrationKey);
    await bench.stopServers();
    await withBulk(world.url, async (bulk) => {
      await bulk.run(`DROP TABLE IF EXISTS ${PLAIN}`);
      await bulk.run(`CREATE TABLE ${PLAIN} (ID int PRIMARY KEY, MaterialNo text, Quantity double, Locked double)`);
      const from = 'list_row WHERE row_id <= ? AND list_no = (SELECT no FROM list WHERE id = ?)';
      await bulk.run(`INSERT INTO ${PLAIN} SELECT row_id, s1, n1, n2 FROM ${from}`, ROWS, long.id);
    });
    const app = await openApp(world.url);
    try {
      const body = JSON.stringify({ sql: `${GROUPED} from [${long.name}] where ID <= ${ROWS} group by Locked` });
      const headers = { ...headersOf(readRows(token, long.name, 1), 0), 'content-type': 'application/json' };
      const ask = async (): Promise<void> => {
        const { statusCode } = await app.inject({
          method: 'POST',
          url: '/public-api/v1/lists/list',
          headers,
          payload: body,
        });
        if (statusCode !== 200) {
          throw new Error(`The statement was answered with ${statusCode}.`);
        }
      };
      const plain = () => app.get(Database).query(`${GROUPED} from ${PLAIN} group by Locked`);
      return [section(await medianOf(ask), await medianOf(plain))];
    } finally {
      await app.close();
      await withBulk(world.url, (bulk) => bulk.run(`DROP TABLE ${PLAIN}`));
    }
  },
};

/** Milliseconds, once it was done before. */
async function medianOf(work: () => Promise<unknown>): Promise<number> {
  await work();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return times.sort((one, other) => one - other)[Math.floor(ROUNDS / 2)] ?? 0;
}

function section(ours: number, plain: number): Section {
  return {
    title: `GROUP BY over ${number(ROWS, 0)} rows, one request after the other`,
    table: [
      ['', 'median ms'],
      ['through the door', number(ours)],
      ['the same SELECT over a plain table', number(plain)],
    ],
    verdicts: [atMost('an aggregate over a list, of that over a plain table', ours / plain, 5, ' ×')],
    notes: ['The first includes the request, the token and the answer; the second is the bare statement.'],
  };
}
