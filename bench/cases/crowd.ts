import { bearers, type Load } from '../load/load.js';
import { WHOAMI_KEY } from '../loads.js';
import { alternate } from '../rounds.js';
import { atLeast, number, speedTable, voidNotes } from '../section.js';
import { KEYS_PER_HUB, ROLES_PER_HUB } from '../world/crowd.js';
import { type World } from '../world/world.js';
import { type Case } from './case.js';

const KEYS_IN_USE = 1000;

/** As many keys in use, in a small installation and in a very big one. */
export const crowd: Case = {
  name: 'crowd',
  about: '1 000 keys in use, of 1 000 and of very many',
  async run(bench) {
    const [small, big] = [await bench.small(), await bench.big()];
    const ofAll = number(bench.plan.hubs * KEYS_PER_HUB, 0);
    const many = `${ofAll} keys, ${number(bench.plan.hubs, 0)} hubs, ${number(bench.plan.hubs * ROLES_PER_HUB, 0)} roles`;
    const measured = await alternate(
      [
        { name: many, server: await bench.hubgate(big), load: whoamiOf(big) },
        { name: '1 000 keys, 10 hubs, 100 roles', server: await bench.hubgate(small), load: whoamiOf(small) },
      ],
      bench.plan,
    );
    return [
      {
        title: 'whoami by 1 000 keys in turn, warm, in installations of two sizes',
        table: speedTable(measured),
        verdicts: [atLeast(`whoami with ${ofAll} keys, of that with 1 000`, measured[0], measured[1], 0.9)],
        notes: [`The big database has ${number(big.bytes / 1024 / 1024, 0)} MiB.`, ...voidNotes(measured)],
      },
    ];
  },
};

function whoamiOf({ keys }: World): Load {
  return { path: WHOAMI_KEY, headers: {}, rotate: bearers(keys.slice(0, KEYS_IN_USE)) };
}
