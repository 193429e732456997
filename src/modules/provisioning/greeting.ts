import { type Hub } from '../hub/index.js';
import { type BootstrappedHub } from './provisioning.service.js';

/** What the first start prints, once: where the page is, the first hub, its owner key and a line that tries it. */
export function firstHubGreeting({ hub, secret }: BootstrappedHub, address: string): string {
  return `
Hubgate is ready. Its page: ${address}/public-api/index.html

  hub        ${hub.name} (${hub.id})
  owner key  ${secret}

The key is shown this once and cannot be read again. Keep it where you keep passwords. Try it:

  curl -H "Authorization: Bearer ${secret}" ${address}/v1/hubs/current/whoami

`;
}

/** What a later start prints while nobody has used a key: who never saw the owner's makes another one. */
export function untouchedHubHint({ id, name }: Hub): string {
  return `
No key of the hub "${name}" has been used yet. If nobody saw the owner's key, make another one:

  npm run -s hubgate -- key create --hub ${id} --name Owner --role owner

`;
}
