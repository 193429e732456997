import { type INestApplicationContext } from '@nestjs/common';
import { InvalidInputError } from '../common/errors/index.js';
import { HubService } from '../modules/hub/index.js';
import { HubNetworks, type OutboundPurpose, PURPOSES } from '../modules/outbound/index.js';
import { answer, type OutputOptions, table } from './output.js';

export interface NetworkOptions extends OutputOptions {
  readonly hub: string;
  readonly allow?: string[];
  readonly deny?: string[];
  readonly remove?: string[];
  readonly for?: OutboundPurpose;
  readonly list?: boolean;
}

/** Which networks the hub may call, after the changes that are asked for. It acts on running servers at once. */
export async function hubNetworks(app: INestApplicationContext, options: NetworkOptions): Promise<void> {
  const { allow = [], deny = [], remove = [] } = options;
  const networks = app.get(HubNetworks);
  const { id, name } = await app.get(HubService).get(options.hub);
  const given = [...allow, ...deny, ...remove];
  if (options.list && given.length > 0) {
    throw new InvalidInputError('--list only shows; leave it out to change something.');
  }
  const purposes = options.for ? [options.for] : PURPOSES;
  const rows =
    given.length > 0 ? await networks.change(id, { purposes, allow, deny, remove }) : await networks.list(id);
  const facts = rows.map(({ purpose, cidr, allowed }) => ({ for: purpose, network: cidr, allowed }));
  const lines = facts.map((fact) => [fact.for, fact.network, fact.allowed ? 'allowed' : 'denied']);
  const nothing = [`The hub "${name}" (${id}) may call nothing: no network is allowed.`];
  answer(options, { hub: { id }, networks: facts }, lines.length ? table([['FOR', 'NETWORK', ''], ...lines]) : nothing);
}
