import { ask } from '../http.js';
import { bearer, type Load } from '../load/load.js';
import { tokenFor } from '../loads.js';
import { inTurn, type ListOfRows, type Pair } from '../pairs.js';
import { atMost, number, type Section } from '../section.js';
import { makeIndexedLists, valuesOf } from '../world/indexed-lists.js';
import { type Case } from './case.js';

const SHORT = 1_000;
const HITS = 100;
const LIMIT = 2;

/** A condition that holds for as many rows of one list as of another. */
interface Filter {
  readonly what: string;
  readonly hits: number;
  readonly where: (list: ListOfRows) => string;
}

/** Does SQL that filters by an indexed column cost what it finds, and not what the list holds? */
export const sqlFilters: Case = {
  name: 'sql-filter',
  about: 'SQL that filters a long list by indexed columns',
  async run(bench) {
    const place = bench.place('sql_filters');
    const made = await makeIndexedLists(place, bench.database, [SHORT, bench.plan.rows]);
    const { url } = await bench.hubgate(place);
    const token = await tokenFor(url, made.key);
    const found: Pair[] = [];
    for (const filter of filters()) {
      const loadFor = (list: ListOfRows): Load => selecting(token, list, filter);
      for (const list of made.lists) {
        await assertHits(url, loadFor(list), filter);
      }
      const what = `${filter.what}: ${filter.hits} rows`;
      found.push(await inTurn(url, what, made.lists, loadFor, bench.plan.rounds));
    }
    return [section(bench.plan.rows, found)];
  },
};

function filters(): Filter[] {
  const middle = middleOf();
  return [
    { what: 'number =', hits: 1, where: (list) => `Quantity = ${middle(list, 0).Quantity}` },
    { what: 'text =', hits: 1, where: (list) => `MaterialNo = '${middle(list, 0).MaterialNo}'` },
    {
      what: 'number between',
      hits: HITS,
      where: (list) => `Quantity between ${middle(list, 0).Quantity} and ${middle(list, HITS - 1).Quantity}`,
    },
    {
      what: 'text between',
      hits: HITS,
      where: (list) => `MaterialNo between '${middle(list, 0).MaterialNo}' and '${middle(list, HITS - 1).MaterialNo}'`,
    },
    { what: "text like 'beginning%'", hits: HITS, where: ({ rows }) => `MaterialNo like '${beginning(rows)}%'` },
  ];
}

/** The row that comes so many places behind the middle, by either column. */
function middleOf(): (list: ListOfRows, behind: number) => ReturnType<typeof valuesOf> {
  const sorted = new Map<number, ReturnType<typeof valuesOf>[]>();
  return ({ rows }, behind) => {
    const all =
      sorted.get(rows) ??
      Array.from({ length: rows }, (_, index) => valuesOf(index + 1)).sort(
        (one, other) => one.Quantity - other.Quantity,
      );
    sorted.set(rows, all);
    return all[rows / 2 + behind];
  };
}

/** One digit more for a list ten times as long: its texts are ten times as many of each beginning. */
function beginning(rows: number): string {
  return 'A-0512345'.slice(0, 4 + Math.round(Math.log10(rows / SHORT)));
}

function selecting(token: string, { name, ...list }: ListOfRows, { where }: Filter): Load {
  const sql = `select ID, MaterialNo, Quantity from [${name}] where ${where({ name, ...list })}`;
  return {
    method: 'POST',
    path: '/public-api/v1/lists/list',
    headers: bearer(token),
    body: JSON.stringify({ sql }),
  };
}

/** Values are scattered evenly, not exactly: a beginning finds a few rows more or less. */
async function assertHits(url: string, load: Load, { what, hits }: Filter): Promise<void> {
  const { items } = JSON.parse((await ask(url, load)).body) as { items: unknown[] };
  if (Math.abs(items.length - hits) > hits / 20) {
    throw new Error(`${what} found ${items.length} rows instead of ${hits}.`);
  }
}

function section(rows: number, found: readonly Pair[]): Section {
  const size = number(rows, 0);
  return {
    title: 'SQL that filters by an indexed column, one request after the other',
    table: [
      ['', '1 000 rows: p50 ms', `${size} rows: p50 ms`, 'ratio'],
      ...found.map(({ what, short, long }) => [what, number(short), number(long), number(long / short)]),
    ],
    verdicts: found.map(({ what, short, long }) =>
      atMost(`${what} of ${size}, of as many of 1 000`, long / short, LIMIT, ' ×'),
    ),
    notes: ['The same number of rows is found in both lists: what is measured is what the length of the list costs.'],
  };
}
