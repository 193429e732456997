import { ask, RefusedError } from '../http.js';
import { bearer, type Load } from '../load/load.js';
import { get, WHOAMI_KEY } from '../loads.js';
import { type MeasuredServer } from '../measured-server.js';
import { median } from '../rounds.js';
import { atMost, number } from '../section.js';
import { type World } from '../world/world.js';
import { type Case } from './case.js';

const KEYS = 20;
const KEYS_PATH = '/v1/hubs/current/api-keys';
/** Longer than promised, so that a broken promise is seen and not waited for. */
const PATIENCE_MS = 10_000;

/** A key is deleted on one node: how long does another one, which has it in its cache, go on to admit it? */
export const revocation: Case = {
  name: 'revocation',
  about: 'a key deleted on another node',
  async run(bench) {
    const world = await bench.small();
    const [one, other] = [await bench.hubgate(world), await bench.hubgate(world)];
    const times = { here: [] as number[], there: [] as number[] };
    for (let index = 0; index < KEYS; index += 1) {
      times.here.push(await untilRefused(world, one, one));
      times.there.push(await untilRefused(world, one, other));
    }
    const row = (name: string, values: readonly number[]) => [
      name,
      number(median(values), 0),
      number(Math.max(...values), 0),
    ];
    return [
      {
        title: `until a deleted key is refused, ${KEYS} times, from the answer to the deletion`,
        table: [
          ['', 'median ms', 'longest ms'],
          row('by the same node', times.here),
          row('by another node', times.there),
        ],
        verdicts: [atMost('a key deleted on another node is refused', Math.max(...times.there), 1000, ' ms')],
        notes: [`${bench.database === 'sqlite' ? 'Two processes on one file.' : 'Two nodes on one server.'}`],
      },
    ];
  },
};

async function untilRefused(world: World, deletes: MeasuredServer, admits: MeasuredServer): Promise<number> {
  const { id, secret } = await makeKey(world, deletes);
  const whoami = get(WHOAMI_KEY, secret);
  await ask(admits.url, whoami);
  await ask(deletes.url, { method: 'DELETE', path: `${KEYS_PATH}/${id}`, headers: bearer(world.ownerKey) });
  const deletedAt = performance.now();
  while (performance.now() - deletedAt < PATIENCE_MS) {
    const sentAt = performance.now();
    if (await refused(admits, whoami)) {
      return Math.max(0, sentAt - deletedAt);
    }
  }
  throw new Error('A deleted key was still admitted after ten seconds.');
}

async function refused({ url }: MeasuredServer, load: Load): Promise<boolean> {
  try {
    await ask(url, load);
    return false;
  } catch (error) {
    if (error instanceof RefusedError && error.status === 401) {
      return true;
    }
    throw error;
  }
}

async function makeKey(world: World, { url }: MeasuredServer): Promise<{ id: string; secret: string }> {
  const roles = await ask(url, get('/v1/hubs/current/roles?filter[identifier]=integration', world.ownerKey));
  const [role] = (JSON.parse(roles.body) as { data: { id: string }[] }).data;
  const body = JSON.stringify({ name: 'soon deleted', role_id: role.id });
  const made = await ask(url, { method: 'POST', path: KEYS_PATH, headers: bearer(world.ownerKey), body });
  return (JSON.parse(made.body) as { data: { id: string; secret: string } }).data;
}
