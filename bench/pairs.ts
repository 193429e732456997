import { ask } from './http.js';
import { type Load } from './load/load.js';
import { median } from './rounds.js';
import { type IndexedLists } from './world/indexed-lists.js';

const ASKED_PER_ROUND = 20;
const WARM = 20;

export type ListOfRows = IndexedLists['lists'][number];
export type LoadFor = (list: ListOfRows) => Load;

/** Medians in milliseconds, of a short list and of a long one. */
export interface Pair {
  readonly what: string;
  readonly short: number;
  readonly long: number;
}

/** Both lists in turn, request by request, so that what disturbs the machine disturbs them alike. */
export async function inTurn(
  url: string,
  what: string,
  lists: readonly ListOfRows[],
  loadFor: LoadFor,
  rounds: number,
): Promise<Pair> {
  const times = lists.map((): number[] => []);
  for (let round = 0; round < WARM + rounds * ASKED_PER_ROUND; round += 1) {
    for (const [index, list] of lists.entries()) {
      const { milliseconds } = await ask(url, loadFor(list));
      if (round >= WARM) {
        times[index].push(milliseconds);
      }
    }
  }
  return { what, short: median(times[0]), long: median(times[1]) };
}
