import { type INestApplicationContext } from '@nestjs/common';
import { InvalidInputError } from '../common/errors/index.js';
import { type Domain, DomainClaims } from '../modules/domain/index.js';
import { HubService } from '../modules/hub/index.js';
import { answer, type OutputOptions, table } from './output.js';

export interface DomainListOptions extends OutputOptions {
  readonly hub?: string;
}

export interface ClaimOptions extends OutputOptions {
  readonly domain: string;
  readonly hub?: string;
}

export interface RejectOptions extends ClaimOptions {
  readonly force?: boolean;
}

export interface RulesOptions extends OutputOptions {
  readonly domain: string;
  readonly disable?: boolean;
  readonly enable?: boolean;
}

/** The claims of every hub, or of one. */
export async function listDomains(app: INestApplicationContext, options: DomainListOptions): Promise<void> {
  if (options.hub !== undefined) {
    await app.get(HubService).getUndeleted(options.hub);
  }
  const domains = (await app.get(DomainClaims).list(options.hub)).map(factsOf);
  const rows = domains.map(({ name, hub_id, state, rules }) => [name, hub_id, state, rules]);
  answer(options, { domains }, table([['NAME', 'HUB', 'STATE', 'RULES'], ...rows]));
}

/** It acts on running servers within a second. */
export async function approveDomain(app: INestApplicationContext, options: ClaimOptions): Promise<void> {
  const domain = await app.get(DomainClaims).approve(options.domain, options.hub);
  answer(options, { domain: factsOf(domain) }, [
    `${domain.name} is the hub's (${domain.hubId}): its rules act on every request there.`,
  ]);
}

/** Whatever its rules refused is let through again. */
export async function rejectDomain(app: INestApplicationContext, options: RejectOptions): Promise<void> {
  const { domain: name, force = false, hub } = options;
  const { name: gone, hubId } = await app.get(DomainClaims).reject(name, force, hub);
  answer(options, { domain: { name: gone, hub_id: hubId, state: 'rejected' } }, [
    `The claim of the hub ${hubId} on ${gone} is gone, with its rules and lists.`,
  ]);
}

/** It acts on running servers within a second. */
export async function setDomainRules(app: INestApplicationContext, options: RulesOptions): Promise<void> {
  const { domain: name, disable = false, enable = false } = options;
  if (disable === enable) {
    throw new InvalidInputError('Say either --disable or --enable.');
  }
  const domain = await app.get(DomainClaims).setRulesEnabled(name, enable);
  const effect = enable ? 'act again' : 'do not act any more; they can be changed as before';
  answer(options, { domain: factsOf(domain) }, [`The rules of ${domain.name} ${effect}.`]);
}

function factsOf({ name, hubId, state, rulesEnabled }: Domain) {
  return { name, hub_id: hubId, state, rules: rulesEnabled ? 'enabled' : 'disabled' };
}
