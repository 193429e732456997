import { ask } from '../http.js';
import { get, WHOAMI_KEY } from '../loads.js';
import { median } from '../rounds.js';
import { atMost, number } from '../section.js';
import { type Bench } from '../bench.js';
import { type World } from '../world/world.js';
import { type Case } from './case.js';

const STARTS = 5;

/** From the command to the first answer that needed the database, where the system puts the process. */
export const start: Case = {
  name: 'start',
  about: 'start to first answer',
  async run(bench) {
    const small = await times(bench, await bench.small());
    return [
      {
        title: `start to first answer, ${STARTS} times, the tables being up to date`,
        table: [
          ['', 'median ms', 'slowest ms'],
          ['Hubgate', number(median(small), 0), number(Math.max(...small), 0)],
        ],
        verdicts: [atMost('start to first answer', median(small) / 1000, 2.5, ' s')],
        notes: [],
      },
    ];
  },
};

async function times(bench: Bench, world: World): Promise<number[]> {
  const found: number[] = [];
  for (let index = 0; index < STARTS; index += 1) {
    const startedAt = performance.now();
    const { url } = await bench.hubgate(world, 'Hubgate', null);
    await ask(url, get(WHOAMI_KEY, world.ownerKey));
    found.push(performance.now() - startedAt);
    await bench.stopServers();
  }
  return found;
}
