// Runs random SELECTs over lists and compares them with a reference, and with the same over plain tables.
// npm run prove:sql -- [--statements 2000] [--seed N]; on TEST_DATABASE_URL, or on SQLite.
import { parseArgs } from 'node:util';
import { openStage } from '../ceiling/stage.js';
import { platformPrincipal } from '../../../src/access/index.js';
import { newId } from '../../../src/common/ids.js';
import { Database } from '../../../src/database/index.js';
import { HubService } from '../../../src/modules/hub/index.js';
import { Play, type Tally } from './play.js';

const { values } = parseArgs({
  options: { statements: { type: 'string', default: '2000' }, seed: { type: 'string' } },
});
const statements = Number(values.statements);
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);

function print(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

async function prove(tally: Tally): Promise<string | null> {
  const stage = await openStage();
  const { nest } = stage;
  try {
    const creator = { id: '0'.repeat(24), type: 'platform' as const };
    const hub = await nest
      .get(Database)
      .transaction((tx) => nest.get(HubService).create(tx, `Hub ${newId()}`, creator));
    const play = await Play.prepare(nest, platformPrincipal(hub.id), seed);
    return await play.run(statements, seed, tally);
  } finally {
    await stage.close();
  }
}

const began = performance.now();
const tally = { compared: 0, native: 0 };
print(`prove:sql --statements ${statements} --seed ${seed}`);
const wrong = await prove(tally);
print(
  `${tally.compared} compared with the reference, ${tally.native} of them with the database's own SQL`,
  ...(wrong ? [wrong] : []),
);
print(`${Math.round((performance.now() - began) / 1000)} s`, wrong ? 'FAIL' : 'PASS');
process.exitCode = wrong ? 1 : 0;
