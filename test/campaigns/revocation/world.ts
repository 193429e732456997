import { type INestApplicationContext } from '@nestjs/common';
import { type ProxiedNode } from '../support/proxied-node.js';
import { type PrivateMariadb } from '../support/private-mariadb.js';
import { WAITING_MAX } from './prober.js';
import { type CampaignHub, type Kind, KINDS, makeVictim, type Victim } from './victims.js';
import { Watch } from './watch.js';

const HUBS = 6;
const COLUMNS = [
  { name: 'MaterialNo', type: 'String' },
  { name: 'Quantity', type: 'Number' },
];

/** Two nodes on one database, some hubs in it, and the hands that do things to them. */
export class World {
  readonly hubs: CampaignHub[] = [];
  /** How many requests of one victim may wait on one node. */
  waitingMax = WAITING_MAX;
  private readonly watches = new Set<Watch>();
  private turn = 0;

  constructor(
    readonly here: ProxiedNode,
    readonly there: ProxiedNode,
    /** As on the command line: the application beside the servers, straight on the database. */
    readonly application: INestApplicationContext,
    /** Straight to the database, through no proxy. */
    readonly databaseUrl: string,
    /** The server itself, when it is ours to freeze and to kill. */
    readonly server: PrivateMariadb | undefined,
  ) {}

  get nodes(): readonly [ProxiedNode, ProxiedNode] {
    return [this.here, this.there];
  }

  async furnish(): Promise<void> {
    while (this.hubs.length < HUBS) {
      this.hubs.push(await this.makeHub());
    }
  }

  async makeHub(): Promise<CampaignHub> {
    const { ProvisioningService } = await import('../../../src/modules/provisioning/index.js');
    const made = await this.application.get(ProvisioningService).bootstrap(`Hub ${crypto.randomUUID()}`);
    const owner = this.here.client.as(made.secret);
    const roles = await owner.sendWell<{ data: { id: string; identifier: string }[] }>('GET', '/v1/hubs/current/roles');
    await owner.sendWell('POST', '/v1/hubs/current/lists', { name: 'StockInfo', columns: COLUMNS });
    const integrationRoleId = roles.data.find(({ identifier }) => identifier === 'integration')?.id ?? '';
    return { id: made.hub.id, ownerSecret: made.secret, integrationRoleId };
  }

  /** A victim of the next kind in turn, that every node has accepted. */
  async openWatch(kind: Kind = this.nextKind()): Promise<Watch> {
    const hub = kind.wholeHub ? await this.makeHub() : this.hubs[this.turn % this.hubs.length];
    const victim = await this.makeVictim(hub, kind);
    const watch = new Watch(kind, victim, this.nodes, this.application, this.waitingMax);
    this.watches.add(watch);
    await watch.warm();
    return watch;
  }

  async openWatches(count: number): Promise<Watch[]> {
    return Promise.all(Array.from({ length: count }, () => this.openWatch()));
  }

  nextKind(): Kind {
    const kind = KINDS[this.turn % KINDS.length];
    this.turn += 1;
    return kind;
  }

  /** Again when a call went unanswered: making one is not what is to be proved, and machines are busy at times. */
  private async makeVictim(hub: CampaignHub, kind: Kind, again = 3): Promise<Victim> {
    try {
      return await makeVictim(this.here.client, hub, kind);
    } catch (error) {
      if (again === 0) {
        throw error;
      }
      return this.makeVictim(hub, kind, again - 1);
    }
  }

  /** Ends what a scenario that broke off has left running. */
  async tidy(): Promise<void> {
    this.nodes.forEach((node) => node.recover());
    this.server?.thaw();
    await Promise.all([...this.watches].map((watch) => watch.abandon()));
    this.watches.clear();
    this.waitingMax = WAITING_MAX;
  }
}
