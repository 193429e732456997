import { ask } from '../http.js';
import { type Load } from '../load/load.js';
import { addRow, readRows, tokenFor } from '../loads.js';
import { type MeasuredServer } from '../measured-server.js';
import { alternate, type Measured } from '../rounds.js';
import { atMost, number, type Section } from '../section.js';
import { type BenchList } from '../world/lists.js';
import { restoreLists, withBulk, type World } from '../world/world.js';
import { type Bench } from '../bench.js';
import { type Case } from './case.js';

const PAGE = 100;

/** Does a page, or a new row, cost more when the list is long? */
export const longList: Case = {
  name: 'long-list',
  about: 'pages and new rows of a long list',
  async run(bench) {
    const world = await bench.big();
    const server = await bench.hubgate(world);
    const token = await tokenFor(server.url, world.integrationKey);
    const compare = (loadFor: (list: BenchList) => Load) => pair(bench, server, world, loadFor);
    const page = (part: number) =>
      compare(({ name, rows }) => readRows(token, name, PAGE, Math.floor((rows - PAGE) * part)));
    const rows = {
      'first page': await page(0),
      'page in the middle': await page(0.5),
      'last page': await page(1),
      'insert one row': await compare(({ name }) => addRow(token, name)),
    };
    await restoreLists(world);
    await leaveGap(world);
    const gaps = { 'page in the middle, a row was deleted once': await page(0.5) };
    await restoreLists(world);
    return [section(world.lists.long, { ...rows, ...gaps })];
  },
};

async function pair(
  bench: Bench,
  server: MeasuredServer,
  { lists }: World,
  loadFor: (list: BenchList) => Load,
): Promise<Measured[]> {
  const { rounds, roundSeconds } = bench.plan;
  const contestants = [lists.short, lists.long].map((list) => ({ name: list.name, server, load: loadFor(list) }));
  for (const { load } of contestants) {
    await ask(server.url, load);
  }
  return alternate(contestants, { rounds, roundSeconds: Math.ceil(roundSeconds / 3), warmSeconds: 1, connections: 1 });
}

/** What the deletion of a row leaves behind: an id that was given and is not there. */
async function leaveGap({ url, lists }: World): Promise<void> {
  await withBulk(url, async (bulk) => {
    for (const { id, rows } of [lists.short, lists.long]) {
      const gap = 'INSERT INTO list_row_gap (list_no, block, missing) SELECT no, ?, 1 FROM list WHERE id = ?';
      await bulk.run(gap, Math.floor(rows / 1000), id);
      await bulk.run('UPDATE list SET last_row_id = last_row_id + 1 WHERE id = ?', id);
    }
  });
}

function section({ rows }: BenchList, measured: Readonly<Record<string, Measured[]>>): Section {
  const size = number(rows, 0);
  const found = Object.entries(measured).map(([what, [short, long]]) => {
    return { what, short, long, ratio: long.p50Milliseconds / short.p50Milliseconds };
  });
  return {
    title: `pages of ${PAGE} rows and a new row, one request after the other`,
    table: [
      ['', '1 000 rows: p50 ms', 'p99 ms', `${size} rows: p50 ms`, 'p99 ms', 'ratio of p50'],
      ...found.map(({ what, short, long, ratio }) => [what, ...timesOf(short), ...timesOf(long), number(ratio)]),
    ],
    verdicts: found.map(({ what, ratio }) => atMost(`${what}, ${size} rows, of that with 1 000`, ratio, 2, ' ×')),
    notes: [],
  };
}

const timesOf = ({ p50Milliseconds, p99Milliseconds }: Measured): string[] => [
  number(p50Milliseconds),
  number(p99Milliseconds),
];
