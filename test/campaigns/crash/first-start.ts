import { setTimeout as sleep } from 'node:timers/promises';
import { MIGRATIONS } from '../../../migrations/index.js';
import { Database, migrationStatus } from '../../../src/database/index.js';
import { type Random } from '../support/random.js';
import { type Finding } from './findings.js';
import { type Report } from './report.js';
import { type Place } from './target.js';
import { type Bootstrapped, MANAGEMENT } from './world.js';

const FIRST_START_MS = 3500;
const KILLS_MAX = 3;
const DEFAULT_ROLES = 7;

/** Kills first starts on an empty database at any moment of them, then lets one be and looks whether all is there. */
export async function killFirstStarts(
  { url, node }: Place,
  random: Random,
  report: Report,
  kills: number,
): Promise<void> {
  for (let count = 0; count < kills; count += 1) {
    node.start();
    await sleep(random.between(0, FIRST_START_MS));
    await node.kill();
    report.killed('first');
  }
  const began = performance.now();
  node.start();
  await node.answers('/healthz/ready');
  report.recovered('server: ready after a killed first start', began);
  const made = await node.command<Bootstrapped>('bootstrap', '--hub', 'Made afterwards');
  await node.answers(`${MANAGEMENT}/whoami`, { authorization: `Bearer ${made.api_key.secret}` });
  report.find(...(await wholeness(url)));
  await node.stop();
}

/** How many of the kills that are left one place takes. */
export function someKills(left: number, random: Random): number {
  return Math.min(left, 1 + random.below(KILLS_MAX));
}

/** Every migration has run, and every hub has its roles, its owner key with a secret, and the activity of its making. */
async function wholeness(url: string): Promise<Finding[]> {
  const database = new Database({ url, entities: [], migrations: [...MIGRATIONS] });
  await database.connect();
  try {
    const pending = (await migrationStatus(database)).filter(({ applied }) => !applied);
    const hubs = await database.query<Record<string, unknown>>(
      `SELECT h.id, (SELECT COUNT(*) FROM role r WHERE r.hub_id = h.id) AS roles,
         (SELECT COUNT(*) FROM api_key k WHERE k.hub_id = h.id) AS api_keys,
         (SELECT COUNT(*) FROM api_secret s WHERE s.hub_id = h.id) AS secrets,
         (SELECT COUNT(*) FROM activity a WHERE a.hub_id = h.id) AS activities FROM hub h`,
    );
    const whole = { roles: DEFAULT_ROLES, api_keys: 1, secrets: 1, activities: 2 };
    const partial = hubs.filter((hub) => Object.entries(whole).some(([name, count]) => Number(hub[name]) !== count));
    return [
      ...pending.map(({ name }): Finding => ({ category: 'half', detail: `the migration ${name} has not run` })),
      ...partial.map((hub): Finding => ({
        category: 'half',
        detail: `a hub was made in part: ${JSON.stringify(hub)}`,
      })),
    ];
  } finally {
    await database.close();
  }
}
