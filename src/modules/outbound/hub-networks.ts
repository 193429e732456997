import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Mutation, Mutations, platformPrincipal } from '../../access/index.js';
import { InvalidInputError } from '../../common/errors/index.js';
import { AddressList, type AddressRange, parseAddressRange } from '../../common/ip/index.js';
import { Config } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { ActivityRecorder } from '../activity/index.js';
import { HubNetwork } from './hub-network.entity.js';
import { isNeverCalled, type NetworkEntry } from './network-rules.js';
import { type OutboundPurpose } from './outbound.js';

/** More than anybody's plants have; every call goes through them all. */
export const NETWORKS_MAX = 200;
export const PURPOSES: readonly OutboundPurpose[] = ['box', 'webhook'];

export interface NetworkChange {
  readonly purposes: readonly OutboundPurpose[];
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly remove: readonly string[];
}

/** Which networks a hub's calls may reach. Only whoever runs the server says so; at the doors nobody can. */
@Injectable()
export class HubNetworks {
  constructor(
    private readonly database: Database,
    private readonly mutations: Mutations,
    private readonly activity: ActivityRecorder,
    private readonly config: Config,
  ) {}

  list(hubId: string, manager: EntityManager = this.database.reader): Promise<HubNetwork[]> {
    return manager.find(HubNetwork, { where: { hubId }, order: { purpose: 'ASC', cidr: 'ASC' } });
  }

  /** As they are now: a network that was taken away is not called any more. None = nothing is allowed. */
  async entriesFor(hubId: string, purpose: OutboundPurpose): Promise<NetworkEntry[]> {
    const rows = await this.database.reader.findBy(HubNetwork, { hubId, purpose });
    return rows.flatMap(({ cidr, allowed }) => {
      const range = parseAddressRange(cidr);
      return range ? [{ range, allowed }] : [];
    });
  }

  /** For the command line: the hub exists. @throws InvalidInputError for what is no network, or can never be called */
  change(hubId: string, change: NetworkChange): Promise<HubNetwork[]> {
    const [allow, deny] = [this.read(change.allow), this.read(change.deny)];
    const forget = [...allow, ...deny, ...this.read(change.remove)].map(({ text }) => text);
    assertUnambiguous(forget);
    this.assertPossible(allow);
    return this.mutations.runFor(platformPrincipal(hubId), async (mutation) => {
      const { tx } = mutation;
      const before = await this.list(hubId, tx);
      for (const purpose of change.purposes) {
        for (const cidr of forget) {
          await tx.delete(HubNetwork, { hubId, purpose, cidr });
        }
        await this.insert(mutation, purpose, allow, true);
        await this.insert(mutation, purpose, deny, false);
      }
      const after = await this.list(hubId, tx);
      if (after.length > NETWORKS_MAX) {
        throw new InvalidInputError(`A hub has at most ${NETWORKS_MAX} networks. Name wider ones.`);
      }
      const component = { type: 'hub', id: hubId };
      await this.activity.recordChange(mutation, 'hub.networks.update', component, facts(before), facts(after));
      return after;
    });
  }

  /** For what ends whole hubs. Returns how many there were. */
  async endAll({ tx, actor }: Mutation): Promise<number> {
    return (await tx.delete(HubNetwork, { hubId: actor.hubId })).affected ?? 0;
  }

  private async insert({ tx, actor, now }: Mutation, purpose: string, ranges: AddressRange[], allowed: boolean) {
    for (const { text: cidr } of ranges) {
      await tx.insert(HubNetwork, { hubId: actor.hubId, purpose, cidr, allowed, createdAt: now });
    }
  }

  private read(texts: readonly string[]): AddressRange[] {
    return AddressList.parse(texts).entries.flatMap((text) => parseAddressRange(text) ?? []);
  }

  private assertPossible(ranges: readonly AddressRange[]): void {
    const never = ranges.find((range) => isNeverCalled(range, this.config.outbound.loopback));
    if (never) {
      throw new InvalidInputError(
        `${never.text} is never called, whatever is allowed: it is this machine, its link, a cloud's metadata or no ` +
          'single host. (For a trial on one machine, OUTBOUND_LOOPBACK=allow lets 127.0.0.0/8 be allowed.)',
      );
    }
  }
}

function assertUnambiguous(texts: readonly string[]): void {
  const twice = texts.find((text, index) => texts.indexOf(text) !== index);
  if (twice !== undefined) {
    throw new InvalidInputError(`${twice} is named twice. Allow it, deny it or remove it.`);
  }
}

function facts(networks: readonly HubNetwork[]): Record<string, unknown> {
  const of = (wanted: boolean): string[] =>
    networks.filter(({ allowed }) => allowed === wanted).map(({ purpose, cidr }) => `${purpose} ${cidr}`);
  return { allowed: of(true), denied: of(false) };
}
