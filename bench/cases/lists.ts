import { bearer, type Load } from '../load/load.js';
import { addRow, readRows, tokenFor } from '../loads.js';
import { inTurn, type LoadFor, type Pair } from '../pairs.js';
import { atMost, number, type Section } from '../section.js';
import { deleteEveryTenth, makeIndexedLists } from '../world/indexed-lists.js';
import { type Case } from './case.js';

const SHORT = 1_000;
const PAGE = 100;
const LIMIT = 2;

interface Found extends Pair {
  /** No goal is set: shown, and said why. */
  readonly unbounded?: boolean;
}

/** Do indexed columns keep sorts flat, and gaps deep pages, and what does a row cost that has both? */
export const indexedLists: Case = {
  name: 'lists',
  about: 'sorts by indexed columns, and pages after deletions, of a long list',
  async run(bench) {
    const place = bench.place('indexed_lists');
    const made = await makeIndexedLists(place, bench.database, [SHORT, bench.plan.rows]);
    const { url } = await bench.hubgate(place);
    const token = await tokenFor(url, made.key);
    const measure = (what: string, loadFor: LoadFor, unbounded = false): Promise<Found> =>
      inTurn(url, what, made.lists, loadFor, bench.plan.rounds).then((found) => ({ ...found, unbounded }));
    const page =
      (part: number): LoadFor =>
      ({ name, rows }) =>
        readRows(token, name, PAGE, placeIn(rows, part));
    const sorted =
      (column: string, part: number): LoadFor =>
      ({ name, rows }) =>
        sortBy(token, name, column, placeIn(rows, part));
    const found = [
      await measure('first page', page(0)),
      await measure('page in the middle', page(0.5)),
      await measure('last page', page(1)),
      await measure('sort by a number, first page', sorted('Quantity', 0)),
      await measure('sort by a text, first page', sorted('MaterialNo', 0)),
      await measure('sort by a number, last page', sorted('Quantity', 1)),
      await measure('sort by a number, page in the middle', sorted('Quantity', 0.5), true),
      await measure('sort by a text, page in the middle', sorted('MaterialNo', 0.5), true),
      await measure('insert one row, two columns indexed', ({ name }) => insert(token, name)),
    ];
    await deleteEveryTenth(place.url, made);
    const deleted =
      (part: number): LoadFor =>
      (list) =>
        page(part)({ ...list, rows: list.rows * 0.9 });
    const after = [
      await measure('first page, every tenth row deleted', deleted(0)),
      await measure('page in the middle, every tenth row deleted', deleted(0.5)),
      await measure('last page, every tenth row deleted', deleted(1)),
    ];
    return [section(bench.plan.rows, [...found, ...after])];
  },
};

const placeIn = (rows: number, part: number): number => Math.floor((rows - PAGE) * part);

function sortBy(token: string, list: string, column: string, skip: number): Load {
  const { path, headers } = readRows(token, list, PAGE, skip);
  return { path: `${path}&SortColumn=${column}`, headers };
}

function insert(token: string, listName: string): Load {
  const body = JSON.stringify({ listName, data: { MaterialNo: 'A-0500000', Quantity: 62_500 } });
  return { ...addRow(token, listName), headers: bearer(token), body };
}

function section(rows: number, found: readonly Found[]): Section {
  const size = number(rows, 0);
  const row = ({ what, short, long }: Found): string[] => [what, number(short), number(long), number(long / short)];
  return {
    title: `pages of ${PAGE} rows and a new row of lists with two indexed columns, one request after the other`,
    table: [['', '1 000 rows: p50 ms', `${size} rows: p50 ms`, 'ratio'], ...found.map(row)],
    verdicts: found
      .filter(({ unbounded }) => !unbounded)
      .map(({ what, short, long }) => atMost(`${what}, ${size} rows, of that with 1 000`, long / short, LIMIT, ' ×')),
    notes: [
      'A skip under a sort has no goal: it passes over the entries of its index, from the nearer end, so that it is ' +
        'longest in the middle: about the same for each entry passed over.',
    ],
  };
}
