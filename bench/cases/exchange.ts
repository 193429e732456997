import { ask } from '../http.js';
import { exchange } from '../loads.js';
import { alternate } from '../rounds.js';
import { atLeast, speedTable, voidNotes } from '../section.js';
import { countStatements } from '../statements.js';
import { type Case } from './case.js';

/** A signature by elliptic curve for each answer. */
export const tokenExchange: Case = {
  name: 'exchange',
  about: 'an API key for an access token',
  async run(bench) {
    const world = await bench.small();
    const load = exchange(world.integrationKey);
    const statements = await countStatements(world.url, load);
    const hubgate = await bench.hubgate(world);
    const answer = await ask(hubgate.url, load);
    const servers = [hubgate, await bench.fixed('bare Fastify', 'references/bare-fastify.js', load, answer)];
    const measured = await alternate(
      servers.map((server) => ({ name: server.name, server, load })),
      bench.plan,
    );
    const [own, fastify] = measured;
    return [
      {
        title: 'token exchange, warm',
        table: speedTable(measured),
        verdicts: [atLeast('token exchange, of bare Fastify', own, fastify, 0.25)],
        notes: [
          `${statements.warm} SQL statements per request; bare Fastify gives everybody the same token.`,
          ...voidNotes(measured),
        ],
      },
    ];
  },
};
