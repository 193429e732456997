import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient } from '../support/http-client.js';
import { type PrivateMariadb } from '../support/private-mariadb.js';
import { type Random } from '../support/random.js';
import { type ServerNode } from '../support/server-node.js';
import { ApiCheck } from './api-check.js';
import { check, settle } from './checker.js';
import { type Finding } from './findings.js';
import { type Aim, strike } from './killer.js';
import { Load } from './load.js';
import { type Report } from './report.js';
import { takeSnapshot } from './snapshot.js';
import { type Bootstrapped, found, MANAGEMENT, type World } from './world.js';

const WRITERS = 6;
const SAMPLE = 6;
/** About as long as a start takes: a kill within it hits any of its phases. */
const START_MS = 2500;
const MOMENT_MS = 60;
/** When an outage has lasted so long, no cached decision may count any more. */
const LEASE_OVER_MS = 1500;

/** Kills under load on one database, recoveries, and the check after each. */
export class Campaign {
  private readonly client: HttpClient;
  private readonly load: Load;
  private readonly asOwner: Readonly<Record<string, string>>;

  private constructor(
    private readonly node: ServerNode,
    private readonly databaseUrl: string,
    readonly world: World,
    private readonly random: Random,
    private readonly report: Report,
  ) {
    this.client = new HttpClient(node.url);
    this.load = new Load(node.url, world, random);
    this.asOwner = { authorization: `Bearer ${world.owner}` };
  }

  /** Starts the server on an empty database and makes a hub with writers in it. */
  static async begin(node: ServerNode, databaseUrl: string, random: Random, report: Report): Promise<Campaign> {
    const made = await node.command<Bootstrapped>('bootstrap', '--hub', 'Crash');
    node.start();
    await node.answers('/healthz/ready');
    const client = new HttpClient(node.url);
    const world = await found(client, made, `crash-${report.name}`, WRITERS);
    client.close();
    return new Campaign(node, databaseUrl, world, random, report);
  }

  /** One kill of the server, or two, and the check afterwards. */
  async killServer(aim: Aim): Promise<void> {
    await this.killUnderLoad(aim);
    if (aim === 'starting') {
      this.node.start();
      await sleep(this.random.between(0, START_MS));
      await this.node.kill();
      this.report.killed(aim);
    }
    await this.restart();
    if (aim === 'twice') {
      await this.killUnderLoad(aim, this.random.between(0, MOMENT_MS));
      await this.restart();
    }
    await this.check();
  }

  /** Kills the database server, starts it again, and waits until the same process of ours serves again. */
  async killDatabase(server: PrivateMariadb, aim: Aim): Promise<void> {
    this.load.start();
    let gone: Promise<void> = Promise.resolve();
    await strike(aim, this.world.traffic, this.random, () => void (gone = server.kill()));
    await gone;
    this.report.killedDatabase(aim);
    const outage = this.random.between(0, 2000);
    await sleep(outage);
    if (outage > LEASE_OVER_MS) {
      await this.assertClosed();
    }
    await server.start();
    const began = performance.now();
    await Promise.all([
      this.node.answers('/healthz/ready').then(() => this.report.recovered('database: ready', began)),
      this.node.answers(`${MANAGEMENT}/roles`, this.asOwner).then(() => this.report.recovered('database: read', began)),
      new Promise<void>((resolve) => this.world.traffic.once('acknowledged', resolve)).then(() =>
        this.report.recovered('database: write', began),
      ),
    ]);
    await sleep(this.random.between(50, 300));
    await this.load.stop();
    await this.check();
  }

  /** Compares the tables, and some of the API. Nobody may be writing. */
  async check(): Promise<void> {
    await this.compare();
    this.report.find(...(await new ApiCheck(this.client, this.world).some(this.random, SAMPLE)));
  }

  /** One more kill, and then everything at once, also what the server had to tidy up by itself. */
  async finish(): Promise<void> {
    await this.killUnderLoad('anytime');
    await this.restart();
    await this.untilSwept();
    await this.compare();
    this.report.find(...(await new ApiCheck(this.client, this.world).all()));
    this.report.took(this.world.history);
    this.load.close();
    this.client.close();
  }

  private async compare(): Promise<void> {
    const { history, origin } = this.world;
    const snapshot = await takeSnapshot(this.databaseUrl, origin.hubId);
    this.report.find(...settle(history, snapshot), ...check(history, snapshot, origin));
  }

  private async killUnderLoad(aim: Aim, after?: number): Promise<void> {
    this.load.start();
    let gone: Promise<void> = Promise.resolve();
    const kill = (): void => void (gone = this.node.kill());
    if (after === undefined) {
      await strike(aim, this.world.traffic, this.random, kill);
    } else {
      await sleep(after);
      kill();
    }
    await gone;
    await this.load.stop();
    this.report.killed(aim);
  }

  private async restart(): Promise<void> {
    const began = performance.now();
    this.node.start();
    await this.node.answers('/healthz/ready');
    this.report.recovered('server: ready', began);
    await this.node.answers(`${MANAGEMENT}/whoami`, this.asOwner);
    this.report.recovered('server: first 200', began);
    this.report.waited(this.node.waitedMs);
  }

  /** Without its database a server may not decide from memory for longer than the lease. */
  private async assertClosed(): Promise<void> {
    const answer = await this.client.get(`${MANAGEMENT}/whoami`, this.asOwner);
    if (answer?.status !== 503) {
      const told = answer?.status ?? 'nothing';
      this.report.find({ category: 'revived', detail: `without its database the server answered ${told}, not 503` });
    }
  }

  private async untilSwept(): Promise<void> {
    const deadline = performance.now() + 20_000;
    for (;;) {
      const snapshot = await takeSnapshot(this.databaseUrl, this.world.origin.hubId);
      const left = [...snapshot.lists].filter(([, list]) => list.deleted && (list.rows > 0 || list.rowCount > 0));
      if (left.length === 0) {
        return;
      }
      if (performance.now() > deadline) {
        const findings = left.map(([id]): Finding => ({ category: 'half', detail: `deleted list ${id} keeps rows` }));
        this.report.find(...findings);
        return;
      }
      await sleep(100);
    }
  }
}
