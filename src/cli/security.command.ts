import { type INestApplicationContext } from '@nestjs/common';
import { platformPrincipal } from '../access/index.js';
import { HubResponse, HubService } from '../modules/hub/index.js';
import { answer, type OutputOptions } from './output.js';

export interface SecurityOptions extends OutputOptions {
  readonly hub: string;
  readonly requireDomain?: 'on' | 'off';
  readonly force?: boolean;
}

/** Where the keys of a hub are taken, after the change that is asked for; it acts on running servers within a second. */
export async function hubSecurity(app: INestApplicationContext, options: SecurityOptions): Promise<void> {
  const hubs = app.get(HubService);
  const { id } = await hubs.get(options.hub);
  if (options.requireDomain) {
    const security = { require_domain: options.requireDomain === 'on' };
    await hubs.update(platformPrincipal(id), { security }, options.force);
  }
  const { name, security } = HubResponse.from(await hubs.get(id));
  const where = security.require_domain ? "at the hub's approved domains only" : 'at every host';
  answer(options, { hub: { id, name }, security }, [`The keys of the hub "${name}" (${id}) are taken ${where}.`]);
}
