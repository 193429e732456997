import { type Answer, ask } from './http.js';
import { type Load } from './load/load.js';
import { MeasuredServer } from './measured-server.js';
import { type DatabaseName, type Plan } from './options.js';
import { answerToEnvironment } from './references/answer.js';
import { environmentOf } from './world/app.js';
import { number } from './section.js';
import { type Place, placeOf } from './world/place.js';
import { findOrMakeWorld, makeWorld, type World } from './world/world.js';

const SMALL = { hubs: 10, rows: 0 };
/** What each answer has of its own, and what belongs to the connection. */
const OWN_HEADERS = ['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding'];

/** What the cases of one database share: the worlds, and servers that stop when their case is over. */
export class Bench {
  readonly #servers: MeasuredServer[] = [];
  #small: Promise<World> | undefined;
  #big: Promise<World> | undefined;

  constructor(
    readonly database: DatabaseName,
    readonly plan: Plan,
    private readonly server: string | null,
  ) {}

  /** 10 hubs with 1 000 keys, new in each run. */
  small(): Promise<World> {
    this.#small ??= this.told('The small database', () => makeWorld(placeOf(this.server, 'small'), SMALL));
    return this.#small;
  }

  /** Very many keys and rows, kept from run to run. */
  big(): Promise<World> {
    const { hubs, rows } = this.plan;
    const place = placeOf(this.server, `big_${hubs}`);
    this.#big ??= this.told('The big database', () => findOrMakeWorld(place, { hubs, rows }));
    return this.#big;
  }

  /** Where a case makes a database of its own. */
  place(name: string): Place {
    return placeOf(this.server, name);
  }

  /** Hubgate as shipped. */
  hubgate(world: Pick<World, 'url'>, name = 'Hubgate', core?: null): Promise<MeasuredServer> {
    return this.start(name, '../src/main.js', environmentOf(world.url), core);
  }

  /** A server that gives the answer that another one gave. */
  fixed(name: string, script: string, load: Load, answer: Answer): Promise<MeasuredServer> {
    const { status, headers, body } = answer;
    const kept = Object.entries(headers).filter(([header]) => !OWN_HEADERS.includes(header));
    const fixed = { method: load.method ?? 'GET', path: load.path, status, headers: Object.fromEntries(kept), body };
    return this.start(name, script, answerToEnvironment(fixed));
  }

  async start(name: string, script: string, environment: NodeJS.ProcessEnv, core?: null): Promise<MeasuredServer> {
    const server = await MeasuredServer.start(name, script, { environment, core });
    this.#servers.push(server);
    return server;
  }

  async stopServers(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.stop()));
  }

  private async told(what: string, make: () => Promise<World>): Promise<World> {
    const startedAt = performance.now();
    const world = await make();
    const seconds = number((performance.now() - startedAt) / 1000, 1);
    console.log(`${what} is ready after ${seconds} s: ${number(world.bytes / 1024 / 1024, 0)} MiB.`);
    return world;
  }
}

/** A reference that answers something else proves nothing. `mask` hides what must differ, an id for example. */
export async function assertSameAnswer(load: Load, servers: readonly MeasuredServer[], mask?: RegExp): Promise<void> {
  const [own, ...others] = await Promise.all(servers.map(async ({ url }) => (await ask(url, load)).body));
  const seen = (body: string): string => (mask ? body.replace(mask, '*') : body);
  others.forEach((body, index) => {
    if (seen(body) !== seen(own)) {
      throw new Error(`${servers[index + 1].name} answers ${load.path} with\n${body}\ninstead of\n${own}`);
    }
  });
}
