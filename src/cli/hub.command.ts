import { type INestApplicationContext } from '@nestjs/common';
import { platformPrincipal } from '../access/index.js';
import { type Hub, HubService } from '../modules/hub/index.js';
import { HubDeletion } from '../modules/provisioning/index.js';
import { answer, type OutputOptions, table } from './output.js';

export interface HubOptions extends OutputOptions {
  readonly hub: string;
}

export interface HubDeleteOptions extends HubOptions {
  readonly force?: boolean;
}

/** Every hub that is not deleted. */
export async function listHubs(app: INestApplicationContext, options: OutputOptions): Promise<void> {
  const hubs = (await app.get(HubService).list()).map(factsOf);
  const rows = hubs.map(({ id, name, identifier, state }) => [id, name, identifier, state]);
  answer(options, { hubs }, table([['ID', 'NAME', 'IDENTIFIER', 'STATE'], ...rows]));
}

/** Nobody gets in any more, by no key and no token, within a second on running servers; or everybody again. */
export async function setHubState(
  app: INestApplicationContext,
  options: HubOptions,
  state: 'live' | 'inactive',
): Promise<void> {
  const hubs = app.get(HubService);
  const { id } = await hubs.get(options.hub);
  const hub = await hubs.setState(platformPrincipal(id), state);
  const effect = state === 'live' ? 'its keys and tokens are accepted again' : 'its keys and tokens are refused';
  answer(options, { hub: factsOf(hub) }, [`The hub "${hub.name}" (${hub.id}) is ${state}: ${effect}.`]);
}

/** Nobody gets in any more, within a second on running servers; a running server, or the next one, does the rest. */
export async function deleteHub(app: INestApplicationContext, options: HubDeleteOptions): Promise<void> {
  const hub = await app.get(HubService).getUndeleted(options.hub);
  const { id, action, state } = await app.get(HubDeletion).delete(platformPrincipal(hub.id), options.force ?? false);
  answer(options, { hub: { ...factsOf(hub), state: 'deleting' }, job: { id, action, state } }, [
    `The hub "${hub.name}" (${hub.id}) is being deleted: its keys, tokens and members are refused.`,
    `A server ends what is in it, this or the next one that runs (job ${id}).`,
  ]);
}

function factsOf({ id, name, identifier, state }: Hub) {
  return { id, name, identifier, state };
}
