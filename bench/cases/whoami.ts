import { assertSameAnswer, type Bench } from '../bench.js';
import { ask } from '../http.js';
import { get, tokenFor, WHOAMI_KEY, WHOAMI_TOKEN } from '../loads.js';
import { alternate } from '../rounds.js';
import { atLeast, atMost, type Section, speedTable, voidNotes } from '../section.js';
import { countStatements } from '../statements.js';
import { environmentOf } from '../world/app.js';
import { type World } from '../world/world.js';
import { type Case } from './case.js';

/** What deciding who asks costs, on a route that does nothing else. */
export const whoami: Case = {
  name: 'whoami',
  about: 'who am I, by key and by token',
  async run(bench) {
    const world = await bench.small();
    const { url } = await bench.hubgate(world);
    const token = await tokenFor(url, world.integrationKey);
    await bench.stopServers();
    return [
      await measure(bench, world, 'whoami by key at /v1', WHOAMI_KEY, world.integrationKey),
      await measure(bench, world, 'whoami by token at /public-api', WHOAMI_TOKEN, token),
    ];
  },
};

async function measure(bench: Bench, world: World, what: string, path: string, credential: string): Promise<Section> {
  const load = get(path, credential);
  const statements = await countStatements(world.url, load);
  const hubgate = await bench.hubgate(world);
  const answer = await ask(hubgate.url, load);
  const environment = { ...environmentOf(world.url), BENCH_CREDENTIAL: credential };
  const servers = [
    hubgate,
    await bench.start('the same without guard', 'references/unguarded.js', environment),
    await bench.fixed('bare Fastify', 'references/bare-fastify.js', load, answer),
    await bench.fixed('bare node:http', 'references/bare-http.js', load, answer),
  ];
  await assertSameAnswer(load, servers);
  const measured = await alternate(
    servers.map((server) => ({ name: server.name, server, load })),
    bench.plan,
  );
  await bench.stopServers();
  const [own, unguarded, fastify] = measured;
  return {
    title: `${what}, warm`,
    table: speedTable(measured),
    verdicts: [
      atLeast(`${what}, of the same server without guard`, own, unguarded, 0.8),
      atLeast(`${what}, of bare Fastify (ambition)`, own, fastify, 0.6),
      atMost(`SQL statements, ${what}, warm`, statements.warm, 0, ''),
    ],
    notes: [`${answer.body.length} bytes of body.`, ...voidNotes(measured)],
  };
}
