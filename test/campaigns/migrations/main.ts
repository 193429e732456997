// Proves that migrations converge: killed at any statement, run by five nodes at once, taken back and run again.
// npm run prove:migrations -- [--database-url URL] [--rounds 20] [--parts down,kill,nodes]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PrivateMariadb } from '../support/private-mariadb.js';

const { values } = parseArgs({
  options: {
    'database-url': { type: 'string' },
    rounds: { type: 'string', default: '20' },
    parts: { type: 'string', default: '' },
  },
});

/** A process for each kind of database: entities choose their column types while they load. */
async function prove(databaseUrl: string): Promise<boolean> {
  const { TEST_DATABASE_URL: _, ...environment } = process.env;
  const own = databaseUrl.startsWith('sqlite:') ? {} : { TEST_DATABASE_URL: databaseUrl };
  const script = fileURLToPath(new URL('./campaign.js', import.meta.url));
  const child = spawn(process.execPath, [script, values.rounds, values.parts], {
    env: { ...environment, ...own },
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

async function proveBoth(): Promise<boolean> {
  const embedded = await prove('sqlite:');
  const server = await PrivateMariadb.create();
  try {
    return (await prove(server.url('none'))) && embedded;
  } finally {
    await server.remove();
  }
}

const url = values['database-url'];
const proven = url === undefined ? await proveBoth() : await prove(url);
process.stdout.write(proven ? 'Every migration converges.\n' : 'NOT proven: see the problems above.\n');
process.exitCode = proven ? 0 : 1;
