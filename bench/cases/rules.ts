import { get, WHOAMI_KEY } from '../loads.js';
import { alternate } from '../rounds.js';
import { atLeast, atMost, type Section, speedTable, voidNotes } from '../section.js';
import { countStatements } from '../statements.js';
import { makeWorld } from '../world/world.js';
import { addDomains, HOSTS, RULES } from '../world/rules.js';
import { type Bench } from '../bench.js';
import { type Plan } from '../options.js';
import { type Case } from './case.js';

/** What the rules of a host cost the authenticated request, and what it costs that there could be some. */
export const rules: Case = {
  name: 'rules',
  about: 'whoami by key at hosts with and without firewall rules',
  run: async (bench) => [await measure(bench)],
};

/** A tenth is less than a machine's speed may change from one round to the next: short ones, and many. */
function manyRounds(plan: Plan): Plan {
  return { ...plan, rounds: plan.rounds * 6, roundSeconds: Math.ceil(plan.roundSeconds / 3) };
}

async function measure(bench: Bench): Promise<Section> {
  const size = { hubs: 1, rows: 0 };
  const plain = await makeWorld(bench.place('rules_none'), size);
  const ruled = await makeWorld(bench.place('rules'), size);
  await addDomains(ruled);
  const bare = get(WHOAMI_KEY, plain.ownerKey);
  const load = get(WHOAMI_KEY, ruled.ownerKey);
  const at = (host: string) => ({ ...load, headers: { ...load.headers, host } });
  const statements = await countStatements(ruled.url, at(HOSTS.mixed));
  const [without, server] = [await bench.hubgate(plain), await bench.hubgate(ruled)];
  const measured = await alternate(
    [
      { name: 'no domain on the server', server: without, load: bare },
      { name: 'a host that is nobody’s', server, load: at('nobody.example') },
      { name: 'a domain without rules', server, load: at(HOSTS.none) },
      { name: `${RULES} rules, none matches`, server, load: at(HOSTS.mixed) },
      { name: `${RULES} rules, the first matches`, server, load: at(HOSTS.first) },
      { name: `${RULES} searches in the path, none matches`, server, load: at(HOSTS.texts) },
    ],
    manyRounds(bench.plan),
  );
  await bench.stopServers();
  const [none, nobody, empty, mixed, first] = measured;
  return {
    title: 'whoami by key at hosts with and without rules, warm',
    table: speedTable(measured),
    verdicts: [
      atLeast('a host that is nobody’s, of a server without domains', nobody, none, 0.95),
      atLeast('a domain without rules, of a server without domains', empty, none, 0.95),
      atLeast(`${RULES} rules of which none matches, of no rules`, mixed, empty, 0.9),
      atLeast(`${RULES} rules of which the first matches, of no rules`, first, empty, 0.9),
      atMost('SQL statements, whoami by key at a host with rules, warm', statements.warm, 0, ''),
    ],
    notes: [
      'Six times as many rounds as of other cases, a third as long.',
      'The last row has no goal: nothing but each search itself tells that it finds nothing.',
      ...voidNotes(measured),
    ],
  };
}
