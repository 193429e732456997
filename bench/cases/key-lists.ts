import { ask } from '../http.js';
import { get } from '../loads.js';
import { type MeasuredServer } from '../measured-server.js';
import { median } from '../rounds.js';
import { atMost, number, type Section } from '../section.js';
import { DAYS, FIRST_DAY, type KeyHub, makeKeyHubs } from '../world/keys.js';
import { type Bench } from '../bench.js';
import { type Case } from './case.js';

const SIZES = [1_000, 100_000];
const PAGE = 100;
const ASKED_PER_ROUND = 10;
const WARM = 5;
const HALF = new Date(FIRST_DAY + (DAYS / 2) * 86_400_000).toISOString();

const SORTS = ['id', 'name', 'state', 'expires_at', 'last_used_at', 'events.created', 'events.updated'];

/** What is asked, of each hub in its own ids. */
const QUERIES: Readonly<Record<string, (hub: KeyHub) => string>> = {
  ...Object.fromEntries(
    SORTS.flatMap((sort) => [sort, `-${sort}`]).map((sort) => [`sort=${sort}`, () => `sort=${sort}`]),
  ),
  ...Object.fromEntries(
    ['live', 'inactive', 'deleted', 'live,inactive,deleted'].map((states) => {
      return [`filter[state]=${states}`, () => `filter[state]=${states}`];
    }),
  ),
  'filter[role], nearly all keys': ({ roleId }) => `filter[role]=${roleId}`,
  [`filter[role], ${PAGE} keys`]: ({ seldomRoleId }) => `filter[role]=${seldomRoleId}`,
  'filter[group]': ({ groupId }) => `filter[group]=${groupId}`,
  'filter[creator]': ({ creatorId }) => `filter[creator]=${creatorId}`,
  'filter[expires_before]': () => `filter[expires_before]=${HALF}`,
  'filter[last_used_before]': () => `filter[last_used_before]=${HALF}`,
  'filter[search], found often': () => 'filter[search]=machine',
  'meta=usage&include=roles': () => 'meta=usage&include=roles',
};

/** Nothing can order these by an index: how much they cost is shown, and no goal is set. */
const UNBOUNDED: Readonly<Record<string, (hub: KeyHub) => string>> = {
  'filter[search], found never': () => 'filter[search]=zzz',
  'sort=name & filter[role], nearly all keys': ({ roleId }) => `sort=name&filter[role]=${roleId}`,
  'the last page of live keys': ({ keys }) => `filter[state]=live&page[number]=${Math.floor((keys * 5) / 7 / PAGE)}`,
};

interface Found {
  readonly what: string;
  readonly few: number;
  readonly many: number;
}

/** Does a page of keys cost more when the hub has very many? */
export const keyLists: Case = {
  name: 'key-lists',
  about: 'pages of the list of API keys, by each sort and filter',
  async run(bench) {
    const place = bench.place('key_lists');
    const hubs = await makeKeyHubs(place, SIZES);
    const server = await bench.hubgate(place);
    const bounded = await measure(bench, server, hubs, QUERIES);
    const unbounded = await measure(bench, server, hubs, UNBOUNDED);
    return [section(bounded, unbounded)];
  },
};

/** Both hubs in turn, request by request, so that what disturbs the machine disturbs them alike. */
async function measure(
  bench: Bench,
  server: MeasuredServer,
  hubs: readonly KeyHub[],
  queries: typeof QUERIES,
): Promise<Found[]> {
  const found: Found[] = [];
  for (const [what, query] of Object.entries(queries)) {
    const times = hubs.map((): number[] => []);
    for (let round = 0; round < WARM + bench.plan.rounds * ASKED_PER_ROUND; round += 1) {
      for (const [index, hub] of hubs.entries()) {
        const path = `/v1/hubs/current/api-keys?page[size]=${PAGE}&${query(hub)}`;
        const { milliseconds } = await ask(server.url, get(path, hub.ownerKey));
        if (round >= WARM) {
          times[index].push(milliseconds);
        }
      }
    }
    const [few, many] = times.map((one) => median(one));
    found.push({ what, few, many });
  }
  return found;
}

function section(bounded: readonly Found[], unbounded: readonly Found[]): Section {
  const worst = bounded.reduce((a, b) => (ratioOf(a) > ratioOf(b) ? a : b));
  const [few, many] = SIZES.map((size) => `of ${number(size, 0)}: p50 ms`);
  return {
    title: `pages of ${PAGE} API keys, one request after the other`,
    table: [
      ['', few, many, 'ratio'],
      ...[...bounded, ...unbounded].map((one) => [one.what, number(one.few), number(one.many), number(ratioOf(one))]),
    ],
    verdicts: [
      atMost(
        `a page of ${number(SIZES[1], 0)} keys, of that with 1 000: the worst is ${worst.what}`,
        ratioOf(worst),
        2,
        ' ×',
      ),
    ],
    notes: [
      'The last three have no goal: a search that finds nothing reads every name of the hub (in an index, no row), ' +
        'a filter with the sort of another column has no index of its own, and the way to a late page is as long as the list.',
    ],
  };
}

const ratioOf = ({ few, many }: Found): number => many / few;
